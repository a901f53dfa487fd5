"""A clock that stands still while this process is kept from running, as it is on a machine that stalls."""

from __future__ import annotations

import time
from functools import cache
from threading import Thread

_BEAT = 0.01
_LONGEST_BEAT = 0.1
"""Seconds that a beat may count for: on a machine that is merely busy one comes late, too."""


def now() -> float:
    """Seconds from some moment on, of those in which this process could run."""
    return _clock().now


def begin() -> None:
    """Forget how long this process has been kept from running."""
    _clock().longest = 0.0


def stood_still() -> float:
    """The longest time, in seconds, for which this process has been kept from running since ``begin``."""
    return _clock().longest


class _Clock:
    """It goes on in beats, none of which counts for longer than it may take."""

    def __init__(self) -> None:
        self.now = 0.0
        self.longest = 0.0
        Thread(target=self._go, daemon=True).start()

    def _go(self) -> None:
        last = time.monotonic()
        while True:
            time.sleep(_BEAT)
            last, before = time.monotonic(), last
            self.longest = max(self.longest, last - before)
            self.now += min(last - before, _LONGEST_BEAT)


@cache
def _clock() -> _Clock:
    return _Clock()
