"""No request leaves objects of ours in cycles, to be found by a collection later."""

from __future__ import annotations

import json
import os
import sys

import pytest

from tests.guard.sites import NAMES
from tests.packaging.tools import ROOT, run


@pytest.mark.parametrize("site", NAMES)
def test_requests_leave_nothing_behind(site: str) -> None:
    own = {name: value for name, value in os.environ.items() if not name.startswith("MIZAN_")}
    said = run(
        sys.executable, "-m", "tests.guard.garbage", site, variables={**own, "PYTHONPATH": str(ROOT)}, folder=ROOT
    )
    left = json.loads(said.stdout)
    assert len(left) == 4
    assert not any(left.values()), left
