"""A hub and its sockets over a broker that an adversary has, and what every subscriber must be able to say of it.

Whoever has subscribed sees each message once and in order, or is told that some were lost; and when the adversary has
gone, nobody is behind. ``Stage.check`` says whether that is so; ``SCHEDULES`` is what no machine that is broken
survives.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from pydantic import BaseModel

from mizan_core.call.dispatcher import Dispatcher
from mizan_core.live.channels import ReactChannel
from mizan_core.live.connection import Connection
from mizan_core.live.hub import Hub
from mizan_core.live_settings import LiveSettings
from mizan_core.registry import Registry
from mizan_core.settings import Settings
from mizan_core.viewer import ANONYMOUS, Viewer
from tests.call.fakes import FakePort
from tests.live.lossy import LossyBroker

_TURNS = 40


class Failed(Exception):
    """The machine has."""


class RoomChannel(ReactChannel):
    class DjangoMessage(BaseModel):
        text: str

    async def authorize(self, params: Any) -> bool:
        return True


def _dispatcher() -> Dispatcher:
    registry = Registry()
    registry.register(RoomChannel)
    return Dispatcher(registry, Settings, lambda _: None)


DISPATCHER = _dispatcher()
TOPIC = "room:"
LIMITS = LiveSettings(window_bytes=100_000)


class Subscriber:
    """One socket that has subscribed, and a client that believes what it is told.

    :ivar position: how far it believes to be.
    :ivar wrong: what cannot be, in words.
    :ivar gaps: how often it was told of a loss.
    """

    def __init__(self, broker: LossyBroker) -> None:
        self._broker = broker
        self._frames: asyncio.Queue[str | bytes | None] = asyncio.Queue()
        self.position: tuple[str, int] | None = None
        self.wrong: list[str] = []
        self.gaps = 0
        self.reads = True
        self._unread: list[str] = []
        self._task: asyncio.Task[None] | None = None

    @property
    def is_away(self) -> bool:
        return self._task is None

    def connect(self, hub: Hub, limits: LiveSettings) -> None:
        if not self.is_away:
            return
        connection = Connection(self, hub, _Peer(), DISPATCHER, limits, None)
        self._task = asyncio.ensure_future(connection.run(None))
        since = {} if self.position is None else {"since": dict(zip(("epoch", "offset"), self.position, strict=True))}
        self.say(action="subscribe", id=1, channel="room", **since)

    async def disconnect(self) -> None:
        """Nothing that is on its way arrives any more."""
        if self._task is None:
            return
        self._unread.clear()
        self._frames.put_nowait(None)
        await self._task
        self._task = None
        self._frames = asyncio.Queue()

    def say(self, **frame: Any) -> None:
        self._frames.put_nowait(json.dumps(frame))

    async def receive(self) -> str | bytes | None:
        return await self._frames.get()

    async def send(self, text: str) -> None:
        self._unread.append(text)
        if self.reads:
            self.read()

    async def close(self, code: int, reason: str) -> None:
        self.wrong.append(f"closed with {code}: {reason}")

    def read(self) -> None:
        """Read everything that has come."""
        unread, self._unread = self._unread, []
        for text in unread:
            self._see(json.loads(text))

    def _see(self, frame: dict[str, Any]) -> None:
        action = frame.get("action")
        if action == "ping":
            self.say(action="pong", n=frame["n"])
        elif action == "message":
            self._hear(frame["offset"], frame["data"]["text"])
        elif action == "gap":
            self.gaps += 1
            self._go_to(frame["position"])
        elif frame.get("ok"):
            data = frame["data"]
            if self.position is not None and not data["recovered"]:
                self.gaps += 1
            elif self.position is not None and self._pair(data["position"]) != self.position:
                self.wrong.append(f"recovered from {data['position']}, not from {self.position}")
            self._go_to(data["position"])
            head = self._broker.head(TOPIC)
            if self.position is not None and self.position[0] == head.epoch and self.position[1] > head.offset:
                self.wrong.append(f"a position that nobody has come to: {self.position}")

    def _hear(self, offset: int, text: str) -> None:
        if self.position is None or offset != self.position[1] + 1:
            self.wrong.append(f"message {offset} after {self.position}")
            return
        self.position = (self.position[0], offset)
        if self._broker.said.get(self.position) != _said(text):
            self.wrong.append(f"{text!r} is not what was said at {self.position}")

    def _go_to(self, position: dict[str, Any]) -> None:
        self.position = self._pair(position)

    @staticmethod
    def _pair(position: dict[str, Any]) -> tuple[str, int]:
        return position["epoch"], position["offset"]


class _Port(FakePort):
    def header(self, name: str) -> None:
        return None

    def has_credentials(self, vary: object) -> bool:
        return False


class _Peer:
    viewer = ANONYMOUS

    async def run(self, work: Callable[[Any], Awaitable[Any]]) -> Any:
        return await work(_Port(waits=True))

    async def look(self) -> Viewer:
        return ANONYMOUS

    def user_of(self, request: Any) -> None:
        return None


def _said(text: str) -> bytes:
    return b'"data":{"text":%s}' % json.dumps(text).encode()


class Stage:
    """A hub with some subscribers."""

    def __init__(self, memory: int = 8, subscribers: int = 2, limits: LiveSettings = LIMITS) -> None:
        self.broker = LossyBroker(memory)
        self.hub = Hub(self.broker, None)
        self.limits = limits
        self.subscribers = [Subscriber(self.broker) for _ in range(subscribers)]
        self._count = 0
        self.must_recover = True
        """Whether nothing was forgotten that anybody could have missed."""

    async def open(self) -> None:
        for subscriber in self.subscribers:
            subscriber.connect(self.hub, self.limits)
        await self.settle()

    async def settle(self) -> None:
        """Let everything happen that can."""
        for _ in range(_TURNS):
            await asyncio.sleep(0)

    def publish(self, count: int = 1) -> None:
        for _ in range(count):
            self._count += 1
            self.broker.publish(TOPIC, _said(str(self._count)))

    async def tell(self, *indices: int) -> None:
        for index in indices:
            self.broker.tell(index)
        await self.settle()

    async def tell_all(self) -> None:
        while self.broker.on_its_way:
            self.broker.tell(0)
            self.broker.lose(0)
        await self.settle()

    async def quiet(self) -> None:
        """The adversary has gone: what is on its way is lost, and the connection to the broker is made anew."""
        self.broker.is_down = False
        self.broker.release_replies()
        self.broker.on_its_way.clear()
        for subscriber in self.subscribers:
            subscriber.reads = True
            subscriber.read()
        await self.settle()
        self.broker.reconnect()
        await self.settle()

    def check(self) -> None:
        """:raises Failed: when somebody has been told what is not so, or has not been told what is."""
        head = self.broker.head(TOPIC)
        for number, subscriber in enumerate(self.subscribers):
            if subscriber.wrong:
                raise Failed(f"subscriber {number}: {subscriber.wrong}")
            if subscriber.position != tuple(head):
                raise Failed(f"subscriber {number} is at {subscriber.position}, not at {head}")
            if self.must_recover and subscriber.gaps:
                raise Failed(f"subscriber {number} was told of a loss that there was not")

    async def close(self) -> None:
        for subscriber in self.subscribers:
            await subscriber.disconnect()
        await self.hub.aclose()


async def in_order(stage: Stage) -> None:
    stage.publish(3)
    await stage.tell(0, 1, 2)
    stage.check()


async def twice(stage: Stage) -> None:
    stage.publish(3)
    await stage.tell(0, 0, 1, 0, 1, 2, 2)
    stage.check()


async def backwards(stage: Stage) -> None:
    stage.publish(4)
    await stage.tell(3, 2, 1, 0)
    stage.check()


async def one_lost(stage: Stage) -> None:
    stage.publish(3)
    await stage.tell(0, 2)
    stage.check()


async def the_last_lost(stage: Stage) -> None:
    stage.publish(3)
    await stage.tell(0, 1)


async def all_lost(stage: Stage) -> None:
    stage.publish(3)


async def lost_and_trimmed(stage: Stage) -> None:
    stage.publish(1)
    await stage.tell(0)
    stage.publish(20)
    stage.must_recover = False
    await stage.tell(20)
    stage.check()


async def trimmed_at_the_end(stage: Stage) -> None:
    stage.publish(20)
    stage.must_recover = False


async def another_epoch(stage: Stage) -> None:
    stage.publish(3)
    await stage.tell(0, 1, 2)
    stage.broker.forget(TOPIC)
    stage.must_recover = False
    stage.publish(2)
    await stage.tell(3, 4)
    stage.check()


async def another_epoch_at_the_next_offset(stage: Stage) -> None:
    stage.publish(3)
    await stage.tell(0, 1, 2)
    stage.broker.forget(TOPIC)
    stage.must_recover = False
    stage.publish(4)
    await stage.tell(6)
    stage.check()


async def another_epoch_that_nobody_tells_of(stage: Stage) -> None:
    stage.publish(3)
    await stage.tell(0, 1, 2)
    stage.broker.forget(TOPIC)
    stage.must_recover = False
    stage.publish(3)


async def told_while_it_is_read(stage: Stage) -> None:
    stage.broker.hold_replies()
    stage.publish(3)
    await stage.tell(2)
    stage.publish(2)
    await stage.tell(4, 3)
    stage.broker.release_replies()
    await stage.settle()
    stage.check()


async def heads_compared_while_it_is_read(stage: Stage) -> None:
    stage.broker.hold_replies()
    stage.publish(3)
    await stage.tell(2)
    stage.publish(2)
    stage.broker.reconnect()
    await stage.settle()
    stage.broker.release_replies()
    await stage.settle()
    stage.check()


async def another_epoch_while_it_is_read(stage: Stage) -> None:
    stage.publish(3)
    await stage.tell(0)
    stage.broker.hold_replies()
    await stage.tell(2)
    stage.broker.forget(TOPIC)
    stage.must_recover = False
    stage.publish(1)
    await stage.tell(3)
    stage.broker.release_replies()
    await stage.settle()
    stage.check()


async def down_when_a_hole_shows(stage: Stage) -> None:
    stage.publish(3)
    stage.broker.is_down = True
    await stage.tell(2)
    stage.broker.is_down = False
    stage.publish(1)
    await stage.tell(3)
    stage.check()


async def one_has_been_away(stage: Stage) -> None:
    away = stage.subscribers[0]
    stage.publish(2)
    await stage.tell(0, 1)
    await away.disconnect()
    stage.publish(3)
    await stage.tell(2, 3, 4)
    away.connect(stage.hub, stage.limits)
    await stage.settle()


async def one_has_been_away_too_long(stage: Stage) -> None:
    away = stage.subscribers[0]
    stage.publish(2)
    await stage.tell(0, 1)
    await away.disconnect()
    for _ in range(20):
        stage.publish(1)
        await stage.tell(-1)
    stage.must_recover = False
    away.connect(stage.hub, stage.limits)
    await stage.settle()


async def one_comes_back_amid_messages(stage: Stage) -> None:
    away = stage.subscribers[0]
    stage.publish(2)
    await stage.tell(0, 1)
    await away.disconnect()
    stage.publish(2)
    away.connect(stage.hub, stage.limits)
    for _ in range(12):
        await asyncio.sleep(0)
        stage.publish(1)
        stage.broker.tell(len(stage.broker.on_its_way) - 1)
    await stage.settle()


async def all_have_been_away(stage: Stage) -> None:
    stage.publish(2)
    await stage.tell(0, 1)
    for subscriber in stage.subscribers:
        await subscriber.disconnect()
    await stage.settle()
    stage.publish(3)
    for subscriber in stage.subscribers:
        subscriber.connect(stage.hub, stage.limits)
    await stage.settle()
    stage.publish(1)
    await stage.tell(5)


async def one_reads_nothing(stage: Stage) -> None:
    stage.limits = LiveSettings(window_bytes=2_000)
    slow = stage.subscribers[0]
    await slow.disconnect()
    slow.connect(stage.hub, stage.limits)
    await stage.settle()
    slow.reads = False
    stage.must_recover = False
    for _ in range(100):
        stage.publish(1)
        await stage.tell(-1)
    assert stage.subscribers[1].gaps == 0


SCHEDULES = (
    in_order,
    twice,
    backwards,
    one_lost,
    the_last_lost,
    all_lost,
    lost_and_trimmed,
    trimmed_at_the_end,
    another_epoch,
    another_epoch_that_nobody_tells_of,
    another_epoch_at_the_next_offset,
    told_while_it_is_read,
    heads_compared_while_it_is_read,
    another_epoch_while_it_is_read,
    down_when_a_hole_shows,
    one_has_been_away,
    one_has_been_away_too_long,
    one_comes_back_amid_messages,
    all_have_been_away,
    one_reads_nothing,
)


def play(schedule: Callable[[Stage], Awaitable[None]], **options: Any) -> None:
    """Play a schedule, and check when it is quiet.

    :raises Failed: where the machine has.
    """

    async def run() -> None:
        stage = Stage(**options)
        await stage.open()
        try:
            await schedule(stage)
            await stage.quiet()
            stage.check()
        finally:
            await stage.close()

    asyncio.run(run())
