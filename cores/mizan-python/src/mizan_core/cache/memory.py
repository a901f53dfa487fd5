"""The embedded cache: this process's memory, bounded in bytes, least recently used out first."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from sys import getsizeof
from threading import Lock
from typing import NamedTuple

DEFAULT_MAX_BYTES = 64 * 1_048_576
_OVERHEAD = 290
"""Bytes that an entry takes beside its key and its value: an ``_Entry``, a float, and its place in a dict that has just
been made bigger, and in its order (measured: tests/cache/test_memory.py)."""


class _Entry(NamedTuple):
    value: bytes
    end: float


class MemoryCache:
    """A ``CacheBackend`` for a single process.

    :param max_bytes: what keys and values may take, the objects around them included.
    :param timer: seconds of a clock that never goes back.
    """

    def __init__(self, max_bytes: int = DEFAULT_MAX_BYTES, timer: Callable[[], float] = time.monotonic) -> None:
        self._max_bytes = max_bytes
        self._timer = timer
        self._lock = Lock()
        self._bytes = 0
        self._entries: OrderedDict[str, _Entry] = OrderedDict()

    def read(self, keys: Sequence[str]) -> list[bytes | None]:
        """See ``CacheBackend``."""
        with self._lock:
            return self._values(keys)

    def claim(self, values: Mapping[str, bytes], ttl: int) -> list[bytes]:
        """See ``CacheBackend``."""
        with self._lock:
            found = dict(zip(values, self._values(list(values)), strict=True))
            for key, value in values.items():
                if found[key] is None:
                    self._set(key, value, ttl)
            return [own if (there := found[key]) is None else there for key, own in values.items()]

    def write(self, values: Mapping[str, bytes], ttl: int, witnesses: Sequence[str] = ()) -> list[bytes | None]:
        """See ``CacheBackend``."""
        with self._lock:
            for key, value in values.items():
                self._set(key, value, ttl)
            return self._values(witnesses)

    def save(self, key: str, value: bytes, ttl: int, tags: Sequence[str], tag_ttl: int) -> None:
        """See ``CacheBackend``."""
        with self._lock:
            self._set(key, value, ttl)
            end = self._timer() + tag_ttl
            for tag, version in zip(tags, self._values(tags), strict=True):
                if version is not None:
                    self._entries[tag] = _Entry(version, end)

    def delete(self, keys: Sequence[str]) -> None:
        """See ``CacheBackend``."""
        with self._lock:
            for key in keys:
                self._remove(key)

    async def aread(self, keys: Sequence[str]) -> list[bytes | None]:
        """See ``CacheBackend``."""
        return self.read(keys)

    async def aclaim(self, values: Mapping[str, bytes], ttl: int) -> list[bytes]:
        """See ``CacheBackend``."""
        return self.claim(values, ttl)

    async def awrite(self, values: Mapping[str, bytes], ttl: int, witnesses: Sequence[str] = ()) -> list[bytes | None]:
        """See ``CacheBackend``."""
        return self.write(values, ttl, witnesses)

    async def asave(self, key: str, value: bytes, ttl: int, tags: Sequence[str], tag_ttl: int) -> None:
        """See ``CacheBackend``."""
        self.save(key, value, ttl, tags, tag_ttl)

    async def adelete(self, keys: Sequence[str]) -> None:
        """See ``CacheBackend``."""
        self.delete(keys)

    def _values(self, keys: Sequence[str]) -> list[bytes | None]:
        now, entries = self._timer(), self._entries
        found: list[bytes | None] = [None] * len(keys)
        for place, key in enumerate(keys):
            entry = entries.get(key)
            if entry is None:
                continue
            if entry.end <= now:
                self._remove(key)
            else:
                entries.move_to_end(key)
                found[place] = entry.value
        return found

    def _set(self, key: str, value: bytes, ttl: int) -> None:
        known = self._entries.get(key)
        if known is not None and len(known.value) == len(value):
            # It takes the room of the one before.
            self._entries[key] = _Entry(value, self._timer() + ttl)
            self._entries.move_to_end(key)
            return
        # What does not fit at all must not leave an older value behind.
        self._remove(key)
        size = _size(key, value)
        if size > self._max_bytes:
            return
        while self._bytes + size > self._max_bytes:
            self._remove(next(iter(self._entries)))
        self._entries[key] = _Entry(value, self._timer() + ttl)
        self._bytes += size

    def _remove(self, key: str) -> None:
        entry = self._entries.pop(key, None)
        if entry is not None:
            self._bytes -= _size(key, entry.value)


def _size(key: str, value: bytes) -> int:
    return getsizeof(key) + getsizeof(value) + _OVERHEAD
