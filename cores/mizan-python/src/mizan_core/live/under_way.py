"""What a client has asked for and has no answer to yet."""

from __future__ import annotations

from mizan_core.live.effects import RequestFrame
from mizan_core.live.line import Line


class UnderWay:
    """One socket's requests; made for the first and given up with the last, since most sockets only listen.

    :param running: how many calls run at a time, and how many reads.
    :ivar used: the ids of requests that are not answered, with what they have to be in order with.
    :ivar joining: what is being subscribed.
    :ivar late: those of the reads whose bundle may be stale already.
    :ivar outdated: those of the requests that were begun for somebody else.
    """

    __slots__ = ("calls", "joining", "late", "outdated", "reads", "used")

    def __init__(self, running: int) -> None:
        self.used: dict[int, str | None] = {}
        self.joining: dict[str, None] = {}
        self.calls = Line(running)
        self.reads = Line(running)
        self.late: dict[int, None] = {}
        self.outdated: dict[int, None] = {}

    def is_doubtful(self, number: int) -> bool:
        """Whether what has been read may be stale already, or another's."""
        return number in self.late or number in self.outdated

    def begin(self) -> list[RequestFrame]:
        """Those that run from now on."""
        return [*self.calls.begin(), *self.reads.begin()]


NOTHING = UnderWay(1)
"""Of those of whom nothing is under way: nothing is ever added to it."""
