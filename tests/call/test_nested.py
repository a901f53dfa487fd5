"""Calls that functions make themselves belong to the request, for as long as its functions run."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from mizan_core.call.outcome import Fetched, Refused, Result
from mizan_core.client import calls
from mizan_core.engine import ENGINE
from tests.call.fakes import App, Way
from tests.call.test_purging import is_kept, keep, note


def change(request: Any, user_id: int) -> int:
    return user_id


class _Caller:
    """An application one of whose functions calls ``change``; *fails* afterwards."""

    def __init__(self, *, fails: bool = False) -> None:
        app = self

        def outer(request: Any) -> None:
            app.app.named["change"].call_sync(request, user_id=1)
            if fails:
                raise ValueError

        def page(request: Any) -> int:
            outer(request)
            return 1

        self.app = App(
            {
                note: {"context": "user"},
                change: {"affects": "user"},
                outer: {},
                page: {"context": "page", "cache": False},
            }
        )


def test_of_a_function_that_changes_nothing_itself(way: Way) -> None:
    app = _Caller().app
    keep(way, app)
    outcome = way.run(app.call(way.port(), "outer"))
    assert isinstance(outcome, Result)
    assert ENGINE.stale_entries(outcome.nested) == [{"context": "user", "params": {"user_id": 1}}]
    assert not is_kept(way, app, 1)
    assert is_kept(way, app, 2)


def test_of_one_that_fails_afterwards(way: Way) -> None:
    app = _Caller(fails=True).app
    keep(way, app)
    outcome = way.run(app.call(way.port(), "outer"))
    assert isinstance(outcome, Refused)
    assert outcome.progress.stale == [{"context": "user", "params": {"user_id": 1}}]
    assert not is_kept(way, app, 1)


def test_of_one_that_changes_its_arguments(way: Way) -> None:
    """What it was called with is stale, and not what it has left of that."""

    def names(request: Any, ids: list[int]) -> int:
        return len(ids)

    def rename(request: Any, ids: list[int]) -> None:
        while ids:
            ids.pop()

    def outer(request: Any) -> None:
        app.named["rename"].call_sync(request, ids=[1, 2])

    app = App({names: {"context": "names"}, rename: {"affects": "names"}, outer: {}})
    way.run(app.fetch(way.port(), "names", ids=[1, 2]))
    outcome = way.run(app.call(way.port(), "outer"))
    assert isinstance(outcome, Result)
    assert ENGINE.stale_entries(outcome.nested) == [{"context": "names", "params": {"ids": [1, 2]}}]
    fetched = way.run(app.fetch(way.port(), "names", ids=[1, 2]))
    assert isinstance(fetched, Fetched)
    assert not fetched.is_hit


def test_of_one_that_reads(way: Way) -> None:
    app = _Caller().app
    keep(way, app)
    port = way.port()
    assert isinstance(way.run(app.fetch(port, "page")), Fetched)
    assert port.steps[-1] == "purge unanswered"
    assert not is_kept(way, app, 1)


def test_of_one_that_reads_and_fails(way: Way) -> None:
    app = _Caller(fails=True).app
    keep(way, app)
    assert isinstance(way.run(app.fetch(way.port(), "page")), Refused)
    assert not is_kept(way, app, 1)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the functions that no request takes; no other dispatcher of this process hears of them."""
    names: list[str] = []

    async def note(function: Any, _: Any) -> None:
        names.append(function.name)

    monkeypatch.setattr(calls, "_outside_observers", [])
    calls.observe_outside_requests(lambda function, _: names.append(function.name), note)
    return names


def test_of_one_that_has_left_a_task_behind(told: list[str]) -> None:
    """The request does not take it any more: those who are told of calls outside requests are."""

    async def scenario() -> None:
        gate, tasks = asyncio.Event(), []

        async def later(request: Any) -> None:
            await gate.wait()
            await app.named["change"].call(request, user_id=1)

        async def outer(request: Any) -> None:
            tasks.append(asyncio.ensure_future(later(request)))

        app = App({note: {"context": "user"}, change: {"affects": "user"}, outer: {}})
        outcome = await app.call(Way(waits=True).port(), "outer")
        assert isinstance(outcome, Result)
        gate.set()
        await asyncio.gather(*tasks)

    asyncio.run(scenario())
    assert told == ["change"]


def test_of_a_function_that_is_registered_elsewhere(way: Way, told: list[str]) -> None:
    """The request does not know what it makes stale, so somebody else is told."""
    stranger = App({change: {"affects": "user"}, note: {"context": "user"}}).named["change"]

    def outer(request: Any) -> None:
        stranger.call_sync(request, user_id=1)

    outcome = way.run(App({outer: {}}).call(way.port(), "outer"))
    assert isinstance(outcome, Result)
    assert outcome.nested == []
    assert told == ["change"]
