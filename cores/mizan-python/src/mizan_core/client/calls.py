"""Calls that server code makes itself, through ``fn.call`` and ``fn.call_sync``.

Such a call invalidates as it does over HTTP: the observer of the request that is being answered, if there is one, adds
its entries to that request's answer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar, Token
from typing import TYPE_CHECKING, Any, TypeAlias

from mizan_core.errors import APIError

if TYPE_CHECKING:
    from mizan_core.client.client_function import ClientFunction

Observer: TypeAlias = "Callable[[ClientFunction[..., Any], Mapping[str, Any]], None]"
AsyncObserver: TypeAlias = "Callable[[ClientFunction[..., Any], Mapping[str, Any]], Awaitable[None]]"
ThreadRunner: TypeAlias = "Callable[[Callable[[], Any]], Awaitable[Any]]"

_observer: ContextVar[Observer | None] = ContextVar("mizan_call_observer", default=None)
_outside_observers: list[tuple[Observer, AsyncObserver]] = []
_run_in_thread: ContextVar[ThreadRunner | None] = ContextVar("mizan_thread_runner", default=None)
_outside_threads: list[ThreadRunner] = [asyncio.to_thread]


def observe(observer: Observer) -> Token[Observer | None]:
    """Tell *observer* of every call made from now on, in this thread or task and those it starts.

    Gives what ends the observation: ``unobserve(token)``.
    """
    return _observer.set(observer)


unobserve = _observer.reset


def observe_outside_requests(observer: Observer, async_observer: AsyncObserver) -> Callable[[], None]:
    """Tell *observer*, too, of the calls that no request observes: those of cron jobs, signals and the admin.

    Gives what ends the observation.

    :param async_observer: is told, instead, of those that async code makes.
    """
    observers = (observer, async_observer)
    _outside_observers.append(observers)
    return lambda: _outside_observers.remove(observers)


def use_threads_outside_requests(run_in_thread: ThreadRunner) -> None:
    """As ``threads_of``, wherever no request says otherwise."""
    _outside_threads.append(run_in_thread)


@contextmanager
def threads_of(run_in_thread: ThreadRunner) -> Iterator[None]:
    """Inside the block, sync functions that async code calls run where the framework runs sync code."""
    token = _run_in_thread.set(run_in_thread)
    try:
        yield
    finally:
        _run_in_thread.reset(token)


async def call(function: ClientFunction[..., Any], request: Any, arguments: Mapping[str, Any]) -> Any:
    """Validate, run and report, from async code; a sync function runs in a thread."""
    validated = function.arguments.validate_python(arguments)
    try:
        result = await _run(function, request, validated)
    except APIError:
        raise
    except (Exception, asyncio.CancelledError):
        await _areport(function, validated)
        raise
    await _areport(function, validated)
    return result


async def _run(function: ClientFunction[..., Any], request: Any, arguments: Mapping[str, Any]) -> Any:
    if function.is_async:
        return await function(request, **arguments)
    run_in_thread = _run_in_thread.get() or _outside_threads[-1]
    return await run_in_thread(lambda: function(request, **arguments))


def call_sync(function: ClientFunction[..., Any], request: Any, arguments: Mapping[str, Any]) -> Any:
    """Validate, run and report, from sync code; an async function gets an event loop of its own."""
    validated = function.arguments.validate_python(arguments)
    with _reporting(function, validated):
        result = function(request, **validated)
        return asyncio.run(result) if function.is_async else result


@contextmanager
def _reporting(function: ClientFunction[..., Any], arguments: Mapping[str, Any]) -> Iterator[None]:
    """Report the call unless it was refused: any other failure may have come after it had written."""
    try:
        yield
    except APIError:
        raise
    except BaseException:
        _report(function, arguments)
        raise
    _report(function, arguments)


def _report(function: ClientFunction[..., Any], arguments: Mapping[str, Any]) -> None:
    observer = _observer.get()
    for each in [outside for outside, _ in _outside_observers] if observer is None else [observer]:
        each(function, arguments)


async def _areport(function: ClientFunction[..., Any], arguments: Mapping[str, Any]) -> None:
    observer = _observer.get()
    if observer is not None:
        observer(function, arguments)
        return
    for _, outside in tuple(_outside_observers):
        await outside(function, arguments)
