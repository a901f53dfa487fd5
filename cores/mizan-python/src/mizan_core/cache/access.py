"""How a coroutine uses a backend: from an event loop it waits, in a thread it never does (``complete_now``)."""

from __future__ import annotations

import asyncio
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec, TypeVar

from mizan_core.cache.backend import CacheBackend
from mizan_core.cache.flights import Flight

P = ParamSpec("P")
T = TypeVar("T")


class Access(ABC):
    """The operations of a ``CacheBackend``, and what else is waited for, to be awaited."""

    def __init__(self, backend: CacheBackend) -> None:
        self.read = self.one_of(backend.read, backend.aread)
        self.claim = self.one_of(backend.claim, backend.aclaim)
        self.write = self.one_of(backend.write, backend.awrite)
        self.save = self.one_of(backend.save, backend.asave)
        self.delete = self.one_of(backend.delete, backend.adelete)

    @abstractmethod
    def one_of(
        self, blocking: Callable[P, T], waiting: Callable[P, Coroutine[Any, Any, T]]
    ) -> Callable[P, Coroutine[Any, Any, T]]:
        """What is to be awaited of an operation's two forms; also of one that only some backends have."""

    @abstractmethod
    async def join(self, flight: Flight) -> bytes | None:
        """Wait for another request; gives the flight's result."""

    @abstractmethod
    async def pause(self, seconds: float) -> None:
        """Let time go by."""


class ThreadAccess(Access):
    """Each operation blocks the thread, so that whoever awaits it is never suspended."""

    def one_of(
        self, blocking: Callable[P, T], _: Callable[P, Coroutine[Any, Any, T]]
    ) -> Callable[P, Coroutine[Any, Any, T]]:
        async def performed(*arguments: P.args, **named: P.kwargs) -> T:
            return blocking(*arguments, **named)

        return performed

    async def join(self, flight: Flight) -> bytes | None:
        return flight.result()

    async def pause(self, seconds: float) -> None:
        time.sleep(seconds)  # noqa: ASYNC251 - no event loop waits for this


class LoopAccess(Access):
    """The backend's own async operations, without a step in between."""

    def one_of(
        self, _: Callable[P, T], waiting: Callable[P, Coroutine[Any, Any, T]]
    ) -> Callable[P, Coroutine[Any, Any, T]]:
        return waiting

    async def join(self, flight: Flight) -> bytes | None:
        return await asyncio.wrap_future(flight)

    async def pause(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
