"""What the cache has done in this process, and live connections beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock

from mizan_core.cache.bypass import BypassReason
from mizan_core.live_counters import LIVE_COUNTERS, LiveStats


@dataclass(frozen=True, slots=True)
class Stats:
    """Counts since the process started.

    :param hits: fetches answered from the cache.
    :param misses: fetches that ran their functions and could have been answered.
    :param bypasses: fetches that the cache had no part in: not cacheable, or not to be trusted at that moment.
    :param purges: mutations whose purge took effect.
    :param outages: times that the store stopped answering.
    :param forged: entries found in the cache that were not sealed with its secret under their keys.
    :param live: what live connections have done.
    :param bypassed_for: the bypasses by the value of their ``BypassReason``; one that has not come up is not there.
    """

    hits: int = 0
    misses: int = 0
    bypasses: int = 0
    purges: int = 0
    outages: int = 0
    forged: int = 0
    bypassed_for: Mapping[str, int] = field(default_factory=dict, hash=False)
    live: LiveStats = field(default_factory=LiveStats)


class Counters:
    """Counters that several threads may increase."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._counts = dict.fromkeys(("hits", "misses", "purges", "outages", "forged"), 0)
        self._reasons: Counter[str] = Counter()

    def count(self, name: str) -> None:
        """:param name: a field of ``Stats`` that is a number."""
        with self._lock:
            self._counts[name] += 1

    def count_bypass(self, reason: BypassReason) -> None:
        with self._lock:
            self._reasons[reason.value] += 1

    def snapshot(self) -> Stats:
        with self._lock:
            reasons = dict(self._reasons)
            counts = dict(self._counts)
        return Stats(**counts, bypasses=sum(reasons.values()), bypassed_for=reasons, live=LIVE_COUNTERS.snapshot())


COUNTERS = Counters()


def stats() -> Stats:
    """The counts of this process."""
    return COUNTERS.snapshot()
