"""Following a topic: each message once and in order, or the word that some were lost.

What is told of a topic may come twice, late, or not at all; what it has had can be read from any position that it still
remembers. A follower has a position, and passes on the message after it and no other. What lies behind it has been
passed on already. What lies ahead of the next one means that something is missing: then the topic is read from the
position on, and what is told meanwhile waits. Where the topic no longer remembers, or has another epoch, the follower
goes on from where the topic is now, and says so.

The last message that is lost leaves no hole. Whoever may have missed it compares heads: ``check``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias, final

from mizan_core.live.broker import History, Message, Position

MOST_PENDING = 1_024
"""Messages that wait while the topic is read; what comes beyond them is read again."""


@final
class Deliver(NamedTuple):
    """Pass these on."""

    messages: Sequence[Message]


@final
class Read(NamedTuple):
    """Read the topic from *since* on, and tell ``take_history``, or ``failed`` where that cannot be."""

    since: Position


@final
class Lost(NamedTuple):
    """Some messages are lost; what follows comes after *position*."""

    position: Position


Step: TypeAlias = "Deliver | Read | Lost"


class Follower:
    """One topic's.

    :param position: what has been passed on, or need not be.
    :param is_reading: whether the topic is being read from there at this moment.
    """

    __slots__ = ("_is_behind", "_pending", "is_reading", "position")

    def __init__(self, position: Position, *, is_reading: bool = False) -> None:
        self.position = position
        self.is_reading = is_reading
        self._pending: dict[int, Message] = {}
        self._is_behind = False

    def is_next(self, epoch: str, message: Message) -> bool:
        """Whether a message that has been told is the one to pass on now; the position is then behind it."""
        known, offset = self.position
        if self.is_reading or message.offset != offset + 1 or epoch != known:
            return False
        self.position = Position(epoch, message.offset)
        return True

    def take(self, epoch: str, message: Message) -> list[Step]:
        """A message has been told."""
        if self.is_next(epoch, message):
            return [Deliver((message,))]
        if epoch != self.position.epoch:
            return self.read()
        if message.offset <= self.position.offset:
            return []
        if len(self._pending) < MOST_PENDING:
            self._pending[message.offset] = message
        else:
            self._is_behind = True
        return [] if self.is_reading else self.read()

    def check(self, head: Position) -> list[Step]:
        """The topic is, or has been, as far as *head*."""
        is_behind = head.epoch != self.position.epoch or head.offset > self.position.offset
        return self.read() if is_behind else []

    def read(self) -> list[Step]:
        """Something may be missing."""
        if self.is_reading:
            # What is told while the topic is read may be newer than what that gives.
            self._is_behind = True
            return []
        self.is_reading = True
        return [Read(self.position)]

    def take_history(self, history: History) -> list[Step]:
        """The topic has been read from the position on."""
        self.is_reading = False
        if history.recovered and history.position.epoch == self.position.epoch:
            self._pending.update({message.offset: message for message in history.messages})
            return self._drain()
        return self.skip_to(history.position)

    def skip_to(self, position: Position) -> list[Step]:
        """What lies before *position* is lost, unless it has been passed on."""
        if self.is_reading:
            return self.read()
        if position == self.position:
            return self._drain()
        if position.epoch != self.position.epoch:
            self._pending = {}
        self.position = position
        return [Lost(position), *self._drain()]

    def failed(self) -> None:
        """The topic could not be read; whoever knows when it can be comes with ``check`` or ``read``."""
        self.is_reading = False

    def _drain(self) -> list[Step]:
        """Pass on what has waited for its turn; where there is a hole in it, read once more."""
        epoch, offset = self.position
        ready: list[Message] = []
        while offset + 1 in self._pending:
            offset += 1
            ready.append(self._pending.pop(offset))
        self.position = Position(epoch, offset)
        self._pending = {known: message for known, message in self._pending.items() if known > offset}
        steps: list[Step] = [Deliver(tuple(ready))] if ready else []
        is_behind, self._is_behind = self._is_behind or bool(self._pending), False
        return [*steps, *self.read()] if is_behind else steps
