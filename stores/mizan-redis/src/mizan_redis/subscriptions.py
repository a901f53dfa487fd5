"""What one event loop listens to: a connection of its own, made anew whenever it may have missed something."""

from __future__ import annotations

import asyncio
import logging
import random
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from redis.exceptions import RedisError

from mizan_core.cache.backend import BackendUnavailable
from mizan_core.live.broker import Listener
from mizan_redis.channels import Channels, read_announcement, read_message
from mizan_redis.exchanges import Exchanges
from mizan_redis.pools import AsyncPools, sender_over
from mizan_redis.resp import Command, Pushes, Refused, packed
from mizan_redis.silence import Silence

BEAT = 5.0
"""Seconds between two looks at whether the connection still is one, and to the right server."""
_FIRST_PAUSE = 0.05
_LONGEST_PAUSE = 2.0
_PATIENCE = 2.0
"""Seconds that a topic's confirmation may take beside what an operation may: a connection may have to be made."""
_log = logging.getLogger("mizan.live")


class RedisSubscriptions:
    """See ``Subscriptions``.

    Redis drops what it cannot deliver, and tells nobody. So the listener is told of every new connection, when all of
    its channels have been confirmed; and a connection ends when it does not answer a ``PING``, or when the server that
    operations go to is another than the one that it was made to.
    """

    def __init__(
        self,
        pools: AsyncPools,
        exchanges: Exchanges,
        channels: Channels,
        listener: Listener,
        silence: Silence,
        *,
        timeout: float,
        beat: float = BEAT,
    ) -> None:
        self._pools = pools
        self._exchanges = exchanges
        self._channels = channels
        self._listener = listener
        self._silence = silence
        self._timeout = timeout
        self._beat = beat
        self._joined: dict[str, asyncio.Future[None]] = {}
        """By topic; done when the present connection has confirmed it."""
        self._connection: Any = None
        self._unconfirmed: Counter[bytes] = Counter()
        self._is_established = False
        self._has_heard = False
        self._sending = asyncio.Lock()
        self._task: asyncio.Task[None] | None = asyncio.get_running_loop().create_task(self._run())

    async def join(self, topic: str) -> None:
        """See ``Subscriptions``."""
        joined = self._joined.get(topic)
        if joined is None:
            joined = self._joined[topic] = asyncio.get_running_loop().create_future()
            await self._send("SUBSCRIBE", [self._channels.of_topic(topic)])
        try:
            await asyncio.wait_for(asyncio.shield(joined), self._timeout + _PATIENCE)
        except asyncio.TimeoutError:
            await self.leave(topic)
            raise BackendUnavailable("the subscription has not been confirmed in time") from None

    async def leave(self, topic: str) -> None:
        """See ``Subscriptions``."""
        joined = self._joined.pop(topic, None)
        if joined is None:
            return
        _refuse(joined)
        await self._send("UNSUBSCRIBE", [self._channels.of_topic(topic)])

    async def aclose(self) -> None:
        """See ``Subscriptions``."""
        task, self._task = self._task, None
        if task is None:
            return
        task.cancel()
        await asyncio.wait([task])
        for joined in self._joined.values():
            _refuse(joined)
        self._joined.clear()

    async def _run(self) -> None:
        pause = _FIRST_PAUSE
        while True:
            try:
                await self._listen()
            except (BackendUnavailable, RedisError, OSError, EOFError, ValueError, asyncio.TimeoutError) as error:
                if isinstance(error, Refused) and error.is_for_want_of_rights:
                    self._silence.note_deaf()
                pause = _FIRST_PAUSE if self._is_established else min(2 * pause, _LONGEST_PAUSE)
            except Exception:  # noqa: BLE001 - a defect must not end what everybody relies on
                _log.exception("The live connections' subscription has failed; it begins anew")
                pause = _LONGEST_PAUSE
            self._disconnected()
            await asyncio.sleep(pause * random.uniform(0.5, 1))  # noqa: S311 - a jitter

    async def _listen(self) -> None:
        """Connect, and hear what comes; ends with an error."""
        layout = await self._exchanges.locate(self._pools.perform)
        node, history = random.choice(sorted(layout.histories.items()))  # noqa: S311 - a server of several
        connection = await self._pools.connect(node)
        try:
            await self._exchanges.confirm(sender_over(connection, self._timeout), node, history)
            async with self._sending:
                self._connection = connection
                channels = [self._channels.stale, *map(self._channels.of_topic, self._joined)]
                await self._send_now("SUBSCRIBE", channels)
            works = [asyncio.ensure_future(work) for work in (self._hear(connection), self._look_after(node, history))]
            try:
                done, _ = await asyncio.wait(works, return_when=asyncio.FIRST_COMPLETED)
                for work in done:
                    work.result()
            finally:
                for work in works:
                    work.cancel()
                await asyncio.wait(works)
        finally:
            self._connection = None
            with suppress(Exception):
                await connection.disconnect(nowait=True)

    async def _hear(self, connection: Any) -> None:
        pushes = Pushes()
        while piece := await self._pools.read_piece(connection):
            self._has_heard = True
            for push in pushes.read(piece):
                match push:
                    case [b"message", bytes(channel), bytes(payload)]:
                        self._deliver(channel, payload)
                    case [b"subscribe", bytes(channel), _]:
                        self._confirm(channel)
        raise BackendUnavailable("the server has ended the subscription's connection")

    async def _look_after(self, node: Any, history: str) -> None:
        """End when the connection or its server is not to be relied on."""
        while True:
            self._has_heard = False
            async with self._sending:
                await self._connection.send_packed_command(packed([("PING",)]), check_health=False)
            await asyncio.sleep(self._beat)
            if not (self._has_heard and self._is_established):
                raise BackendUnavailable("the subscription's connection does not answer")
            await self._exchanges.confirm(self._pools.perform, node, history)

    def _deliver(self, channel: bytes, payload: bytes) -> None:
        try:
            if channel == self._channels.stale:
                self._listener.on_stale(*read_announcement(payload))
                return
            topic = self._channels.topic_of(channel)
            if topic in self._joined:
                epoch, message = read_message(payload)
                self._listener.on_message(topic, epoch, message)
        except ValueError:
            _log.warning("Somebody else publishes under the names of live connections; it is left out")

    def _confirm(self, channel: bytes) -> None:
        self._unconfirmed[channel] -= 1
        if self._unconfirmed[channel] > 0:
            return
        del self._unconfirmed[channel]
        if channel != self._channels.stale:
            joined = self._joined.get(self._channels.topic_of(channel))
            if joined is not None and not joined.done():
                joined.set_result(None)
        if not self._is_established and not self._unconfirmed:
            self._is_established = True
            self._listener.on_reconnect()

    def _disconnected(self) -> None:
        self._is_established = False
        self._unconfirmed.clear()
        loop = asyncio.get_running_loop()
        self._joined = {
            topic: loop.create_future() if joined.done() else joined for topic, joined in self._joined.items()
        }

    async def _send(self, verb: str, channels: Sequence[bytes]) -> None:
        """What cannot be sent is made up for by the next connection, which subscribes to all that has been joined."""
        async with self._sending:
            if self._connection is not None:
                with suppress(RedisError, OSError):
                    await self._send_now(verb, channels)

    async def _send_now(self, verb: str, channels: Sequence[bytes]) -> None:
        if verb == "SUBSCRIBE":
            self._unconfirmed.update(channels)
        command: Command = (verb, *channels)
        await self._connection.send_packed_command(packed([command]), check_health=False)


def _refuse(joined: asyncio.Future[None]) -> None:
    """Whoever waits for it learns that it has been left."""
    if not joined.done():
        joined.set_exception(BackendUnavailable("the subscription has ended"))
        joined.exception()  # seen, though nobody may wait
