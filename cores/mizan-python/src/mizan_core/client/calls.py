"""Calls that server code makes itself, through ``fn(...)``, ``fn.call`` and ``fn.call_sync``.

Such a call invalidates as it does over HTTP, whatever ends it. The observer of the request whose function makes it adds
its entries to that request's answer; where there is none, or none that takes it, each interface of the process purges.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping
from contextlib import AsyncExitStack, ExitStack, contextmanager
from contextvars import ContextVar
from copy import deepcopy
from functools import partial
from typing import Any, TypeAlias

from mizan_core.client.targets import ServerFunction
from mizan_core.coroutines import to_the_end

RequestObserver: TypeAlias = "Callable[[ServerFunction, Mapping[str, Any]], bool]"
Observer: TypeAlias = "Callable[[ServerFunction, Mapping[str, Any]], None]"
AsyncObserver: TypeAlias = "Callable[[ServerFunction, Mapping[str, Any]], Awaitable[None]]"
ThreadRunner: TypeAlias = "Callable[[Callable[[], Any]], Coroutine[Any, Any, Any]]"
LoopRunner: TypeAlias = "Callable[[Coroutine[Any, Any, Any]], Any]"

_observer: ContextVar[RequestObserver | None] = ContextVar("mizan_call_observer", default=None)
_outside_observers: list[tuple[Observer, AsyncObserver]] = []
_run_in_thread: ContextVar[ThreadRunner | None] = ContextVar("mizan_thread_runner", default=None)
_outside_threads: list[ThreadRunner] = [asyncio.to_thread]
_loops: list[LoopRunner] = [asyncio.run]


observe = _observer.set
"""``observe(observer)`` offers *observer* every call made from now on, in this thread or task and those it starts.

It answers whether it takes the call. Gives what ends the observation: ``unobserve(token)``.
"""
unobserve = _observer.reset


def observe_outside_requests(observer: Observer, async_observer: AsyncObserver) -> Callable[[], None]:
    """Tell *observer* of the calls that no request takes: those of cron jobs, signals, the admin, background tasks.

    Gives what ends the observation.

    :param async_observer: is told, instead, of those that async code makes.
    """
    observers = (observer, async_observer)
    _outside_observers.append(observers)
    return lambda: _outside_observers.remove(observers)


def use_threads_outside_requests(run_in_thread: ThreadRunner) -> None:
    """As ``threads_of``, wherever no request says otherwise."""
    _outside_threads.append(run_in_thread)


def use_loops(run_on_loop: LoopRunner) -> None:
    """Async functions that sync code calls run where the framework runs async code: *run_on_loop* gives the result."""
    _loops.append(run_on_loop)


@contextmanager
def threads_of(run_in_thread: ThreadRunner) -> Iterator[None]:
    """Inside the block, sync functions that async code calls run where the framework runs sync code."""
    token = _run_in_thread.set(run_in_thread)
    try:
        yield
    finally:
        _run_in_thread.reset(token)


async def call(function: ServerFunction, request: Any, arguments: Mapping[str, Any]) -> Any:
    """Validate, run and report, from async code; a sync function runs in a thread."""
    arguments, injected = _parted(function, arguments)
    validated = function.arguments.validate_python(arguments)
    told = _told(function, validated)
    try:
        result = await perform(function.is_async, function.function, request, **validated, **injected)
    except GeneratorExit:
        # Whoever awaited this is gone, and nothing can be awaited any more.
        _report(function, told)
        raise
    except BaseException:
        await to_the_end(_areport(function, told))
        raise
    await to_the_end(_areport(function, told))
    return result


async def perform(is_async: bool, function: Callable[..., Any], /, *args: Any, **arguments: Any) -> Any:
    """What *function* gives: awaited where it is a coroutine function, else where the framework runs sync code."""
    if is_async:
        return await function(*args, **arguments)
    return await run_in_thread(partial(function, *args, **arguments))


async def run_in_thread(work: Callable[[], Any]) -> Any:
    """What *work* gives, where the framework runs sync code."""
    run = _run_in_thread.get() or _outside_threads[-1]
    # A thread goes on writing after whoever waits for it has been cancelled.
    return await to_the_end(run(work))


def call_sync(function: ServerFunction, request: Any, arguments: Mapping[str, Any]) -> Any:
    """Validate, run and report, from sync code; an async function runs where the framework runs async code."""
    arguments, injected = _parted(function, arguments)
    validated = function.arguments.validate_python(arguments)
    told = _told(function, validated)
    try:
        result = function.function(request, **validated, **injected)
        return _loops[-1](result) if function.is_async else result
    finally:
        _report(function, told)


def _parted(function: ServerFunction, arguments: Mapping[str, Any]) -> tuple[Mapping[str, Any], dict[str, Any]]:
    """What clients pass too, and what the framework fills for them."""
    parameters = function.injected
    if not parameters:
        return arguments, {}
    injected = {each.name: arguments[each.name] for each in parameters if each.name in arguments}
    missing = [each.name for each in parameters if each.name not in injected]
    if missing:
        raise TypeError(f"{function.name}() needs {missing[0]}=...: the framework fills it for clients alone")
    return {name: value for name, value in arguments.items() if name not in injected}, injected


def _told(function: ServerFunction, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """The arguments as they are before a mutation runs, which may change them: they tell what it makes stale."""
    return {name: _copied(value) for name, value in arguments.items()} if function.is_mutation else arguments


def _copied(value: Any) -> Any:
    try:
        return deepcopy(value)
    except Exception:  # noqa: BLE001 - whatever a file or another handle raises: such a value narrows nothing
        return value


def _report(function: ServerFunction, arguments: Mapping[str, Any]) -> None:
    if _is_taken(function, arguments):
        return
    with ExitStack() as reports:  # one that fails keeps nobody else from being told
        for observer, _ in tuple(_outside_observers):
            reports.callback(observer, function, arguments)


async def _areport(function: ServerFunction, arguments: Mapping[str, Any]) -> None:
    if _is_taken(function, arguments):
        return
    async with AsyncExitStack() as reports:
        for _, observer in tuple(_outside_observers):
            reports.push_async_callback(observer, function, arguments)


def _is_taken(function: ServerFunction, arguments: Mapping[str, Any]) -> bool:
    """Whether nobody else has to be told: the call changes nothing, or the request takes it."""
    if not function.is_mutation:
        return True
    observer = _observer.get()
    return observer is not None and observer(function, arguments)
