"""An application as small as can be: numbers in a database, a cached entry for each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from threading import Lock
from typing import TypeVar

from mizan_core.cache.backend import CacheBackend
from mizan_core.cache.keeper import ROSTER
from mizan_core.cache.store import LEASE, Store
from mizan_core.coroutines import complete_now
from mizan_core.engine import ENGINE
from tests.cache.redis import clock
from tests.cache.redis.servers import Server

_TTL = 3600
LONG_LEASE = 600
"""Nothing renews the epoch of such a lease, or finds out about a server by itself, while a test runs."""
T = TypeVar("T")
KEYER = ENGINE.CacheKeyer("a-secret-of-the-redis-tests-0123456789")


def entry(item: int) -> str:
    """The key of an item's entry."""
    return f"entry:{item}"


def tags(item: int) -> list[str]:
    """Those of an item's entry; a mutation changes the last."""
    return ["tag", f"tag:{item}"]


class Database:
    """What all processes share: a number for each item, which mutations raise.

    :param padding: bytes that make an entry bigger.
    """

    def __init__(self, padding: int = 0) -> None:
        self._padding = b" " * padding
        self._numbers = defaultdict[int, int](int)
        self._lock = Lock()

    def read(self, item: int) -> bytes:
        return b"%d" % self._numbers[item] + self._padding

    def change(self, item: int) -> int:
        """Raise a number; gives what it is now."""
        with self._lock:
            self._numbers[item] += 1
            return self._numbers[item]


class Process:
    """One process of the application.

    :param lease: see ``Store``.
    :ivar store: its cache.
    :ivar longest: seconds that the longest request took, by ``clock.now``.
    """

    def __init__(self, backend: CacheBackend, database: Database, lease: int = LEASE) -> None:
        self.longest = 0.0
        self._backend = backend
        self.store = Store(backend, KEYER, lease)
        self._database = database

    def has_beaten(self) -> bool:
        """Whether its first beat is over; a third of a lease goes by before the next."""
        return self.store._keeper.roster._last_beat is not None

    def fetch(self, item: int = 0) -> tuple[bytes, str]:
        """The item, and ``HIT``, ``MISS`` or ``BYPASS``."""
        return self._timed(lambda: self._fetch(item))

    def mutate(self, item: int = 0) -> None:
        """Change the item, then make what is cached of it invalid."""
        self._timed(lambda: self._mutate(item))

    def fetch_fresh(self, item: int = 0) -> str:
        """As ``fetch``, and what comes must be what the database has."""
        value, word = self.fetch(item)
        present = self._database.read(item)
        assert value == present, f"{word}: {value!r:.20} is stale, {present!r:.20} is right"
        return word

    def _fetch(self, item: int) -> tuple[bytes, str]:
        lookup = complete_now(self.store.look_up(self.store.in_thread, entry(item), tags(item)))
        if lookup.body is not None:
            return lookup.body, "HIT"
        value = self._database.read(item)
        if lookup.versions is None:
            return value, "BYPASS"
        complete_now(self.store.save(self.store.in_thread, entry(item), tags(item), lookup.versions, value, _TTL))
        return value, "MISS"

    def _mutate(self, item: int) -> None:
        self._database.change(item)
        complete_now(self.store.purge(self.store.in_thread, tags(item)[-1:]))

    def _timed(self, request: Callable[[], T]) -> T:
        began = clock.now()
        try:
            return request()
        finally:
            self.longest = max(self.longest, clock.now() - began)


def members(server: Server) -> set[str]:
    """Those in the roster on *server*: processes that have had a beat."""
    names = [key for key in server.ask("KEYS", "*") if f"{{{ROSTER}}}" in key]
    return {field for name in names for field in server.ask("HKEYS", name) if "/" not in field}
