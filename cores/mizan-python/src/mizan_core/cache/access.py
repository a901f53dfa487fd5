"""How a coroutine uses a backend: from an event loop it waits, in a thread it never does (``complete_now``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from mizan_core.cache.backend import CacheBackend


class Access(Protocol):
    """The operations of a ``CacheBackend``, to be awaited."""

    async def read(self, keys: Sequence[str]) -> list[bytes | None]: ...

    async def claim(self, values: Mapping[str, bytes], ttl: int) -> list[bytes]: ...

    async def write(self, values: Mapping[str, bytes], ttl: int) -> None: ...


class ThreadAccess:
    """Each operation blocks the thread, so that whoever awaits it is never suspended."""

    def __init__(self, backend: CacheBackend) -> None:
        self._backend = backend

    async def read(self, keys: Sequence[str]) -> list[bytes | None]:
        return self._backend.read(keys)

    async def claim(self, values: Mapping[str, bytes], ttl: int) -> list[bytes]:
        return self._backend.claim(values, ttl)

    async def write(self, values: Mapping[str, bytes], ttl: int) -> None:
        self._backend.write(values, ttl)


class LoopAccess:
    """The backend's own async operations, without a step in between."""

    def __init__(self, backend: CacheBackend) -> None:
        self.read = backend.aread
        self.claim = backend.aclaim
        self.write = backend.awrite
