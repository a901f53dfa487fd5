"""A test with real servers that fails while the machine stands still is played once more.

Leases and timeouts run out then, as they must: what the test expects cannot be so. How long nothing has run is
measured, and without that a failure stands.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from _pytest.runner import runtestprotocol

from tests.cache.redis import clock
from tests.programs.finding import ROOT

_PLACES: tuple[Path, ...] = (ROOT / "tests/cache/redis", ROOT / "tests/live/redis")
_LEASE = 0.5
"""Seconds; the shortest of these tests' leases and timeouts."""


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    if not any(item.path.is_relative_to(place) for place in _PLACES):
        return None
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    for report in _play(item, nextitem):
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


def _play(item: pytest.Item, following: pytest.Item | None) -> list[pytest.TestReport]:
    clock.begin()
    reports = runtestprotocol(item, log=False, nextitem=following)
    if clock.stood_still() < _LEASE or not any(report.failed for report in reports):
        return reports
    return runtestprotocol(item, log=False, nextitem=following)
