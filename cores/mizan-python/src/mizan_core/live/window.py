"""What is on its way to a client, and whether it arrives.

A client says by pong *n* that everything has arrived that was sent before ping *n*. A ping is due when a quarter of the
window has been sent since the last one, and now and then in silence. Nobody knows a ping's number but who has read it:
a client that answered without reading would have the server keep what is sent to it.
"""

from __future__ import annotations

from secrets import randbelow
from typing import NamedTuple

from mizan_core.live_settings import LiveSettings

_PINGS_IN_WINDOW = 4
_LONGEST_STEP = 2**20
"""From one ping's number to the next."""


class _Ping(NamedTuple):
    n: int
    sent: int
    time: float


class Window:
    """One socket's.

    :param now: the time at which it begins.
    """

    __slots__ = ("_arrived", "_limits", "_n", "_pinged", "_pings", "_quiet_since", "_sent")

    def __init__(self, limits: LiveSettings, now: float) -> None:
        self._limits = limits
        self._sent = self._arrived = self._pinged = self._n = 0
        self._pings: list[_Ping] = []
        self._quiet_since = now

    @property
    def is_full(self) -> bool:
        """Whether more is on its way than may be."""
        return self._sent - self._arrived > self._limits.window_bytes

    def send(self, size: int) -> bool:
        """So many bytes more are sent; gives whether a ping is due."""
        self._sent += size
        return self._sent - self._pinged >= self._limits.window_bytes // _PINGS_IN_WINDOW

    def ping(self, now: float) -> int:
        """A ping is sent; gives its number."""
        self._n += 1 + randbelow(_LONGEST_STEP)
        self._pings.append(_Ping(self._n, self._sent, now))
        self._pinged, self._quiet_since = self._sent, now
        return self._n

    def pong(self, n: int) -> bool:
        """A pong has come; gives whether there was such a ping."""
        expected = [ping.n for ping in self._pings]
        if n not in expected:
            return 0 < n < (expected or [self._n + 1])[0]
        while self._pings and self._pings[0].n <= n:
            self._arrived = self._pings.pop(0).sent
        return True

    def is_dead(self, now: float) -> bool:
        """Whether a pong is overdue."""
        return bool(self._pings) and now - self._pings[0].time >= self._limits.pong_seconds

    def is_quiet(self, now: float) -> bool:
        """Whether it is time to ask whether somebody is there."""
        return not self._pings and now - self._quiet_since >= self._limits.ping_seconds
