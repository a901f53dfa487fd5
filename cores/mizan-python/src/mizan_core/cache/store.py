"""Reading, writing and purging entries so that no stale one is ever served (protocol.md section 10).

The methods are coroutines over an ``Access``, so that threads and event loops share every decision.
"""

from __future__ import annotations

import atexit
import logging
import time
import weakref
from asyncio import to_thread
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from mizan_core.cache.access import Access, LoopAccess, ThreadAccess
from mizan_core.cache.announcing import Announcements
from mizan_core.cache.backend import (
    TAG_TTL,
    Announcer,
    BackendRefused,
    BackendReplaced,
    BackendUnavailable,
    CacheBackend,
    ClosableBackend,
)
from mizan_core.cache.bypass import BypassReason
from mizan_core.cache.counters import COUNTERS
from mizan_core.cache.keeper import ROSTER, ROSTER_TTL, Keeper
from mizan_core.cache.roster import Roster
from mizan_core.cache.trust import Trust
from mizan_core.cache.versions import EPOCH, EPOCH_BYTES, MIXED, VERSION_BYTES, broad, graph_of, new_epoch, new_version
from mizan_core.engine.contract import Keyer
from mizan_core.errors import ForgedEntry

LEASE = 5
"""Seconds that the epoch of a shared store lives without any process that renews it."""
BUILD_TTL = 60
"""Seconds that a tag lives for which nothing has been stored; what takes longer to build is not kept."""
WATCH_TTL = 3_600
"""Seconds that a tag lives after those who watch it have last shown that they do."""
BATCH = 500
"""Tags that are compared or claimed in one round trip: more would hold an event loop up, and come too late."""
_WATCHED = "watched"
"""The key of a value that nobody reads: what is written with it are the lives of tags."""
_LONGEST_HOLD = 3
"""Leases that the answer to a mutation is held for, at most."""
_POLL = 0.05
_log = logging.getLogger("mizan.cache")


class Lookup(NamedTuple):
    """What a read found: a valid body and its versions, or those to seal a new one with, or why there is neither."""

    body: bytes | None
    versions: list[bytes] | None
    bypass: BypassReason | None = None


_UNAVAILABLE = Lookup(None, None, BypassReason.UNAVAILABLE)
_FOREIGN_VALUE = Lookup(None, None, BypassReason.FOREIGN_VALUE)


class Announcement:
    """What a function that may write is going to purge. It ends when that has been purged, or when nobody holds it:
    one that ends too late costs a purge too many when the process dies.
    """

    __slots__ = ("_name", "_roster", "_tags")

    def __init__(self, roster: Roster, tags: list[str]) -> None:
        self._name = roster.name
        self._roster = roster
        self._tags = tags

    def end(self) -> None:
        """The purge has been performed, or nothing has been written."""
        tags, self._tags = self._tags, []
        if tags:
            self._roster.end(self._name, tags)

    def __del__(self) -> None:
        self.end()


class Purge(NamedTuple):
    """Tags of entries that have become stale, and the store that keeps them.

    :param promise: for the case that the process dies before it has kept it.
    """

    store: Store
    tags: list[str]
    promise: Announcement | None = None


class Store:
    """A backend and this process's trust in it.

    :param keyer: seals and opens the entries.
    :param lease: see ``LEASE``.
    :param build_ttl: see ``BUILD_TTL``.
    :param tell: is told of the tags of every purge, when it has been made; it must not wait.
    :ivar is_shared: whether other processes have it, too.
    :ivar in_thread: for ``complete_now``.
    :ivar on_loop: for an event loop.
    :ivar is_announcing: whether purges are announced to those who watch.
    """

    def __init__(
        self,
        backend: CacheBackend,
        keyer: Keyer,
        lease: int = LEASE,
        build_ttl: int = BUILD_TTL,
        tell: Callable[[list[str]], None] | None = None,
    ) -> None:
        self.backend = backend
        self._notify = tell
        self.in_thread: Access = ThreadAccess(backend)
        self.on_loop: Access = LoopAccess(backend)
        self._keyer = keyer
        self._closable = backend if isinstance(backend, ClosableBackend) else None
        self._trust = Trust()
        self._keeper = Keeper(backend, self._trust, lease)
        self._lease = lease
        self.is_shared = self._keeper.shared is not None
        self._epoch_ttl = lease if self.is_shared else TAG_TTL
        self._build_ttl = build_ttl
        self._is_mixed = False
        self._has_warned = False
        self._announcements: Announcements | None = None
        self.is_announcing = False
        _at_exit(self)

    def use_graph(self, graph: bytes) -> None:
        """From now on the tags come from *graph*, ``GRAPH_BYTES`` long."""
        self._keeper.graph = graph

    def announce_by(self, announcer: Announcer) -> None:
        """From now on announce by *announcer*, the backend itself or another, which tags purges change."""
        self._announcements = Announcements(self.backend, announcer)
        self._keeper.announcer = announcer
        self.is_announcing = True

    async def look_up(self, access: Access, key: str, tags: list[str]) -> Lookup:
        """Read an entry and the present versions of its tags, in one round trip when every tag has one."""
        is_trusted = self._trust.is_given
        if not (self._keeper.is_running or (is_trusted and self._keeper.shared is None)):
            self._keeper.ensure()
        if not is_trusted:
            return _UNAVAILABLE
        try:
            entry, *versions = await access.read([key, EPOCH, *tags])
            epoch = versions[0]
            if epoch is None or epoch[VERSION_BYTES:] == self._keeper.graph or self._is_accepted(epoch):
                body = None if entry is None else self._body(key, entry, versions)
                if body is not None:
                    return Lookup(body, versions)  # type: ignore[arg-type]  # a valid entry's are all there
            else:
                versions[0] = await self._mix(access)
                if len(epoch) != EPOCH_BYTES:
                    return _FOREIGN_VALUE
            present = await self._complete(access, tags, versions)
        except BackendUnavailable as error:
            self._fail(error)
            return _UNAVAILABLE
        if any(len(version) != VERSION_BYTES for version in present[1:]):
            return _FOREIGN_VALUE
        return Lookup(None, present)

    async def save(
        self, access: Access, key: str, tags: Sequence[str], versions: list[bytes], body: bytes, ttl: int
    ) -> None:
        """Keep a body whose functions ran after *versions* were read, and its tags for as long."""
        if not self._trust.is_given:
            return
        try:
            await access.save(key, self._keyer.seal(key, versions, body), ttl, tags, max(ttl, self._build_ttl))
        except BackendUnavailable as error:
            self._fail(error)

    async def versions(self, access: Access, tags: list[str]) -> list[bytes] | None:
        """The present version of the epoch and those of *tags*, for those who watch; None when it cannot be told.

        What was read after this is stale when one of them has changed, whatever has been announced.
        """
        self._keeper.ensure()
        if not self._trust.is_given:
            return None
        present: list[bytes] = []
        try:
            for start in range(0, len(tags) or 1, BATCH):
                part = tags[start : start + BATCH]
                found = await access.read([EPOCH, *part])
                if found[0] is not None and not self._is_accepted(found[0]):
                    found[0] = await self._mix(access)
                complete = await self._complete(access, part, found)
                present += complete[1:] if present else complete  # the epoch as it was first: another is told of later
        except BackendUnavailable as error:
            self._fail(error)
            return None
        return present

    async def prolong(self, access: Access, tags: Sequence[str]) -> None:
        """Let those of *tags* that are there live for ``WATCH_TTL`` from now: they are watched."""
        if not tags or not self._trust.is_given:
            return
        try:
            for start in range(0, len(tags), BATCH):
                await access.save(_WATCHED, b"", 1, tags[start : start + BATCH], WATCH_TTL)
        except BackendUnavailable as error:
            self._fail(error)

    async def announce(self, access: Access, tags: Iterable[str]) -> Announcement | None:
        """Make it known, before a function runs, that the contexts of *tags* may have to be purged.

        Whoever finds that this process has died meanwhile then purges them. None where nobody would.
        """
        shared = self._keeper.shared
        if shared is None:
            return None
        roster = self._keeper.roster
        contexts = _widened(tags)
        fields = roster.begin(contexts)
        announcement = Announcement(roster, contexts)
        if fields and self._trust.is_given:
            self._keeper.ensure()
            try:
                await access.one_of(shared.enroll, shared.aenroll)(ROSTER, ROSTER_TTL, fields)
                roster.confirm(fields)
            except BackendUnavailable as error:
                self._fail(error)
        return announcement

    def promise(self, tags: Iterable[str]) -> Announcement | None:
        """Let what has been announced for the contexts of *tags* stand for longer; a beat announces what has not been.

        For a purge that has to wait for something.
        """
        if self._keeper.shared is None:
            return None
        contexts = _widened(tags)
        self._keeper.roster.prolong(contexts)
        return Announcement(self._keeper.roster, contexts)

    async def purge(self, access: Access, tags: list[str], origin: str | None = None) -> None:
        """Make every entry with one of *tags* invalid.

        While that cannot be written although the store answers, it waits until no entry from before is valid any more.
        Where the store does not answer, it is made up for in the background.

        :param origin: the socket of whoever has caused it, for those who watch.
        """
        if not tags or await self.try_purge(access, tags, origin) or await self._hold(access):
            COUNTERS.count("purges")
        else:
            self._trust.owe(map(broad, tags))
            self._keeper.wake()
        if self._notify is not None and tags:
            self._notify(tags)

    async def try_purge(self, access: Access, tags: list[str], origin: str | None = None) -> bool:
        """As ``purge``, at once or not at all; gives whether it has been done."""
        for _ in range(2):  # a store that has been replaced says so once
            try:
                return await self._change(access, tags, origin)
            except BackendReplaced as error:
                self._fail(error)
            except BackendRefused as error:
                self._fail(error)
                return await self._drop(access, tags) or await self._drop(access, [EPOCH])
            except BackendUnavailable as error:
                self._fail(error)
                return False
        return False

    def close(self) -> None:
        """End the background work and the threads' connections; both begin anew when the store is used again."""
        self._keeper.stop()
        if self._closable is not None:
            self._closable.close()

    async def aclose(self) -> None:
        """As ``close``, and end the running event loop's connections."""
        await to_thread(self.close)
        if self._closable is not None:
            await self._closable.aclose()

    async def _change(self, access: Access, tags: list[str], origin: str | None) -> bool:
        """Give *tags*, and what else is owed, new versions; all of their contexts where graphs are mixed."""
        debts = self._trust.debts
        if EPOCH in debts:
            await access.delete([EPOCH])
            await self._tell(access, [EPOCH])
        else:
            was_mixed = self._is_mixed
            # What is owed somebody else may have caused.
            cause = None if debts else origin
            epoch = await self._renew(access, [*(_widened(tags) if was_mixed else tags), *debts], cause)
            self._is_mixed = epoch is not None and graph_of(epoch) != self._keeper.graph
            if self._is_mixed and not was_mixed:
                await self._renew(access, _widened(tags), origin)
        if debts:
            self._trust.settle(debts)
        return True

    async def _renew(self, access: Access, tags: Iterable[str], origin: str | None) -> bytes | None:
        """Gives the epoch as it was after that."""
        versions = {tag: new_version() for tag in tags}
        announcements = self._announcements
        if announcements is None:
            [epoch] = await access.write(versions, self._build_ttl, [EPOCH])
        else:
            [epoch] = await announcements.write(access, versions, self._build_ttl, [EPOCH], origin)
        return epoch

    async def _tell(self, access: Access, tags: Sequence[str]) -> None:
        if self._announcements is not None:
            await self._announcements.tell(access, tags)

    async def _drop(self, access: Access, tags: Iterable[str]) -> bool:
        """A missing tag is a changed one. A store that is full, or refuses to grow, still removes."""
        removed = _widened(tags)
        try:
            await access.delete(removed)
        except BackendUnavailable as error:
            self._fail(error)
            return False
        await self._tell(access, removed)
        return True

    async def _hold(self, access: Access) -> bool:
        """Wait until nothing that was sealed before is valid; gives whether that is so.

        As long as nobody can change the epoch nobody can renew it either, so it runs out.
        """
        end = time.monotonic() + _LONGEST_HOLD * self._lease
        try:
            [before] = [present] = await access.read([EPOCH])
            while present is not None and present == before:
                if await self._drop(access, [EPOCH]):
                    break
                if time.monotonic() > end:
                    _log.error("The cache refuses a purge, and somebody renews its epoch: what it serves may be stale")
                    return False
                await access.pause(_POLL)
                [present] = await access.read([EPOCH])
        except BackendUnavailable as error:
            self._fail(error)
            return False
        return True

    async def _mix(self, access: Access) -> bytes:
        """The epoch is another graph's: nothing from before counts any more, and from now on all purges are broad."""
        epoch = new_epoch(MIXED)
        await access.write({EPOCH: epoch}, self._epoch_ttl)
        self._is_mixed = True
        return epoch

    async def _complete(self, access: Access, tags: list[str], versions: list[bytes | None]) -> list[bytes]:
        """The versions, those of missing tags claimed before any function runs."""
        epoch, *known = versions
        if epoch is None:
            [epoch] = await access.claim({EPOCH: new_epoch(self._keeper.graph)}, self._epoch_ttl)
            if not self._is_accepted(epoch):
                epoch = await self._mix(access)
        missing = {tag: new_version() for tag, version in zip(tags, known, strict=True) if version is None}
        claimed = dict(zip(missing, await access.claim(missing, self._build_ttl), strict=True)) if missing else {}
        return [epoch, *(claimed[tag] if own is None else own for tag, own in zip(tags, known, strict=True))]

    def _is_accepted(self, epoch: bytes) -> bool:
        """Whether entries of this epoch have tags that this process knows, or are purged broadly."""
        return epoch[VERSION_BYTES:] in (self._keeper.graph, MIXED)

    def _body(self, key: str, entry: bytes, versions: list[bytes | None]) -> bytes | None:
        try:
            return self._keyer.unseal(key, entry, versions)
        except ForgedEntry:
            COUNTERS.count("forged")
            if not self._has_warned:
                self._has_warned = True
                _log.warning("The cache holds an entry that was not sealed with this secret; it is not used")
            return None

    def _fail(self, error: BackendUnavailable) -> None:
        self._trust.fail(error)
        if isinstance(error, BackendReplaced):
            self._trust.owe([EPOCH])
        self._keeper.wake()


def _widened(tags: Iterable[str]) -> list[str]:
    """The tags of the whole contexts that *tags* are of, each once."""
    return list({broad(tag): None for tag in tags})


def _at_exit(store: Store) -> None:
    """Let the others know that this process has ended, and did not die."""
    reference = weakref.ref(store)

    def close() -> None:
        alive = reference()
        if alive is not None:
            alive.close()

    atexit.register(close)
    weakref.finalize(store, atexit.unregister, close).atexit = False
