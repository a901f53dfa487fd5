"""No request costs more calls in the adapters and the core than has been recorded."""

from __future__ import annotations

import pytest

from tests.guard import calls, comparison
from tests.guard.calls import FILE, TOLERANCES, VERSION
from tests.guard.comparison import Figures
from tests.guard.sites import NAMES
from tests.packaging.tools import lacking

pytestmark = pytest.mark.usefixtures("native")


@pytest.fixture(scope="module", params=NAMES)
def site(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def measured(site: str) -> Figures:
    return calls.measure(site)


def test_no_request_has_become_dearer(site: str, measured: Figures) -> None:
    recorded = comparison.read(FILE).get(VERSION)
    if recorded is None:
        lacking(f"tests/guard/baseline/{FILE.name} has nothing on CPython {VERSION}: run `make baseline`")
    lines = comparison.differences(measured, recorded[site], TOLERANCES)
    if lines:
        pytest.fail(comparison.complaint([f"{site}: {line}" for line in lines], FILE), pytrace=False)


@pytest.mark.parametrize("kind", TOLERANCES)
def test_what_has_become_dearer_is_seen(measured: Figures, kind: str) -> None:
    """Against a record of a tenth less the measurement fails, with each kind of request."""
    recorded = {name: {**numbers, kind: numbers[kind] * 9 // 10} for name, numbers in measured.items()}
    lines = comparison.differences(measured, recorded, TOLERANCES)
    assert len(lines) == len(measured) == 4
    assert all(f", {kind}: " in line and "allowed" in line for line in lines)
