"""The embedded cache: this process's memory, bounded in bytes, least recently used out first."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from threading import Lock
from typing import NamedTuple

from cachetools import TLRUCache

DEFAULT_MAX_BYTES = 64 * 1_048_576
_OVERHEAD = 200
"""Bytes that an entry takes beside its key and value, roughly, on 64-bit CPython."""


class _Entry(NamedTuple):
    value: bytes
    ttl: int


class MemoryCache:
    """A ``CacheBackend`` for a single process.

    :param max_bytes: the room for keys and values, bookkeeping included.
    :param timer: seconds of a clock that never goes back.
    """

    def __init__(self, max_bytes: int = DEFAULT_MAX_BYTES, timer: Callable[[], float] = time.monotonic) -> None:
        self._lock = Lock()
        self._entries: TLRUCache[str, _Entry] = TLRUCache(
            max_bytes, ttu=lambda _, entry, now: now + entry.ttl, timer=timer, getsizeof=_size
        )

    def read(self, keys: Sequence[str]) -> list[bytes | None]:
        """See ``CacheBackend``."""
        with self._lock:
            return [self._value(key) for key in keys]

    def claim(self, values: Mapping[str, bytes], ttl: int) -> list[bytes]:
        """See ``CacheBackend``."""
        with self._lock:
            for key, value in values.items():
                if key not in self._entries:
                    self._set(key, value, ttl)
            return [self._entries.get(key, _Entry(value, ttl)).value for key, value in values.items()]

    def write(self, values: Mapping[str, bytes], ttl: int) -> None:
        """See ``CacheBackend``."""
        with self._lock:
            for key, value in values.items():
                self._set(key, value, ttl)

    async def aread(self, keys: Sequence[str]) -> list[bytes | None]:
        """See ``CacheBackend``."""
        return self.read(keys)

    async def aclaim(self, values: Mapping[str, bytes], ttl: int) -> list[bytes]:
        """See ``CacheBackend``."""
        return self.claim(values, ttl)

    async def awrite(self, values: Mapping[str, bytes], ttl: int) -> None:
        """See ``CacheBackend``."""
        self.write(values, ttl)

    def _value(self, key: str) -> bytes | None:
        # One look-up; cachetools' get makes three.
        try:
            return self._entries[key].value
        except KeyError:
            return None

    def _set(self, key: str, value: bytes, ttl: int) -> None:
        # What does not fit at all must not leave an older value behind.
        self._entries.pop(key, None)
        entry = _Entry(value, ttl)
        if len(key) + _size(entry) <= self._entries.maxsize:
            self._entries[key] = entry


def _size(entry: _Entry) -> int:
    return len(entry.value) + _OVERHEAD
