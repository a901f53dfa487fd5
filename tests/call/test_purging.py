"""What a function has made stale is purged before anybody hears of its end, whatever ends it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from mizan_core.call.outcome import CallOutcome, Fetched, Refused, Result
from mizan_core.coroutines import complete_now
from mizan_core.errors import Conflict, InternalError
from tests.call.fakes import App, FakePort, Way


def note(request: Any, user_id: int) -> int:
    return user_id


def change(request: Any, user_id: int) -> int:
    return user_id


async def change_slowly(request: Any, user_id: int) -> int:
    request.begun.set()
    await request.gate.wait()
    request.steps.append("written")
    return user_id


@pytest.fixture
def app() -> App:
    return App({note: {"context": "user"}, change: {"affects": "user"}, change_slowly: {"affects": "user"}})


def keep(way: Way, app: App) -> None:
    """Have the bundles of two users in the cache."""
    for user_id in (1, 2):
        way.run(app.fetch(way.port(), "user", user_id=user_id))
        assert is_kept(way, app, user_id)


def is_kept(way: Way, app: App, user_id: int) -> bool:
    fetched = way.run(app.fetch(way.port(), "user", user_id=user_id))
    assert isinstance(fetched, Fetched)
    return fetched.is_hit


def test_its_result(way: Way, app: App) -> None:
    keep(way, app)
    assert isinstance(way.run(app.call(way.port(), "change", user_id=1)), Result)
    assert not is_kept(way, app, 1)
    assert is_kept(way, app, 2)


@pytest.mark.parametrize(
    ("ending", "error"), [(Conflict(), Conflict), (ValueError(), InternalError), (StopIteration(), InternalError)]
)
def test_an_exception(way: Way, ending: Exception, error: type[Exception]) -> None:
    def change(request: Any, user_id: int) -> int:
        raise ending

    app = App({note: {"context": "user"}, change: {"affects": "user"}})
    keep(way, app)
    outcome = way.run(app.call(way.port(), "change", user_id=1))
    assert isinstance(outcome, Refused)
    assert type(outcome.error) is error
    assert outcome.progress.stale == [{"context": "user", "params": {"user_id": 1}}]
    assert not is_kept(way, app, 1)
    assert is_kept(way, app, 2)


@pytest.mark.parametrize("ending", [KeyboardInterrupt, SystemExit, GeneratorExit, asyncio.CancelledError])
def test_what_ends_more_than_the_request(ending: type[BaseException]) -> None:
    way = Way(waits=False)

    def change(request: Any, user_id: int) -> int:
        raise ending

    app = App({note: {"context": "user"}, change: {"affects": "user"}})
    keep(way, app)
    with pytest.raises(ending):
        way.run(app.call(way.port(), "change", user_id=1))
    assert not is_kept(way, app, 1)


def test_a_result_that_does_not_fit_the_annotation(way: Way) -> None:
    def change(request: Any, user_id: int) -> int:
        return "a text"  # type: ignore[return-value]

    app = App({note: {"context": "user"}, change: {"affects": "user"}})
    keep(way, app)
    outcome = way.run(app.call(way.port(), "change", user_id=1))
    assert isinstance(outcome, Refused)
    assert not is_kept(way, app, 1)


def test_a_refusal_before_it_began_purges_nothing(way: Way, app: App) -> None:
    keep(way, app)
    port = way.port()
    outcome = way.run(app.call(port, "change", user_id="one"))
    assert isinstance(outcome, Refused)
    assert outcome.progress.stale == []
    assert "purge" not in port.steps
    assert is_kept(way, app, 1)


def test_what_has_been_rolled_back_has_changed_nothing(way: Way, app: App) -> None:
    keep(way, app)
    port = way.port(failing={"invoke": Conflict()}, is_undone=True)
    outcome = way.run(app.call(port, "change", user_id=1))
    assert isinstance(outcome, Refused)
    assert outcome.progress.stale == []
    assert is_kept(way, app, 1)


def test_an_open_transaction_purges_when_it_commits(way: Way, app: App) -> None:
    keep(way, app)
    port = way.port(in_transaction=True)
    assert isinstance(way.run(app.call(port, "change", user_id=1)), Result)
    assert is_kept(way, app, 1)
    [purge] = port.commits
    complete_now(purge.store.purge(purge.store.in_thread, purge.tags))
    assert not is_kept(way, app, 1)


class _GatedPort(FakePort):
    """Functions wait until the gate is opened."""

    def __init__(self) -> None:
        super().__init__(waits=True)
        self.begun, self.gate = asyncio.Event(), asyncio.Event()


def test_a_cancelled_request_waits_for_its_function_and_the_purge(app: App) -> None:
    way = Way(waits=True)
    keep(way, app)

    async def scenario() -> list[str]:
        port = _GatedPort()
        task = asyncio.ensure_future(app.call(port, "change_slowly", user_id=1))
        await port.begun.wait()
        task.cancel()
        await asyncio.sleep(0)
        assert not task.done()
        port.gate.set()
        with pytest.raises(asyncio.CancelledError):
            await task
        return port.steps

    assert way.run(scenario())[-2:] == ["written", "purge"]
    assert not is_kept(way, app, 1)


def test_a_request_that_is_closed_purges_what_its_function_may_have_written(app: App) -> None:
    """So ends a coroutine that nobody finishes: the port of a thread closes what waits for an event loop."""
    keep(Way(waits=False), app)
    port = FakePort()

    class Never:
        def wait(self) -> Coroutine[Any, Any, None]:
            return asyncio.sleep(0)

    port.gate, port.begun = Never(), asyncio.Event()  # type: ignore[attr-defined]
    with pytest.raises(RuntimeError, match="must not wait"):
        complete_now(app.call(port, "change_slowly", user_id=1))
    assert port.steps[-2:] == ["invoke", "purge"]
    assert not is_kept(Way(waits=False), app, 1)


def test_the_result_is_given_after_the_purge(app: App) -> None:
    """Nobody who has the answer finds the old state: until the purge has been made there is no answer."""
    way = Way(waits=True)
    keep(way, app)

    async def scenario() -> CallOutcome:
        port = FakePort(waits=True)
        task = asyncio.ensure_future(app.call(port, "change", user_id=1))
        while "purge" not in port.steps:
            assert not task.done()
            await asyncio.sleep(0)
        return await task

    assert isinstance(way.run(scenario()), Result)
