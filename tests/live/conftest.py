from __future__ import annotations

import pytest

from tests.call.fakes import Way


@pytest.fixture(params=[False, True], ids=["thread", "loop"])
def way(request: pytest.FixtureRequest) -> Way:
    """Each way of carrying requests in turn."""
    return Way(request.param)
