"""What every broker must do, as tests that any runner can run (``Broker`` in ``broker.py``).

The tests of a broker subclass ``BrokerConformance`` and say how to make one::

    class TestMyBroker(BrokerConformance):
        def make_broker(self) -> MyBroker:
            return MyBroker(...)
"""

from __future__ import annotations

import asyncio
import secrets
import threading
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any

from mizan_core.cache.backend import BackendUnavailable
from mizan_core.live.broker import Attendance, Broker, History, Message, Position, Subscriptions

_TTL = 60
_PATIENCE = 60.0
_MANY = 40


class Recorder:
    """A ``Listener`` that keeps what it is told."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, str, Message]] = []
        self.stale: list[tuple[list[str], str | None]] = []
        self.reconnects = 0
        self._changed = asyncio.Event()

    def on_message(self, topic: str, epoch: str, message: Message) -> None:
        """See ``Listener``."""
        self.messages.append((topic, epoch, message))
        self._changed.set()

    def on_stale(self, tags: Sequence[str], origin: str | None) -> None:
        """See ``Listener``."""
        self.stale.append((list(tags), origin))
        self._changed.set()

    def on_reconnect(self) -> None:
        """See ``Listener``."""
        self.reconnects += 1
        self._changed.set()

    def heard(self, topic: str) -> list[bytes]:
        """The messages of *topic* so far, each once."""
        return [data for _, data in sorted({message for name, _, message in self.messages if name == topic})]

    async def until(self, holds: Callable[[], bool]) -> None:
        """:raises AssertionError: when it does not come true."""
        end = asyncio.get_running_loop().time() + _PATIENCE
        while not holds():
            self._changed.clear()
            left = end - asyncio.get_running_loop().time()
            try:
                await asyncio.wait_for(self._changed.wait(), left)
            except asyncio.TimeoutError:
                raise AssertionError(f"not told in time; so far {self.messages!r:.300} {self.stale!r:.300}") from None


def _with_broker(
    check: Callable[[BrokerConformance, Broker], Coroutine[Any, Any, None]],
) -> Callable[[BrokerConformance], None]:
    """A test of a new broker, on an event loop of its own."""

    def test(self: BrokerConformance) -> None:
        async def run() -> None:
            broker = self.make_broker()
            await check(self, broker)
            await broker.aclose()

        asyncio.run(run())

    test.__name__, test.__doc__ = check.__name__, check.__doc__
    return test


class BrokerConformance:
    """The suite. Topics are new in each test, so that nothing need be emptied in between."""

    history = 20
    """Messages that a topic of ``make_broker`` remembers at least."""

    def make_broker(self) -> Broker:
        """A broker that can be reached. Two of them may share what they carry."""
        raise NotImplementedError

    def make_other(self, broker: Broker) -> Broker:
        """The same broker as another process has it."""
        return broker

    def make_unreachable_broker(self) -> Broker | None:
        """A broker that does not answer; None where there is no such thing."""
        return None

    async def pass_time(self, seconds: float) -> None:
        """Let the time go by that members live in."""
        await asyncio.sleep(seconds)

    @_with_broker
    async def test_messages_arrive_in_order_with_their_positions(self, broker: Broker) -> None:
        topic, recorder = _topic(), Recorder()
        subscriptions = await self._joined(broker, recorder, topic)
        other = self.make_other(broker)
        positions = [await other.apublish(topic, b"%d" % number) for number in range(_MANY)]
        await recorder.until(lambda: len(recorder.messages) >= _MANY)
        epoch = positions[0].epoch
        _expect(positions, [Position(epoch, number + 1) for number in range(_MANY)])
        wanted = [(topic, epoch, Message(number + 1, b"%d" % number)) for number in range(_MANY)]
        _expect(recorder.messages, wanted)
        await subscriptions.aclose()
        await other.aclose()

    @_with_broker
    async def test_a_message_is_any_bytes_and_a_topic_any_text(self, broker: Broker) -> None:
        start, recorder = _topic(), Recorder()
        topics = [start + end for end in ("a", "A", ":a", " a", "{a}", "a}{", "\n", "ä", "\U0001f511", "*", "?[a]")]
        data = [b"", b"\x00", b"\r\n$3\r\n", bytes(range(256)), b"\xff\xfe", b"1 2 3", b"x" * 65_536]
        subscriptions = await self._joined(broker, recorder, *topics)
        for topic in topics:
            await broker.apublish(topic, topic.encode())
        for value in data:
            await broker.apublish(topics[0], value)
        await recorder.until(lambda: len(recorder.messages) >= len(topics) + len(data))
        for topic in topics[1:]:
            _expect(recorder.heard(topic), [topic.encode()])
        _expect(recorder.heard(topics[0]), [topics[0].encode(), *data])
        _expect([each.data for each in (await broker.read(topics[0], _start(recorder, topics[0]))).messages], data)
        await subscriptions.aclose()

    @_with_broker
    async def test_what_is_published_after_joining_is_told_and_what_came_before_is_read(self, broker: Broker) -> None:
        """Nothing falls between the two, however they meet."""
        topic, recorder = _topic(), Recorder()
        other = self.make_other(broker)
        start = (await other.read(topic)).position
        published = asyncio.create_task(_publish_all(other, topic, self.history))
        subscriptions = await self._joined(broker, recorder, topic)
        history = await broker.read(topic, start)
        await published
        await recorder.until(
            lambda: (
                any(told.offset == self.history for _, _, told in recorder.messages)
                or (history.position.offset == self.history)
            )
        )
        _expect(history.recovered, True)
        later = {told.offset for _, _, told in recorder.messages}
        _expect({each.offset for each in history.messages} | later, set(range(1, self.history + 1)))
        await subscriptions.aclose()
        await other.aclose()

    @_with_broker
    async def test_nothing_is_told_after_leaving_and_again_after_joining_anew(self, broker: Broker) -> None:
        topic, fence, recorder = _topic(), _topic(), Recorder()
        subscriptions = await self._joined(broker, recorder, topic, fence, topic)
        await broker.apublish(topic, b"heard")
        await recorder.until(lambda: recorder.heard(topic) == [b"heard"])
        await subscriptions.leave(topic)
        await subscriptions.leave(topic)
        await broker.apublish(topic, b"missed")
        await broker.apublish(fence, b"fence")
        await recorder.until(lambda: recorder.heard(fence) == [b"fence"])
        _expect(recorder.heard(topic), [b"heard"])
        await subscriptions.join(topic)
        await broker.apublish(topic, b"heard again")
        await recorder.until(lambda: recorder.heard(topic)[-1] == b"heard again")
        # What was published before may still be on its way: servers of a cluster pass it on to one another.
        _expect([each for each in recorder.heard(topic) if each != b"missed"], [b"heard", b"heard again"])
        _expect(
            [each.data for each in (await broker.read(topic, _start(recorder, topic))).messages][-2:],
            [b"missed", b"heard again"],
        )
        await subscriptions.aclose()

    @_with_broker
    async def test_a_topic_that_nobody_has_used_has_a_position(self, broker: Broker) -> None:
        topic = _topic()
        first = await broker.read(topic)
        _expect(first, History(Position(first.position.epoch, 0), [], recovered=False))
        _expect(await broker.read(topic, first.position), History(first.position, [], recovered=True))
        _expect(await broker.apublish(topic, b"first"), Position(first.position.epoch, 1))
        found = await self.make_other(broker).read(topic, first.position)
        _expect(found, History(Position(first.position.epoch, 1), [Message(1, b"first")], recovered=True))

    @_with_broker
    async def test_what_came_after_a_position_is_read(self, broker: Broker) -> None:
        topic = _topic()
        epoch = (await broker.read(topic)).position.epoch
        await _publish_all(broker, topic, self.history)
        head = Position(epoch, self.history)
        messages = [Message(number, b"%d" % number) for number in range(1, self.history + 1)]
        for offset in (0, 1, self.history - 1, self.history):
            wanted = History(head, messages[offset:], recovered=True)
            _expect(await broker.read(topic, Position(epoch, offset)), wanted)
        _expect(await broker.read(topic), History(head, [], recovered=False))

    @_with_broker
    async def test_what_is_not_known_is_not_recovered(self, broker: Broker) -> None:
        """A foreign epoch, an offset that has not been yet, none at all, and what has been forgotten."""
        topic, long = _topic(), _topic()
        epoch = (await broker.read(topic)).position.epoch
        head = await broker.apublish(topic, b"only")
        for since in (Position("0" * 16, 0), Position("", 1), Position(epoch, 2), Position(epoch, -1)):
            _expect(await broker.read(topic, since), History(head, [], recovered=False))
        epoch = (await broker.read(long)).position.epoch
        await _publish_all(broker, long, 600)
        _expect(await broker.read(long, Position(epoch, 0)), History(Position(epoch, 600), [], recovered=False))
        _expect((await broker.read(long, Position(epoch, 600 - self.history))).recovered, True)

    @_with_broker
    async def test_heads_are_those_that_reading_tells(self, broker: Broker) -> None:
        topics = [_topic() for _ in range(10)]
        for number, topic in enumerate(topics):
            await _publish_all(broker, topic, number)
        heads = await broker.heads([*topics, topics[0]])
        _expect([head.offset for head in heads], [*range(10), 0])
        _expect(heads[:10], [(await broker.read(topic)).position for topic in topics])
        _expect(await broker.heads([]), [])

    @_with_broker
    async def test_threads_publish_in_one_order_for_everybody(self, broker: Broker) -> None:
        topic, recorders = _topic(), [Recorder(), Recorder()]
        brokers = [broker, self.make_other(broker)]
        opened = [await self._joined(each, own, topic) for each, own in zip(brokers, recorders, strict=True)]
        workers = 4

        def publish(name: int) -> None:
            for number in range(10):
                brokers[name % 2].publish(topic, b"%d:%d" % (name, number))

        threads = [threading.Thread(target=publish, args=(name,)) for name in range(workers)]
        for thread in threads:
            thread.start()
        for recorder in recorders:
            await recorder.until(lambda own=recorder: len(own.messages) >= workers * 10)  # type: ignore[misc]
        for thread in threads:
            await asyncio.to_thread(thread.join, _PATIENCE)
        _expect(recorders[0].messages, recorders[1].messages)
        _expect([message.offset for _, _, message in recorders[0].messages], list(range(1, workers * 10 + 1)))
        for name in range(workers):
            own = [data for data in recorders[0].heard(topic) if data.startswith(b"%d:" % name)]
            _expect(own, [b"%d:%d" % (name, number) for number in range(10)])
        for subscriptions in opened:
            await subscriptions.aclose()
        await brokers[1].aclose()

    @_with_broker
    async def test_announcements_reach_all_who_listen_with_their_origin(self, broker: Broker) -> None:
        recorders = [Recorder(), Recorder()]
        other = self.make_other(broker)
        opened = [await self._joined(each, own, _topic()) for each, own in zip([broker, other], recorders, strict=True)]
        mark = _topic()
        tags = [mark, "tag:user:0123", "ä\n\x00 {}"]
        await broker.aannounce(tags, "socket-1")
        await asyncio.to_thread(broker.announce, [mark])
        wanted = [(tags, "socket-1"), ([mark], None)]
        for own in recorders:
            await own.until(lambda own=own: _marked(own, mark) == wanted)  # type: ignore[misc]
        for subscriptions in opened:
            await subscriptions.aclose()
        await other.aclose()

    @_with_broker
    async def test_who_has_closed_is_told_nothing(self, broker: Broker) -> None:
        topic, closed, open_ = _topic(), Recorder(), Recorder()
        first = await self._joined(broker, closed, topic)
        second = await self._joined(broker, open_, topic)
        await first.aclose()
        await first.aclose()
        await broker.apublish(topic, b"late")
        await broker.aannounce([topic])
        await open_.until(lambda: open_.heard(topic) == [b"late"] and bool(_marked(open_, topic)))
        _expect((closed.messages, _marked(closed, topic)), ([], []))
        await second.aclose()

    @_with_broker
    async def test_members_enter_stay_and_leave(self, broker: Broker) -> None:
        topic, other = _topic(), self.make_other(broker)
        _expect(await broker.members(topic), {})
        _expect(await broker.enter(topic, {"ada": b"1", "bo": b"\x00\xff"}, _TTL), Attendance(["ada", "bo"], {}))
        _expect(await other.enter(topic, {"cy": b"", "ada": b"2"}, _TTL), Attendance(["cy"], {}))
        _expect(await broker.members(topic), {"ada": b"2", "bo": b"\x00\xff", "cy": b""})
        _expect(await other.exit(topic, ["ada", "bo", "dan", "ada"]), {"ada": b"2", "bo": b"\x00\xff"})
        _expect(await broker.exit(topic, ["ada"]), {})
        _expect(await broker.exit(topic, []), {})
        _expect(await other.members(topic), {"cy": b""})
        await other.aclose()

    @_with_broker
    async def test_whoever_says_nothing_for_too_long_is_gone_and_one_is_told(self, broker: Broker) -> None:
        topic = _topic()
        await broker.enter(topic, {"short": b"1", "back": b"2"}, 1)
        await broker.enter(topic, {"long": b"3"}, _TTL)
        await self.pass_time(1.2)
        _expect(await broker.members(topic), {"long": b"3"})
        _expect(await broker.enter(topic, {"back": b"4"}, _TTL), Attendance(["back"], {"short": b"1"}))
        _expect(await broker.enter(topic, {"long": b"3"}, _TTL), Attendance([], {}))
        _expect(await broker.members(topic), {"long": b"3", "back": b"4"})

    @_with_broker
    async def test_a_heartbeat_starts_the_time_anew(self, broker: Broker) -> None:
        topic = _topic()
        await broker.enter(topic, {"ada": b"1"}, 1)
        _expect(await broker.enter(topic, {"ada": b"1"}, _TTL), Attendance([], {}))
        await self.pass_time(1.2)
        _expect(await broker.members(topic), {"ada": b"1"})

    def test_a_broker_serves_one_event_loop_after_another(self) -> None:
        broker, topic = self.make_broker(), _topic()

        async def use(number: int) -> None:
            recorder = Recorder()
            subscriptions = await self._joined(broker, recorder, topic)
            await broker.apublish(topic, b"%d" % number)
            # What loops before have published may be told late, where a bus lies between servers; nothing else may.
            earlier = [b"%d" % each for each in range(number)]
            await recorder.until(lambda: b"%d" % number in recorder.heard(topic))
            _expect([each for each in recorder.heard(topic) if each not in earlier], [b"%d" % number])
            await subscriptions.aclose()
            await broker.aclose()

        for number in range(3):
            asyncio.run(use(number))

    def test_an_unreachable_broker_is_reported_as_such(self) -> None:
        broker = self.make_unreachable_broker()
        if broker is None:
            return

        async def check() -> None:
            topic = _topic()
            subscriptions = broker.open(Recorder())
            for operation in (
                subscriptions.join(topic),
                broker.apublish(topic, b""),
                asyncio.to_thread(broker.publish, topic, b""),
                broker.aannounce([topic]),
                asyncio.to_thread(broker.announce, [topic]),
                broker.read(topic),
                broker.heads([topic]),
                broker.enter(topic, {"ada": b""}, _TTL),
                broker.exit(topic, ["ada"]),
                broker.members(topic),
            ):
                await _expect_unavailable(operation)
            await subscriptions.leave(topic)
            await subscriptions.aclose()
            await broker.aclose()

        asyncio.run(check())

    async def _joined(self, broker: Broker, recorder: Recorder, *topics: str) -> Subscriptions:
        subscriptions = broker.open(recorder)
        for topic in topics:
            await subscriptions.join(topic)
        return subscriptions


async def _publish_all(broker: Broker, topic: str, count: int) -> None:
    """The numbers from 1 to *count*, which are their offsets too."""
    for number in range(1, count + 1):
        await broker.apublish(topic, b"%d" % number)


def _start(recorder: Recorder, topic: str) -> Position:
    """The position of the first message of *topic* that was told. Others of other topics may have come before."""
    return next(Position(epoch, message.offset) for name, epoch, message in recorder.messages if name == topic)


def _marked(recorder: Recorder, mark: str) -> list[tuple[list[str], str | None]]:
    """The announcements of this test: others may share the broker."""
    return [(tags, origin) for tags, origin in recorder.stale if mark in tags]


def _topic() -> str:
    return f"conformance:{secrets.token_hex(8)}"


def _expect(actual: object, wanted: object) -> None:
    if actual != wanted:
        raise AssertionError(f"expected {wanted!r:.300}, got {actual!r:.300}")


async def _expect_unavailable(operation: Awaitable[Any]) -> None:
    try:
        found = await operation
    except BackendUnavailable:
        return
    raise AssertionError(f"expected BackendUnavailable, got {found!r:.200}")
