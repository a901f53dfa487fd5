"""Calls that server code makes itself, through ``fn.call`` and ``fn.call_sync``.

Such a call invalidates as it does over HTTP: the observer of the request that is being answered, if there is one, adds
its entries to that request's answer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, TypeAlias

from mizan_core.errors import APIError

if TYPE_CHECKING:
    from mizan_core.client.client_function import ClientFunction

Observer: TypeAlias = "Callable[[ClientFunction[..., Any], Mapping[str, Any]], None]"
ThreadRunner: TypeAlias = "Callable[[Callable[[], Any]], Awaitable[Any]]"

_observer: ContextVar[Observer | None] = ContextVar("mizan_call_observer", default=None)
_run_in_thread: ContextVar[ThreadRunner] = ContextVar("mizan_thread_runner", default=asyncio.to_thread)


@contextmanager
def observed(observer: Observer) -> Iterator[None]:
    """Tell *observer* of every call made inside the block, in this thread or task and those it starts."""
    token = _observer.set(observer)
    try:
        yield
    finally:
        _observer.reset(token)


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
    with _reporting(function, validated):
        if function.is_async:
            return await function(request, **validated)
        return await _run_in_thread.get()(lambda: function(request, **validated))


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
    if observer is not None:
        observer(function, arguments)
