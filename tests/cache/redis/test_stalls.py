"""When a test is played once more."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tests.cache.redis import clock, stalls


@pytest.mark.parametrize(
    ("stood_still", "failures", "stands"),
    [
        pytest.param(0.0, [True, False], True, id="a failure without a stall stands"),
        pytest.param(2.0, [True, False], False, id="one in a stall does not"),
        pytest.param(2.0, [True, True], True, id="one that comes again stands"),
        pytest.param(2.0, [False, True], False, id="what has passed is not played again"),
    ],
)
def test_a_failure(
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    stood_still: float,
    failures: list[bool],
    stands: bool,
) -> None:
    plays = iter(failures)

    def play(*_: Any, **__: Any) -> list[Any]:
        return [SimpleNamespace(failed=next(plays))]

    monkeypatch.setattr(stalls, "runtestprotocol", play)
    monkeypatch.setattr(clock, "stood_still", lambda: stood_still)
    [report] = stalls._play(request.node, None)
    assert report.failed is stands
