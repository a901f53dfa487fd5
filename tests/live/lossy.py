"""A broker whose announcements an adversary holds, loses, repeats and reorders, and whose memory he shortens."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence

from mizan_core.cache.backend import BackendUnavailable
from mizan_core.live.broker import Attendance, History, Listener, Message, Position


class LossyBroker:
    """See ``Broker``. Nothing that is published reaches a listener before ``tell`` says so.

    :param memory: how many messages a topic remembers.
    :ivar on_its_way: what has been published and not told.
    :ivar is_down: whether it answers nothing.
    """

    def __init__(self, memory: int = 8) -> None:
        self._memory = memory
        self._topics: dict[str, _Topic] = {}
        self._listener: Listener | None = None
        self._joined: set[str] = set()
        self.on_its_way: list[tuple[str, str, Message]] = []
        self.said: dict[tuple[str, int], bytes] = {}
        self.is_down = False
        self._gate: asyncio.Event | None = None

    # --- what the adversary does

    def tell(self, index: int) -> None:
        """Something that is on its way arrives, and stays to come once more."""
        topic, epoch, message = self.on_its_way[index]
        if self._listener is not None and topic in self._joined:
            self._listener.on_message(topic, epoch, message)

    def lose(self, index: int) -> None:
        """It never arrives again."""
        del self.on_its_way[index]

    def forget(self, topic: str) -> None:
        """The topic is another one from now on."""
        found = self._topic(topic)
        self._topics[topic] = _Topic(deque(maxlen=self._memory), f"{found.epoch}'")

    def reconnect(self) -> None:
        if self._listener is not None:
            self._listener.on_reconnect()

    def hold_replies(self) -> None:
        """What is read from now on arrives when ``release_replies`` says so, as it was when it was read."""
        self._gate = self._gate or asyncio.Event()

    def release_replies(self) -> None:
        if self._gate is not None:
            self._gate.set()
        self._gate = None

    def head(self, topic: str) -> Position:
        return self._topic(topic).position

    def _topic(self, name: str) -> _Topic:
        if name not in self._topics:
            self._topics[name] = _Topic(deque(maxlen=self._memory), name)
        return self._topics[name]

    def _check(self) -> None:
        if self.is_down:
            raise BackendUnavailable("the adversary has it")

    # --- what a broker does

    def open(self, listener: Listener) -> LossyBroker:
        self._listener = listener
        return self

    async def join(self, topic: str) -> None:
        self._check()
        self._joined.add(topic)

    async def leave(self, topic: str) -> None:
        self._joined.discard(topic)

    async def aclose(self) -> None:
        self._listener = None

    def publish(self, topic: str, data: bytes) -> Position:
        found = self._topic(topic)
        found.offset += 1
        message = Message(found.offset, data)
        found.messages.append(message)
        self.said[found.epoch, found.offset] = data
        self.on_its_way.append((topic, found.epoch, message))
        return found.position

    async def apublish(self, topic: str, data: bytes) -> Position:
        self._check()
        return self.publish(topic, data)

    async def read(self, topic: str, since: Position | None = None) -> History:
        self._check()
        history, gate = self._history(self._topic(topic), since), self._gate
        if gate is not None:
            await gate.wait()
        return history

    @staticmethod
    def _history(found: _Topic, since: Position | None) -> History:
        oldest = found.offset - len(found.messages)
        if since is None or since.epoch != found.epoch or not oldest <= since.offset <= found.offset:
            return History(found.position, [], recovered=False)
        return History(found.position, [each for each in found.messages if each.offset > since.offset], recovered=True)

    async def heads(self, topics: Sequence[str]) -> list[Position]:
        self._check()
        return [self._topic(topic).position for topic in topics]

    async def enter(self, topic: str, members: Mapping[str, bytes], ttl: int) -> Attendance:
        return Attendance([], {})

    async def exit(self, topic: str, members: Sequence[str]) -> dict[str, bytes]:
        return {}

    async def members(self, topic: str) -> dict[str, bytes]:
        return {}

    def announce(self, tags: Sequence[str], origin: str | None = None) -> None:
        if self._listener is not None:
            self._listener.on_stale(tags, origin)

    async def aannounce(self, tags: Sequence[str], origin: str | None = None) -> None:
        self.announce(tags, origin)


class _Topic:
    def __init__(self, messages: deque[Message], epoch: str) -> None:
        self.messages = messages
        self.epoch = epoch
        self.offset = 0

    @property
    def position(self) -> Position:
        return Position(self.epoch, self.offset)
