"""What live connections have done in this process."""

from __future__ import annotations

from collections import Counter
from threading import Lock
from typing import NamedTuple


class LiveStats(NamedTuple):
    """Counts since the process started.

    :param connections: sockets that were opened.
    :param subscriptions: watches and subscriptions that were granted.
    :param frames: frames of clients.
    :param signals: frames that told clients that something is stale.
    :param messages: messages of channels that clients were sent.
    :param gaps: frames that told clients that messages were lost.
    :param dropped: subscriptions whose right has ended.
    :param refused: sockets that were not opened, and requests that were refused.
    """

    connections: int = 0
    subscriptions: int = 0
    frames: int = 0
    signals: int = 0
    messages: int = 0
    gaps: int = 0
    dropped: int = 0
    refused: int = 0


class LiveCounters:
    """Counters that several threads may increase."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._counts: Counter[str] = Counter()

    def count(self, name: str, number: int = 1) -> None:
        """:param name: a field of ``LiveStats``."""
        with self._lock:
            self._counts[name] += number

    def snapshot(self) -> LiveStats:
        with self._lock:
            return LiveStats(**self._counts)


LIVE_COUNTERS = LiveCounters()


def live_stats() -> LiveStats:
    """The counts of this process."""
    return LIVE_COUNTERS.snapshot()
