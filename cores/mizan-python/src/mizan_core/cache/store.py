"""Reading, writing and purging entries so that no stale one is ever served (protocol.md section 10).

The methods are coroutines over an ``Access``, so that threads and event loops share every decision.
"""

from __future__ import annotations

from asyncio import to_thread
from typing import NamedTuple

from mizan_core.cache.access import Access, LoopAccess, ThreadAccess
from mizan_core.cache.backend import TAG_TTL, BackendUnavailable, CacheBackend, ClosableBackend
from mizan_core.cache.bypass import BypassReason
from mizan_core.cache.counters import COUNTERS
from mizan_core.cache.health import EPOCH, VERSION_BYTES, Health, new_version
from mizan_core.engine.contract import Keyer
from mizan_core.errors import ForgedEntry


class Lookup(NamedTuple):
    """What a read found: a valid body, or the versions to seal a new one with, or why there is neither."""

    body: bytes | None
    versions: list[bytes] | None
    bypass: BypassReason | None = None


_UNAVAILABLE = Lookup(None, None, BypassReason.UNAVAILABLE)
_FOREIGN_VALUE = Lookup(None, None, BypassReason.FOREIGN_VALUE)


class Store:
    """A backend and this process's trust in it.

    :param keyer: seals and opens the entries.
    :ivar in_thread: for ``complete_now``.
    :ivar on_loop: for an event loop.
    """

    def __init__(self, backend: CacheBackend, keyer: Keyer) -> None:
        self.backend = backend
        self._keyer = keyer
        self.in_thread: Access = ThreadAccess(backend)
        self.on_loop: Access = LoopAccess(backend)
        self._closable = backend if isinstance(backend, ClosableBackend) else None
        self._health = Health(self.in_thread)

    async def look_up(self, access: Access, key: str, tags: list[str]) -> Lookup:
        """Read an entry and the present versions of its tags, in one round trip when every tag has one."""
        if self._health.is_down:
            self._health.recover()
            return _UNAVAILABLE
        names = [EPOCH, *tags]
        try:
            entry, *versions = await access.read([key, *names])
            body = None if entry is None else self._body(key, entry, versions)
            if body is not None:
                return Lookup(body, None)
            present = await _complete(access, names, versions)
            if any(len(version) != VERSION_BYTES for version in present):
                return _FOREIGN_VALUE
            return Lookup(None, present)
        except BackendUnavailable:
            self._health.fail()
            return _UNAVAILABLE

    async def save(self, access: Access, key: str, versions: list[bytes], body: bytes, ttl: int) -> None:
        """Keep a body whose functions ran after *versions* were read."""
        if self._health.is_down:
            return
        try:
            await access.write({key: self._keyer.seal(key, versions, body)}, ttl)
        except BackendUnavailable:
            self._health.fail()

    async def purge(self, access: Access, tags: list[str]) -> None:
        """Make every entry with one of *tags* invalid. When that cannot be written, all entries will be."""
        if tags and (await self._change(access, tags) or await self._health.change_epoch(access)):
            COUNTERS.count("purges")

    def close(self) -> None:
        """End the recovery thread and the threads' connections; both begin anew when the store is used again."""
        self._health.rest()
        if self._closable is not None:
            self._closable.close()

    async def aclose(self) -> None:
        """As ``close``, and end the running event loop's connections."""
        await to_thread(self.close)
        if self._closable is not None:
            await self._closable.aclose()

    def _body(self, key: str, entry: bytes, versions: list[bytes | None]) -> bytes | None:
        try:
            return self._keyer.unseal(key, entry, versions)
        except ForgedEntry:
            return None

    async def _change(self, access: Access, tags: list[str]) -> bool:
        """Give *tags* new versions, unless the store is down; gives whether they have them."""
        if self._health.is_down:
            return False
        try:
            await access.write({tag: new_version() for tag in tags}, TAG_TTL)
        except BackendUnavailable:
            self._health.fail()
            return False
        return True


async def _complete(access: Access, names: list[str], versions: list[bytes | None]) -> list[bytes]:
    """The versions, those of missing tags claimed before any function runs."""
    missing = {name: new_version() for name, version in zip(names, versions, strict=True) if version is None}
    if not missing:
        return [version for version in versions if version is not None]
    claimed = dict(zip(missing, await access.claim(missing, TAG_TTL), strict=True))
    return [claimed[name] if version is None else version for name, version in zip(names, versions, strict=True)]
