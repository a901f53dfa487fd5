"""What a cache backend does with keys and bytes, sync and async (protocol.md section 10).

A backend knows nothing of contexts or viewers. It may lose anything at any time; it may never give back an older value
than the one written last. ``tests`` of a third party's backend subclass ``mizan_core.cache.conformance``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol, runtime_checkable

from mizan_core.errors import MizanError


class BackendUnavailable(MizanError):
    """The store did not answer, or its answer cannot be trusted; whether a write took effect is unknown.

    The message says why, for a log: no password, no key and nothing of what is stored.
    """


class BackendRefused(BackendUnavailable):
    """The store has answered that it does not do this. Something else of the operation may have been done."""


class BackendReplaced(BackendUnavailable):
    """The store is another than before, or was emptied: what this process has written last may not be in it.

    Raised once for each time that it happens; the next operation finds the store as it is now.
    """


TAG_TTL = 30 * 86_400
"""Seconds that a version lives in a store without a lease. One that expires counts as changed."""


class CacheBackend(Protocol):
    """A store of bytes. Every operation is one round trip and raises ``BackendUnavailable`` and nothing else."""

    def read(self, keys: Sequence[str]) -> list[bytes | None]:
        """The values of *keys*, None for what is missing."""

    def claim(self, values: Mapping[str, bytes], ttl: int) -> list[bytes]:
        """Set each key that is missing; give what each key holds then, in order."""

    def write(self, values: Mapping[str, bytes], ttl: int, witnesses: Sequence[str] = ()) -> list[bytes | None]:
        """Set keys, for *ttl* seconds; give the values that *witnesses*, other keys, have at that time."""

    def save(self, key: str, value: bytes, ttl: int, tags: Sequence[str], tag_ttl: int) -> None:
        """Set *key*, for *ttl* seconds; those of *tags* that are there live for *tag_ttl* seconds from now."""

    def delete(self, keys: Sequence[str]) -> None:
        """Remove keys; it should succeed where a store is too full to ``write``."""

    async def aread(self, keys: Sequence[str]) -> list[bytes | None]:
        """As ``read``."""

    async def aclaim(self, values: Mapping[str, bytes], ttl: int) -> list[bytes]:
        """As ``claim``."""

    async def awrite(self, values: Mapping[str, bytes], ttl: int, witnesses: Sequence[str] = ()) -> list[bytes | None]:
        """As ``write``."""

    async def asave(self, key: str, value: bytes, ttl: int, tags: Sequence[str], tag_ttl: int) -> None:
        """As ``save``."""

    async def adelete(self, keys: Sequence[str]) -> None:
        """As ``delete``."""


class Beat(NamedTuple):
    """What a process writes to show that it lives.

    :param lease: a key that lives for *lease_ttl* seconds from now if it is there. It must be impossible to renew it
        while it is impossible to ``delete`` it.
    :param roster: a key that holds named fields, made when it is missing, for *roster_ttl* seconds from now.
    :param fields: those to set.
    :param dropped: those to remove.
    """

    lease: str
    lease_ttl: int
    roster: str
    roster_ttl: int
    fields: Mapping[str, bytes]
    dropped: Sequence[str]


class Pulse(NamedTuple):
    """What a process finds when it shows that it lives.

    :param lease: the value of the lease; None when it has run out.
    :param fields: those of the roster as they were before the beat.
    """

    lease: bytes | None
    fields: Mapping[str, bytes]


@runtime_checkable
class SharedBackend(CacheBackend, Protocol):
    """A ``CacheBackend`` that several processes share, with what they need to make up for one another's deaths.

    Without it, the entries of a shared store live through a death between commit and purge, and through a time in
    which the store answers and refuses purges.
    """

    def beat(self, beat: Beat) -> Pulse:
        """Perform *beat*, in one round trip."""

    def enroll(self, roster: str, roster_ttl: int, fields: Mapping[str, bytes]) -> None:
        """Set fields of a roster."""

    def strike(self, roster: str, fields: Sequence[str]) -> None:
        """Remove fields of a roster."""

    async def aenroll(self, roster: str, roster_ttl: int, fields: Mapping[str, bytes]) -> None:
        """As ``enroll``."""


@runtime_checkable
class ClosableBackend(CacheBackend, Protocol):
    """A ``CacheBackend`` that holds connections. It offers both of these, which are called when an application stops.

    Several applications may share a backend, and one may start again: what an operation needs it opens by itself.
    """

    def close(self) -> None:
        """End the connections of threads; one that is in use ends when it no longer is."""

    async def aclose(self) -> None:
        """End the connections of the running event loop, in the same way."""


class Announcer(Protocol):
    """Tells everybody who listens which tags a purge has changed. That may get lost: who listens compares versions."""

    def announce(self, tags: Sequence[str], origin: str | None = None) -> None:
        """Tell it.

        :param origin: the socket of whoever has caused the purge, where that is known: it need not be told.
        """

    async def aannounce(self, tags: Sequence[str], origin: str | None = None) -> None:
        """As ``announce``."""


@runtime_checkable
class AnnouncingBackend(CacheBackend, Announcer, Protocol):
    """A ``CacheBackend`` that announces what it writes in the same round trip."""

    def write_announced(
        self, values: Mapping[str, bytes], ttl: int, witnesses: Sequence[str], origin: str | None
    ) -> list[bytes | None]:
        """As ``write``; the keys of *values* are announced when they have been set."""

    async def awrite_announced(
        self, values: Mapping[str, bytes], ttl: int, witnesses: Sequence[str], origin: str | None
    ) -> list[bytes | None]:
        """As ``write_announced``."""
