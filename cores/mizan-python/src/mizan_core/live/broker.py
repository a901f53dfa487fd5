"""What carries messages and announcements between the processes of an application.

A broker knows nothing of sockets, channels or users. *Topics* are ordered and remembered for a while: whoever knows the
last position it has seen gets what came after, or is told that this is no longer known. *Announcements* of what a
purge has changed reach whoever listens at that time and are remembered by nobody: the versions of the tags tell what
was missed.

Every operation raises ``BackendUnavailable`` and nothing else. The tests of a third party's broker subclass
``mizan_core.live.conformance``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from mizan_core.cache.backend import Announcer

HISTORY = 256
"""Messages that a topic remembers, where nothing else has been said."""
LIFETIME = 3_600
"""Seconds that a topic remembers them after it was last used."""


class Position(NamedTuple):
    """How far a topic has come.

    :param epoch: the topic's own name for its memory, another one whenever that has been lost: offsets of different
        epochs have nothing to do with each other.
    :param offset: how many messages the epoch has had. The first one's is 1.
    """

    epoch: str
    offset: int


class Message(NamedTuple):
    """One of a topic.

    :param offset: its place in its epoch.
    """

    offset: int
    data: bytes


class History(NamedTuple):
    """A topic as it is at some moment.

    :param position: how far it has come.
    :param messages: what came after the position that was asked for, up to *position*, in order and without a hole.
    :param recovered: whether that is everything; False also where no position was asked for.
    """

    position: Position
    messages: list[Message]
    recovered: bool


class Attendance(NamedTuple):
    """What a heartbeat of members has changed, told to one caller alone: the one that has the others told.

    :param joined: who was not there before.
    :param gone: who had said nothing for too long and has been removed, with what they had said of themselves.
    """

    joined: list[str]
    gone: dict[str, bytes]


class Listener(Protocol):
    """Who is told. Its methods are called on the event loop that has opened the subscriptions, and return soon."""

    def on_message(self, topic: str, epoch: str, message: Message) -> None:
        """There is a message in a topic that has been joined. It may have been told before, or come after a hole."""

    def on_stale(self, tags: Sequence[str], origin: str | None) -> None:
        """A purge has changed *tags*.

        :param origin: the socket of whoever has caused it, where that is known.
        """

    def on_reconnect(self) -> None:
        """Anything may have been missed before: compare the heads of topics and the versions of tags."""


class Subscriptions(Protocol):
    """What one event loop listens to: announcements from the beginning, and the topics that it has joined."""

    async def join(self, topic: str) -> None:
        """Be told every message that is published after this has returned.

        Read the topic afterwards: what was published before is in its history, what comes later is told. What was
        published shortly before may be told, too, and is then no newer than what is read. Joining a topic again changes
        nothing.

        :raises BackendUnavailable: it is not joined.
        """

    async def leave(self, topic: str) -> None:
        """Be told no more of it. It does not fail."""

    async def aclose(self) -> None:
        """Leave everything; the listener is told nothing more."""


class Broker(Announcer, Protocol):
    """For any number of threads and event loops of a process. It opens by itself what it needs.

    A topic's name is any text but the empty one.
    """

    def open(self, listener: Listener) -> Subscriptions:
        """Subscriptions of the running event loop. They connect by themselves, in the background."""

    async def apublish(self, topic: str, data: bytes) -> Position:
        """Put a message at the end of a topic; gives its position.

        :raises BackendUnavailable: it may have been published all the same.
        """

    def publish(self, topic: str, data: bytes) -> Position:
        """As ``apublish``, from a thread."""

    async def read(self, topic: str, since: Position | None = None) -> History:
        """How far a topic has come, and what it has had after *since*. It begins with being read."""

    async def heads(self, topics: Sequence[str]) -> list[Position]:
        """How far each of *topics* has come, in one round trip."""

    async def enter(self, topic: str, members: Mapping[str, bytes], ttl: int) -> Attendance:
        """Be there, or go on being there, for *ttl* seconds; whose time has run out is removed.

        :param members: of this process, with what each says of itself.
        """

    async def exit(self, topic: str, members: Sequence[str]) -> dict[str, bytes]:
        """Be there no longer; gives those of *members* that were, with what they had said of themselves."""

    async def members(self, topic: str) -> dict[str, bytes]:
        """Who is there."""

    async def aclose(self) -> None:
        """End the running event loop's connections, but not its subscriptions, which have an end of their own."""
