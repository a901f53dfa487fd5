from __future__ import annotations

import asyncio

from mizan_core.live.conformance import BrokerConformance, Recorder
from mizan_core.live.memory import MemoryBroker


class Clock:
    """Time that goes by when a test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class TestMemoryBroker(BrokerConformance):
    def setup_method(self) -> None:
        self.clock = Clock()

    def make_broker(self) -> MemoryBroker:
        return MemoryBroker(timer=self.clock)

    async def pass_time(self, seconds: float) -> None:
        self.clock.now += seconds


def test_a_topic_that_nobody_uses_is_forgotten() -> None:
    async def check() -> None:
        clock = Clock()
        broker = MemoryBroker(lifetime=60, timer=clock)
        old, used = await broker.apublish("old", b"1"), await broker.apublish("used", b"1")
        clock.now = 40
        await broker.heads(["used"])
        clock.now = 80
        assert (await broker.read("used", used)).recovered
        assert list(broker._topics) == ["used"], "the memory of a topic that nobody asks for is given back"
        history = await broker.read("old", old)
        assert not history.recovered
        assert history.position.epoch != old.epoch

    asyncio.run(check())


def test_a_loop_that_has_ended_without_closing_stops_nobody() -> None:
    broker = MemoryBroker()

    async def leave_open() -> None:
        await broker.open(Recorder()).join("room")

    asyncio.run(leave_open())

    async def check() -> None:
        recorder = Recorder()
        await broker.open(recorder).join("room")
        broker.publish("room", b"1")
        await recorder.until(lambda: recorder.heard("room") == [b"1"])

    asyncio.run(check())
