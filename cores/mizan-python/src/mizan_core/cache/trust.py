"""Whether a process may believe its store, and what it owes to it (protocol.md section 10).

Two things are told apart. After any failure this process bypasses the store until it has seen the store work again;
other processes notice nothing. A purge that may not have taken place is a *debt*: until it is paid, by removing its
tags, other processes may serve stale entries, and this process does not believe the store.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from itertools import count
from threading import Lock

from mizan_core.cache.backend import BackendUnavailable
from mizan_core.cache.counters import COUNTERS

_log = logging.getLogger("mizan.cache")


class Trust:
    """The trust of one process in one store."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._is_down = False
        self._failures = 0
        self.debts: Mapping[str, int] = {}
        """The keys that are owed, each with a number that is new every time it is; never changed in place."""
        self._numbers = count()
        self.is_given = True

    @property
    def failures(self) -> int:
        """How often something has failed."""
        return self._failures

    def fail(self, error: BackendUnavailable) -> None:
        """An operation failed: believe nothing until one succeeds that was begun later."""
        with self._lock:
            self._failures += 1
            begins, self._is_down = not self._is_down, True
            self.is_given = False
        if begins:
            COUNTERS.count("outages")
            _log.error("The cache does not answer (%s): requests are served without it until it does", error)

    def owe(self, keys: Iterable[str]) -> None:
        """Add to the debts: entries that hold the present versions of *keys* are stale, and others may serve them."""
        with self._lock:
            self.debts = {**self.debts, **{key: next(self._numbers) for key in keys}}
            self.is_given = False

    def settle(self, debts: Mapping[str, int]) -> None:
        """Strike off *debts*, which have been paid; what has been owed anew meanwhile stays."""
        with self._lock:
            self.debts = {key: number for key, number in self.debts.items() if debts.get(key) != number}
            self._update()

    def restore(self, failures: int) -> None:
        """Believe the store again: an operation has succeeded that began when there had been so many *failures*."""
        with self._lock:
            ends = self._is_down and failures == self._failures
            self._is_down = self._is_down and not ends
            self._update()
        if ends:
            _log.error("The cache answers again")

    def restart(self) -> None:
        """In a forked child: no thread of the parent's holds anything. What the parent owes, it pays."""
        self._lock = Lock()

    def _update(self) -> None:
        self.is_given = not self._is_down and not self.debts
