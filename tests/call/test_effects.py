"""Several dispatchers of one process: what a call makes stale is purged in the caches of all."""

from __future__ import annotations

from typing import Any

import pytest

from mizan_core.call.dispatcher import Peers
from mizan_core.call.outcome import Fetched, Refused, Result
from mizan_core.errors import Conflict
from tests.call.fakes import SETTINGS, App, FakePort, Way
from tests.call.test_purging import change, is_kept, keep, note

FUNCTIONS: dict[Any, dict[str, Any]] = {note: {"context": "user"}, change: {"affects": "user"}}


@pytest.fixture
def peers() -> Peers:
    return Peers()


def _two(peers: Peers) -> tuple[App, App]:
    """Two applications that have one mutation; each has its own memory."""
    here = App(FUNCTIONS, peers=peers)
    there = App({}, peers=peers)
    for name, function in here.named.items():
        there.dispatcher.registry.register(function, name=name)
    there.named = here.named
    return here, there


def test_a_call_reaches_the_caches_of_both(way: Way, peers: Peers) -> None:
    here, there = _two(peers)
    for app in (here, there):
        keep(way, app)
    port = way.port()
    assert isinstance(way.run(here.call(port, "change", user_id=1)), Result)
    assert port.steps.count("purge") == 2
    for app in (here, there):
        assert not is_kept(way, app, 1)
        assert is_kept(way, app, 2)


def test_so_does_one_that_fails(way: Way, peers: Peers) -> None:
    here, there = _two(peers)
    keep(way, there)
    assert isinstance(way.run(here.call(way.port(failing={"invoke": Conflict()}), "change", user_id=1)), Refused)
    assert not is_kept(way, there, 1)


def test_a_cache_that_is_opened_while_the_function_runs_is_reached_too(peers: Peers) -> None:
    way = Way(waits=False)
    here, there = _two(peers)

    class Opening(FakePort):
        async def invoke(self, invocation: Any) -> Any:
            keep(way, there)
            return await super().invoke(invocation)

    way.run(here.call(Opening(), "change", user_id=1))
    assert not is_kept(way, there, 1)
    assert is_kept(way, there, 2)


def test_the_arguments_count_as_they_were_before_the_function_changed_them(way: Way, peers: Peers) -> None:
    def change_all(request: Any, ids: list[int]) -> None:
        ids.clear()

    def chosen(request: Any, ids: list[int]) -> int:
        return 1

    app = App({chosen: {"context": "chosen"}, change_all: {"affects": "chosen"}}, peers=peers)
    for _ in range(2):
        way.run(app.fetch(way.port(), "chosen", ids=[1, 2]))
    way.run(app.call(way.port(), "change_all", ids=[1, 2]))
    outcome = way.run(app.fetch(way.port(), "chosen", ids=[1, 2]))
    assert isinstance(outcome, Fetched)
    assert not outcome.is_hit


def test_a_dispatcher_that_holds_nothing_is_not_asked(way: Way, peers: Peers) -> None:
    here, there = App(FUNCTIONS, peers=peers), App({note: {"context": "user"}}, peers=peers)
    keep(way, here)
    port = way.port()
    way.run(here.call(port, "change", user_id=1))
    assert port.steps.count("purge") == 1
    assert there.dispatcher._interface is None


def test_one_that_nobody_uses_any_more_is_forgotten(way: Way, peers: Peers) -> None:
    here, there = _two(peers)
    keep(way, there)
    assert here.dispatcher.others()
    del there
    assert not here.dispatcher.others()


def test_alone_it_has_no_others() -> None:
    assert not App(FUNCTIONS, SETTINGS).dispatcher.others()
