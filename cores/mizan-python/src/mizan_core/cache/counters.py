"""What the cache has done in this process."""

from __future__ import annotations

from dataclasses import dataclass, fields
from threading import Lock


@dataclass(frozen=True, slots=True)
class Stats:
    """Counts since the process started.

    :param hits: fetches answered from the cache.
    :param misses: fetches that ran their functions and could have been answered.
    :param bypasses: fetches that the cache had no part in: not cacheable, or not to be trusted at that moment.
    :param purges: mutations whose purge took effect.
    :param outages: times that the store stopped answering.
    """

    hits: int = 0
    misses: int = 0
    bypasses: int = 0
    purges: int = 0
    outages: int = 0


class Counters:
    """Counters that several threads may increase."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._counts = dict.fromkeys((field.name for field in fields(Stats)), 0)

    def count(self, name: str) -> None:
        """:param name: a field of ``Stats``."""
        with self._lock:
            self._counts[name] += 1

    def snapshot(self) -> Stats:
        with self._lock:
            return Stats(**self._counts)


COUNTERS = Counters()


def stats() -> Stats:
    """The counts of this process."""
    return COUNTERS.snapshot()
