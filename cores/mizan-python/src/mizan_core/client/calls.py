"""Telling whoever dispatches a request of the calls that server code makes itself.

A function that server code calls through ``fn.call`` or ``fn.call_sync`` invalidates as it does over HTTP: the observer
of the request that is being answered, if there is one, adds its entries to that request's answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from mizan_core.client.function import ClientFunction

Observer: TypeAlias = "Callable[[ClientFunction[..., Any], Mapping[str, Any]], None]"

_observer: ContextVar[Observer | None] = ContextVar("mizan_call_observer", default=None)


@contextmanager
def observed(observer: Observer) -> Iterator[None]:
    """Tell *observer* of every call made inside the block, in this thread or task and those it starts."""
    token = _observer.set(observer)
    try:
        yield
    finally:
        _observer.reset(token)


def report(function: ClientFunction[..., Any], arguments: Mapping[str, Any]) -> None:
    """Say that *function* ran, or may have run in part, with the validated *arguments*."""
    observer = _observer.get()
    if observer is not None:
        observer(function, arguments)
