"""What stands around functions: in which order, what it may do, and that nothing of it is there when nothing is."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from types import FrameType
from typing import Any

import pytest

from mizan_core.call.outcome import Fetched, Refused, Result
from mizan_core.client import client
from mizan_core.client.around import Running
from mizan_core.errors import InternalError, RateLimited
from mizan_core.registry import Registry
from tests.call.fakes import App, Way


def read(request: Any, number: int) -> int:
    request.steps.append("read")
    return number


async def read_async(request: Any, number: int) -> int:
    request.steps.append("read_async")
    return number


def write(request: Any) -> int:
    request.steps.append("write")
    return 1


def write_badly(request: Any) -> int:
    raise LookupError


def write_inside(request: Any) -> int:
    return INNER.call_sync(request)


INNER = client(write)


@pytest.fixture
def app() -> App:
    functions: dict[Any, dict[str, Any]] = {
        read: {"context": "shop"},
        read_async: {"context": "shop"},
        write: {"affects": "shop"},
        write_badly: {"affects": "shop"},
        write_inside: {},
    }
    return App(functions)


def noting(name: str) -> Callable[[Running], Iterator[None]]:
    def hook(running: Running) -> Iterator[None]:
        running.request.steps.append(f"{name} {running.name} {dict(running.arguments)}")
        try:
            yield
        except LookupError:
            running.request.steps.append(f"{name} has seen it")
            raise
        running.request.steps.append(f"after {name}")

    return hook


def noting_async(name: str) -> Callable[[Running], AsyncIterator[None]]:
    async def hook(running: Running) -> AsyncIterator[None]:
        running.request.steps.append(f"{name} {running.name} {dict(running.arguments)}")
        yield
        running.request.steps.append(f"after {name}")

    return hook


def steps_of(way: Way, app: App, function: str, **arguments: Any) -> list[str]:
    port = way.port()
    assert isinstance(way.run(app.call(port, function, **arguments)), Result)
    return port.steps[1:]  # behind who it is


def test_the_first_is_the_outermost_and_all_stand_before_the_purge(way: Way, app: App) -> None:
    app.around(noting("a"))
    app.around(noting("b"))
    assert steps_of(way, app, "write") == ["invoke", "a write {}", "b write {}", "write", "after b", "after a", "purge"]


def test_an_async_function(app: App) -> None:
    app.around(noting("a"))
    app.around(noting_async("b"))
    app.around(noting("c"))
    told = "read_async {'number': 3}"
    steps = ["invoke", f"a {told}", f"b {told}", f"c {told}", "read_async", "after c", "after b", "after a"]
    assert steps_of(Way(waits=True), app, "read_async", number=3) == steps


def test_around_a_sync_function_the_async_ones_stand_outside(app: App) -> None:
    app.around(noting("a"))
    app.around(noting_async("b"))
    app.around(noting("c"))
    steps = ["invoke", "b write {}", "a write {}", "c write {}", "write", "after c", "after a", "after b", "purge"]
    assert steps_of(Way(waits=True), app, "write") == steps


def test_in_a_context_each_function_has_its_own(app: App) -> None:
    way = Way(waits=True)
    app.around(noting("a"))
    port = way.port()
    assert isinstance(way.run(app.fetch(port, "shop", number=1)), Fetched)
    assert {"a read {'number': 1}", "a read_async {'number': 1}"} < set(port.steps)
    port = way.port()
    assert isinstance(way.run(app.fetch(port, "shop", number=1)), Fetched)
    assert [step for step in port.steps if step.startswith("a ")] == []  # the cache has it


def test_it_may_refuse(way: Way, app: App) -> None:
    def limit(running: Running) -> Iterator[None]:
        if running.name == "write":
            raise RateLimited(headers={"Retry-After": "1"})
        yield

    app.around(limit)
    port = way.port()
    outcome = way.run(app.call(port, "write"))
    assert isinstance(outcome, Refused)
    assert isinstance(outcome.error, RateLimited)
    assert "write" not in port.steps
    assert isinstance(way.run(app.call(port, "write_inside")), Result)  # a call of the server's own


def test_it_sees_what_the_function_raises(way: Way, app: App) -> None:
    app.around(noting("a"))
    port = way.port()
    assert isinstance(way.run(app.call(port, "write_badly")), Refused)
    assert port.steps[1:] == ["invoke", "a write_badly {}", "a has seen it", "purge"]


@pytest.mark.parametrize("function", ["write_badly", "write_badly_async"])
def test_one_that_swallows_is_a_failure(function: str) -> None:
    async def write_badly_async(request: Any) -> int:
        raise LookupError

    app = App({write_badly: {}, write_badly_async: {}})

    def swallow(running: Running) -> Iterator[None]:
        with suppress(LookupError):
            yield

    app.around(swallow)
    way = Way(waits=True)
    outcome = way.run(app.call(way.port(), function))
    assert isinstance(outcome, Refused)
    assert isinstance(outcome.error, InternalError)
    assert outcome.failure is not None
    assert f"{function}: a hook around it has swallowed what it raised" in str(outcome.failure.error)


class Sync:
    def __init__(self, running: Running) -> None:
        self._steps = running.request.steps

    def __enter__(self) -> None:
        self._steps.append("enter")

    def __exit__(self, *_: object) -> None:
        self._steps.append("exit")


class Async:
    def __init__(self, running: Running) -> None:
        self._steps = running.request.steps

    async def __aenter__(self) -> None:
        self._steps.append("enter")

    async def __aexit__(self, *_: object) -> None:
        self._steps.append("exit")


@contextmanager
def manager(running: Running) -> Iterator[None]:
    with Sync(running):
        yield


@asynccontextmanager
async def async_manager(running: Running) -> AsyncIterator[None]:
    async with Async(running):
        yield


@pytest.mark.parametrize("hook", [Sync, Async, manager, async_manager, lambda running: Sync(running)])  # noqa: PLW0108
def test_forms(app: App, hook: Any) -> None:
    app.around(hook)
    assert steps_of(Way(waits=True), app, "write") == ["invoke", "enter", "write", "exit", "purge"]


async def no_hook(running: Running) -> None: ...


@pytest.mark.parametrize(
    ("value", "message"), [(5, "takes a function of one argument"), (no_hook, "write 'yield' where the function")]
)
def test_what_is_none(value: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        Registry().around(value)


def test_it_is_given_back_and_cleared() -> None:
    registry = Registry()
    version = registry.version
    assert registry.around(manager) is manager
    assert (len(registry.hooks), registry.version) == (1, version + 1)
    registry.clear()
    assert registry.hooks == ()


def test_without_any_nothing_stands_between_a_run_and_the_function() -> None:
    """What a plain call costs does not grow."""
    between: list[str] = []

    def look(request: Any) -> None:
        frame: FrameType | None = sys._getframe(1)
        while frame is not None and frame.f_code.co_name != "_run":
            between.append(frame.f_code.co_name)
            frame = frame.f_back

    app, way = App({look: {}}), Way(waits=False)
    way.run(app.call(way.port(), "look"))
    assert between == ["run"]
    app.around(manager)
    way.run(app.call(way.port(), "look"))
    assert len(between) > 2
