"""No request costs more calls in the adapters and the core than has been recorded."""

from __future__ import annotations

import pytest

from tests.guard import calls, comparison
from tests.guard.calls import CALLS, FILE, SITES, TOLERANCES
from tests.guard.comparison import Figures

pytestmark = pytest.mark.usefixtures("native")


@pytest.fixture(scope="module", params=SITES)
def site(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def measured(site: str) -> Figures:
    return calls.measure(site)


def test_no_request_has_become_dearer(site: str, measured: Figures) -> None:
    recorded = {name: numbers for name, numbers in comparison.read(FILE).items() if name.startswith(f"{site},")}
    lines = comparison.differences(measured, recorded, TOLERANCES)
    if lines:
        pytest.fail(comparison.complaint(lines, FILE), pytrace=False)


def test_what_has_become_dearer_is_seen(measured: Figures) -> None:
    """Against a record of a fifth less the measurement fails, with each kind of request."""
    recorded = {name: {CALLS: numbers[CALLS] * 4 // 5} for name, numbers in measured.items()}
    lines = comparison.differences(measured, recorded, TOLERANCES)
    assert len(lines) == len(measured) == 4
    assert all(f", {CALLS}: " in line and "allowed" in line for line in lines)
