"""No request leaves objects of ours in cycles, to be found by a collection later.

Django cannot be asked: on some versions of CPython exceptions of its own hold the frames of a whole request.
"""

from __future__ import annotations

import json
import os
import sys

import pytest

from tests.guard.sites import NAMES
from tests.packaging.tools import ROOT, run


@pytest.mark.parametrize("site", [name for name in NAMES if name.startswith("fastapi")])
def test_requests_leave_nothing_behind(site: str) -> None:
    own = {name: value for name, value in os.environ.items() if not name.startswith("MIZAN_")}
    said = run(
        sys.executable, "-m", "tests.guard.garbage", site, variables={**own, "PYTHONPATH": str(ROOT)}, folder=ROOT
    )
    left = json.loads(said.stdout)
    assert len(left) == 11
    assert not any(left.values()), left
