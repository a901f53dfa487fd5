"""What a cache backend does: three operations on keys and bytes, sync and async (protocol.md section 10).

A backend knows nothing of contexts or viewers. It may lose anything at any time; it may never give back an older value
than the one written last. ``tests`` of a third party's backend subclass ``mizan_core.cache.conformance``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

from mizan_core.errors import MizanError

TAG_TTL = 30 * 86_400
"""Seconds that a tag lives. One that expires counts as changed, so this only bounds what is left behind."""


class BackendUnavailable(MizanError):
    """The store did not answer, or its answer cannot be trusted; whether a write took effect is unknown."""


class CacheBackend(Protocol):
    """A store of bytes. Every operation is one round trip and raises ``BackendUnavailable`` and nothing else."""

    def read(self, keys: Sequence[str]) -> list[bytes | None]:
        """The values of *keys*, None for what is missing."""

    def claim(self, values: Mapping[str, bytes], ttl: int) -> list[bytes]:
        """Set each key that is missing; give what each key holds then, in order."""

    def write(self, values: Mapping[str, bytes], ttl: int) -> None:
        """Set keys, for *ttl* seconds."""

    async def aread(self, keys: Sequence[str]) -> list[bytes | None]:
        """As ``read``."""

    async def aclaim(self, values: Mapping[str, bytes], ttl: int) -> list[bytes]:
        """As ``claim``."""

    async def awrite(self, values: Mapping[str, bytes], ttl: int) -> None:
        """As ``write``."""


@runtime_checkable
class ClosableBackend(CacheBackend, Protocol):
    """A ``CacheBackend`` that holds connections. It offers both of these, which are called when an application stops.

    Several applications may share a backend, and one may start again: what an operation needs it opens by itself.
    """

    def close(self) -> None:
        """End the connections of threads; one that is in use ends when it no longer is."""

    async def aclose(self) -> None:
        """End the connections of the running event loop, in the same way."""
