"""What live connections have done in this process."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock


@dataclass(frozen=True, slots=True)
class LiveStats:
    """Counts since the process started.

    :param connections: sockets that were opened.
    :param closed: those of them that have ended.
    :param frames: frames of clients.
    :param subscriptions: watches and subscriptions that were granted; a watch that is renewed counts again.
    :param signals: frames that told clients that something is stale.
    :param messages: messages of channels that clients were sent.
    :param gaps: frames that told clients that messages were lost.
    :param dropped: subscriptions whose right has ended.
    :param refused: sockets that were not opened, frames that are none, reads and subscriptions that were not granted,
        and calls for which there was no room.
    """

    connections: int = 0
    closed: int = 0
    frames: int = 0
    subscriptions: int = 0
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

    def count(self, name: str) -> None:
        """:param name: a field of ``LiveStats``."""
        with self._lock:
            self._counts[name] += 1

    def add(self, counts: Mapping[str, int]) -> None:
        """Several, by their names."""
        with self._lock:
            self._counts.update(counts)

    def snapshot(self) -> LiveStats:
        with self._lock:
            return LiveStats(**self._counts)


LIVE_COUNTERS = LiveCounters()
