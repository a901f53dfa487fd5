"""The stores and processes that a soak runs, one world after the other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import NamedTuple

import redis

from tests.cache.redis.servers import Server

_EVICTION_PAUSE = 0.003
"""Seconds from one eviction to the next, at least."""
_EVICTION_COMMANDS = 10
"""Commands that the server has served from one eviction to the next, at least."""
_TAG = b"tag:"
_SHORTAGE, _RELIEF = 1_500, 4_500
"""Commands served while memory is short, and those until it is so again: on a slow machine everything takes longer."""


class World(NamedTuple):
    """Server processes of these kinds, with one database and one cache.

    :param weight: its part of the time.
    :param settings: ``MIZAN_*`` variables of the processes.
    """

    kinds: tuple[str, ...]
    weight: float
    settings: dict[str, str]
    has_redis: bool = False


WORLDS = {
    # Small enough that entries and tags are evicted all the time.
    "memory-fastapi": World(("fastapi",), 1, {"MIZAN_CACHE_URL": "memory://", "MIZAN_CACHE_MAX_BYTES": "160000"}),
    "memory-django": World(("django",), 1, {"MIZAN_CACHE_URL": "memory://", "MIZAN_CACHE_MAX_BYTES": "160000"}),
    # A busy machine is no outage: what happens in one is another test's business.
    "redis": World(("fastapi", "django", "fastapi", "django"), 2, {"MIZAN_CACHE_TIMEOUT_MS": "20000"}, has_redis=True),
}


@contextmanager
def cache_of(world: World, folder: Path) -> Iterator[dict[str, str]]:
    """The settings of a world whose cache runs, until the end of the block."""
    if not world.has_redis:
        yield world.settings
        return
    server = Server(folder / "redis")
    server.start()
    try:
        with _evicting(server):
            yield {**world.settings, "MIZAN_CACHE_URL": server.url}
    finally:
        server.kill()


@contextmanager
def _evicting(server: Server) -> Iterator[None]:
    """From time to time delete tags at random, as a server may that is short of memory; tags are what hurts."""
    over = Event()

    def evict() -> None:
        with redis.Redis.from_url(server.url, socket_timeout=20) as client:
            last = 0
            while not over.wait(_EVICTION_PAUSE):
                served = client.info("stats")["total_commands_processed"]
                if served % (_SHORTAGE + _RELIEF) > _SHORTAGE or served < last + _EVICTION_COMMANDS:
                    continue
                last = served
                key = client.randomkey()
                if key is not None and _TAG in key:
                    client.unlink(key)

    thread = Thread(target=evict)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
