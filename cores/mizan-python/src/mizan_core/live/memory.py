"""The broker of a single process: topics in memory, listeners called on their own event loops."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import NamedTuple

from mizan_core.after_fork import restart_after_fork
from mizan_core.live.broker import HISTORY, LIFETIME, Attendance, History, Listener, Message, Position


class MemoryBroker:
    """A ``Broker`` for the threads and event loops of one process.

    :param history: messages that a topic remembers, at most.
    :param lifetime: seconds that a topic is remembered after it was last published to or read.
    :param timer: seconds of a clock that never goes back.
    """

    def __init__(
        self, history: int = HISTORY, lifetime: int = LIFETIME, timer: Callable[[], float] = time.monotonic
    ) -> None:
        self._history = history
        self._lifetime = lifetime
        self._timer = timer
        self._topics: OrderedDict[str, _Topic] = OrderedDict()
        self._open: list[_Subscriptions] = []
        self._lock = Lock()
        restart_after_fork(self)

    def restart(self) -> None:
        """In a forked child nobody listens yet, and what the parent remembers goes on elsewhere."""
        self._lock = Lock()
        self._open = []
        self._topics = OrderedDict()

    def open(self, listener: Listener) -> _Subscriptions:
        """See ``Broker``."""
        subscriptions = _Subscriptions(self, listener, asyncio.get_running_loop())
        with self._lock:
            self._open = [*(each for each in self._open if not each.is_closed), subscriptions]
        return subscriptions

    def publish(self, topic: str, data: bytes) -> Position:
        """See ``Broker``."""
        with self._lock:
            found = self._topic(topic)
            message = found.append(data)
            # Under the lock, so that everybody is told in the order of the offsets.
            for subscriptions in self._open:
                if topic in subscriptions.topics:
                    subscriptions.call(subscriptions.listener.on_message, topic, found.epoch, message)
            return Position(found.epoch, message.offset)

    async def apublish(self, topic: str, data: bytes) -> Position:
        """See ``Broker``."""
        return self.publish(topic, data)

    def announce(self, tags: Sequence[str], origin: str | None = None) -> None:
        """See ``Announcer``."""
        with self._lock:
            for subscriptions in self._open:
                subscriptions.call(subscriptions.listener.on_stale, tags, origin)

    async def aannounce(self, tags: Sequence[str], origin: str | None = None) -> None:
        """See ``Announcer``."""
        self.announce(tags, origin)

    async def read(self, topic: str, since: Position | None = None) -> History:
        """See ``Broker``."""
        with self._lock:
            return self._topic(topic).since(since)

    async def heads(self, topics: Sequence[str]) -> list[Position]:
        """See ``Broker``."""
        with self._lock:
            return [self._topic(topic).position for topic in topics]

    async def enter(self, topic: str, members: Mapping[str, bytes], ttl: int) -> Attendance:
        """See ``Broker``."""
        with self._lock:
            found, now = self._topic(topic), self._timer()
            gone = found.expire(now)
            joined = [member for member in members if member not in found.members]
            found.members.update({member: _Member(data, now + ttl) for member, data in members.items()})
            return Attendance(joined, {member: data for member, data in gone.items() if member not in members})

    async def exit(self, topic: str, members: Sequence[str]) -> dict[str, bytes]:
        """See ``Broker``."""
        with self._lock:
            present = self._topic(topic).members
            return {member: present.pop(member).data for member in dict.fromkeys(members) if member in present}

    async def members(self, topic: str) -> dict[str, bytes]:
        """See ``Broker``."""
        with self._lock:
            now = self._timer()
            members = self._topic(topic).members
            return {member: entry.data for member, entry in members.items() if entry.end > now}

    async def aclose(self) -> None:
        """See ``Broker``: there are no connections."""

    def forget(self, subscriptions: _Subscriptions) -> None:
        """They have been closed."""
        with self._lock:
            self._open = [each for each in self._open if each is not subscriptions]

    def _topic(self, name: str) -> _Topic:
        """The topic as somebody uses it now. Those that nobody has used for long are forgotten on the way."""
        now = self._timer()
        found = self._topics.pop(name, None)
        if found is None or found.end <= now:
            found = _Topic(deque(maxlen=self._history))
        found.end = now + self._lifetime
        self._topics[name] = found
        while next(iter(self._topics.values())).end <= now:
            self._topics.popitem(last=False)
        return found


class _Subscriptions:
    """See ``Subscriptions``."""

    def __init__(self, broker: MemoryBroker, listener: Listener, loop: asyncio.AbstractEventLoop) -> None:
        self.listener = listener
        self.topics: frozenset[str] = frozenset()
        self.is_closed = False
        self._broker = broker
        self._loop = loop

    async def join(self, topic: str) -> None:
        self.topics |= {topic}

    async def leave(self, topic: str) -> None:
        self.topics -= {topic}

    async def aclose(self) -> None:
        self.is_closed = True
        self._broker.forget(self)

    def call(self, method: Callable[..., None], *arguments: object) -> None:
        """Call a method of the listener on its event loop; not once that is closed."""
        try:
            self._loop.call_soon_threadsafe(self._tell, method, arguments)
        except RuntimeError:
            self.is_closed = True

    def _tell(self, method: Callable[..., None], arguments: Sequence[object]) -> None:
        if not self.is_closed:
            method(*arguments)


class _Member(NamedTuple):
    data: bytes
    end: float


@dataclass
class _Topic:
    messages: deque[Message]
    epoch: str = field(default_factory=lambda: secrets.token_hex(8))
    offset: int = 0
    end: float = 0.0
    members: dict[str, _Member] = field(default_factory=dict)

    @property
    def position(self) -> Position:
        return Position(self.epoch, self.offset)

    def append(self, data: bytes) -> Message:
        self.offset += 1
        message = Message(self.offset, data)
        self.messages.append(message)
        return message

    def since(self, position: Position | None) -> History:
        if position is None or position.epoch != self.epoch:
            return History(self.position, [], recovered=False)
        oldest = self.offset - len(self.messages)
        if not oldest <= position.offset <= self.offset:
            return History(self.position, [], recovered=False)
        messages = list(self.messages)[position.offset - oldest :]
        return History(self.position, messages, recovered=True)

    def expire(self, now: float) -> dict[str, bytes]:
        """Remove those whose time has run out; gives what they had said of themselves."""
        gone = {member: entry.data for member, entry in self.members.items() if entry.end <= now}
        for member in gone:
            del self.members[member]
        return gone
