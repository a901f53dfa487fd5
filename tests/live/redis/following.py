"""Somebody who follows a topic as a hub does: by messages, and where these have a hole by reading."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from mizan_core.live.broker import Broker, Message, Position, Subscriptions

PATIENCE = 60.0


class Follower:
    """What it has of one topic, each message once and in order; ``None`` in the place of what it could not get."""

    def __init__(self, broker: Broker, topic: str) -> None:
        self.seen: list[bytes | None] = []
        self.reconnects = 0
        self.position: Position | None = None
        self._broker = broker
        self._topic = topic
        self._subscriptions: Subscriptions | None = None
        self._waiting: list[tuple[str, Message]] = []
        self._has_to_read = False
        self._reading: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._subscriptions = self._broker.open(self)
        await self._subscriptions.join(self._topic)
        self.position = (await self._broker.read(self._topic)).position

    async def stop(self) -> None:
        if self._subscriptions is not None:
            await self._subscriptions.aclose()
        if self._reading is not None:
            await asyncio.wait([self._reading])
        await self._broker.aclose()

    def on_message(self, topic: str, epoch: str, message: Message) -> None:
        if topic != self._topic or self.position is None:
            return
        if Position(epoch, message.offset - 1) == self.position:
            self._take(message)
        elif epoch != self.position.epoch or message.offset > self.position.offset:
            self.compare()

    def on_stale(self, tags: Sequence[str], origin: str | None) -> None:
        """Not for this one."""

    def on_reconnect(self) -> None:
        self.reconnects += 1
        if self.position is not None:
            self.compare()

    def compare(self) -> None:
        """Read what has been missed, soon."""
        self._has_to_read = True
        if self._reading is None:
            self._reading = asyncio.get_running_loop().create_task(self._read())

    async def until(self, holds: Callable[[], bool]) -> None:
        end = asyncio.get_running_loop().time() + PATIENCE
        while not holds():
            assert asyncio.get_running_loop().time() < end, f"not in time; so far {self.seen!r:.500}"
            await asyncio.sleep(0.01)

    async def _read(self) -> None:
        while self._has_to_read:
            self._has_to_read = False
            try:
                history = await self._broker.read(self._topic, self.position)
            except Exception:  # noqa: BLE001 - whatever it is, it is tried again
                self._has_to_read = True
                await asyncio.sleep(0.05)
                continue
            if not history.recovered:
                self.seen.append(None)
                self.position = history.position
            for message in history.messages:
                if self.position is not None and message.offset == self.position.offset + 1:
                    self._take(message)
        self._reading = None

    def _take(self, message: Message) -> None:
        assert self.position is not None
        self.position = Position(self.position.epoch, message.offset)
        self.seen.append(message.data)
