"""How a coroutine uses a backend: from an event loop it waits, in a thread it never does (``complete_now``)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from typing import Protocol

from mizan_core.cache.backend import Announcer, AnnouncingBackend, CacheBackend, SharedBackend
from mizan_core.cache.flights import Flight


class Access(Protocol):
    """The operations of a ``CacheBackend``, and what else is waited for, to be awaited."""

    async def read(self, keys: Sequence[str]) -> list[bytes | None]: ...

    async def claim(self, values: Mapping[str, bytes], ttl: int) -> list[bytes]: ...

    async def write(
        self, values: Mapping[str, bytes], ttl: int, witnesses: Sequence[str] = ()
    ) -> list[bytes | None]: ...

    async def save(self, key: str, value: bytes, ttl: int, tags: Sequence[str], tag_ttl: int) -> None: ...

    async def delete(self, keys: Sequence[str]) -> None: ...

    async def enroll(self, backend: SharedBackend, roster: str, ttl: int, fields: Mapping[str, bytes]) -> None: ...

    async def write_announced(
        self,
        backend: AnnouncingBackend,
        values: Mapping[str, bytes],
        ttl: int,
        witnesses: Sequence[str],
        origin: str | None,
    ) -> list[bytes | None]: ...

    async def announce(self, announcer: Announcer, tags: Sequence[str], origin: str | None) -> None: ...

    async def join(self, flight: Flight) -> bytes | None:
        """Wait for another request; gives the flight's result."""

    async def pause(self, seconds: float) -> None:
        """Let time go by."""


class ThreadAccess:
    """Each operation blocks the thread, so that whoever awaits it is never suspended."""

    def __init__(self, backend: CacheBackend) -> None:
        self._backend = backend

    async def read(self, keys: Sequence[str]) -> list[bytes | None]:
        return self._backend.read(keys)

    async def claim(self, values: Mapping[str, bytes], ttl: int) -> list[bytes]:
        return self._backend.claim(values, ttl)

    async def write(self, values: Mapping[str, bytes], ttl: int, witnesses: Sequence[str] = ()) -> list[bytes | None]:
        return self._backend.write(values, ttl, witnesses)

    async def save(self, key: str, value: bytes, ttl: int, tags: Sequence[str], tag_ttl: int) -> None:
        self._backend.save(key, value, ttl, tags, tag_ttl)

    async def delete(self, keys: Sequence[str]) -> None:
        self._backend.delete(keys)

    async def enroll(self, backend: SharedBackend, roster: str, ttl: int, fields: Mapping[str, bytes]) -> None:
        backend.enroll(roster, ttl, fields)

    async def write_announced(
        self,
        backend: AnnouncingBackend,
        values: Mapping[str, bytes],
        ttl: int,
        witnesses: Sequence[str],
        origin: str | None,
    ) -> list[bytes | None]:
        return backend.write_announced(values, ttl, witnesses, origin)

    async def announce(self, announcer: Announcer, tags: Sequence[str], origin: str | None) -> None:
        announcer.announce(tags, origin)

    async def join(self, flight: Flight) -> bytes | None:
        return flight.result()

    async def pause(self, seconds: float) -> None:
        time.sleep(seconds)  # noqa: ASYNC251 - no event loop waits for this


class LoopAccess:
    """The backend's own async operations, without a step in between."""

    def __init__(self, backend: CacheBackend) -> None:
        self.read = backend.aread
        self.claim = backend.aclaim
        self.write = backend.awrite
        self.save = backend.asave
        self.delete = backend.adelete

    async def enroll(self, backend: SharedBackend, roster: str, ttl: int, fields: Mapping[str, bytes]) -> None:
        await backend.aenroll(roster, ttl, fields)

    async def write_announced(
        self,
        backend: AnnouncingBackend,
        values: Mapping[str, bytes],
        ttl: int,
        witnesses: Sequence[str],
        origin: str | None,
    ) -> list[bytes | None]:
        return await backend.awrite_announced(values, ttl, witnesses, origin)

    async def announce(self, announcer: Announcer, tags: Sequence[str], origin: str | None) -> None:
        await announcer.aannounce(tags, origin)

    async def join(self, flight: Flight) -> bytes | None:
        return await asyncio.wrap_future(flight)

    async def pause(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
