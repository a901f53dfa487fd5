"""What the sockets of one event loop share: topics joined once for all of them, and who watches what.

Announcements are collected for a moment, so that a burst of purges is one signal; broad ones are spread over a while,
so that not everybody asks at once. After a reconnect, and every so often, heads of topics and versions of tags are
compared: whatever was lost is found then.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from typing import Any, Protocol

from mizan_core.cache.backend import BackendUnavailable
from mizan_core.cache.store import BATCH, Store
from mizan_core.cache.versions import EPOCH
from mizan_core.live.broker import Broker, History, Message, Position
from mizan_core.live.following import Deliver, Follower, Lost, Step
from mizan_core.live.presence import HEARTBEAT, Presence
from mizan_core.live.watches import Holder, Versions, Watches
from mizan_core.live_counters import LIVE_COUNTERS

COALESCE = 0.05
"""Seconds that announcements are collected for."""
COMPARE = 30.0
"""Seconds between two comparisons."""
TICK = 1.0
_MANY = 200
"""Sockets that are told at once; more are told over a while."""
_SPREAD = 0.005
"""Seconds by which each socket more prolongs that while."""
_LONGEST_SPREAD = 5.0
_RETRY = 1.0
_FAILED = "A live connection failed"
_log = logging.getLogger("mizan.live")


class Attached(Holder, Protocol):
    """A socket, as the hub knows it. Its methods return at once."""

    def on_tick(self) -> None:
        """A second has gone by."""

    def on_stale(self, ids: Sequence[int]) -> None:
        """What it watches under *ids* is stale."""

    def on_message(self, topic: str, epoch: str, message: Message) -> None:
        """The next message of a topic."""

    def on_lost(self, topic: str, position: Position) -> None:
        """Messages of a topic are lost; what follows comes after *position*."""


class _Topic:
    """One that is joined, or about to be.

    :ivar coming: how many sockets wait for that.
    """

    __slots__ = ("coming", "follower", "joining", "listeners")

    def __init__(self) -> None:
        self.follower: Follower | None = None
        self.joining: asyncio.Future[None] | None = None
        self.listeners: dict[Attached, None] = {}
        self.coming = 0


class Hub:
    """One event loop's.

    :param store: gives the versions of tags; None where nothing is purged.
    """

    def __init__(self, broker: Broker, store: Store | None) -> None:
        self.broker = broker
        self._store = store
        self.watches: Watches[Attached] = Watches()
        self._attached: dict[Attached, None] = {}
        self._topics: dict[str, _Topic] = {}
        self._tasks: set[asyncio.Future[Any]] = set()
        self._flushing: asyncio.TimerHandle | None = None
        self._loop = asyncio.get_running_loop()
        self._subscriptions = broker.open(self)
        self.presence = Presence(broker, self.spawn)
        self._clock = self.spawn(self._keep_time())

    async def aclose(self) -> None:
        """Tell nobody anything any more."""
        self._clock.cancel()
        if self._flushing is not None:
            self._flushing.cancel()
        await self._subscriptions.aclose()

    def spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Do *work*, for which nobody waits."""
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._forget)
        return task

    def _forget(self, task: asyncio.Future[Any]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None and not isinstance(error, BackendUnavailable):
            _log.error("Something about a live connection failed", exc_info=error)

    # --- sockets

    def attach(self, socket: Attached) -> None:
        """A socket has been opened."""
        self._attached[socket] = None
        LIVE_COUNTERS.count("connections")

    def detach(self, socket: Attached, topics: Iterable[str] = ()) -> None:
        """It has been closed; it listened to *topics*."""
        self._attached.pop(socket, None)
        self.watches.leave_all(socket)
        for topic in topics:
            self.leave(topic, socket)

    # --- topics

    async def join(self, topic: str, socket: Attached) -> Position:
        """Tell *socket* what comes after the position that this gives.

        :raises BackendUnavailable: when the topic cannot be joined.
        """
        found = self._topics.get(topic)
        if found is None:
            found = self._topics[topic] = _Topic()
            found.joining = self.spawn(self._begin(topic, found))
        if found.joining is not None:
            await self._joined(topic, found, found.joining)
        if found.follower is None:
            raise BackendUnavailable("the topic could not be joined")
        found.listeners[socket] = None
        return found.follower.position

    async def _joined(self, topic: str, found: _Topic, joining: asyncio.Future[None]) -> None:
        """Wait for it. Whoever is last to give up leaves it."""
        found.coming += 1
        try:
            await asyncio.shield(joining)
        except asyncio.CancelledError:
            found.coming -= 1
            self._leave_unused(topic, found)
            raise
        found.coming -= 1

    async def _begin(self, topic: str, found: _Topic) -> None:
        try:
            await self._subscriptions.join(topic)
            position = (await self.broker.read(topic)).position
        except BackendUnavailable:
            del self._topics[topic]
            await self._subscriptions.leave(topic)
            raise
        found.follower = Follower(position)
        found.joining = None
        self._leave_unused(topic, found)

    def leave(self, topic: str, socket: Attached) -> None:
        """Tell *socket* no more of it."""
        found = self._topics.get(topic)
        if found is not None:
            found.listeners.pop(socket, None)
            self._leave_unused(topic, found)

    def _leave_unused(self, topic: str, found: _Topic) -> None:
        is_used = found.listeners or found.coming or found.joining is not None
        if not is_used and self._topics.get(topic) is found:
            del self._topics[topic]
            self.spawn(self._leave(topic))

    async def _leave(self, topic: str) -> None:
        await self._subscriptions.leave(topic)
        if topic in self._topics:  # somebody has come meanwhile
            await self._subscriptions.join(topic)

    def position(self, topic: str) -> Position | None:
        """How far it has been told."""
        found = self._topics.get(topic)
        return None if found is None or found.follower is None else found.follower.position

    def on_message(self, topic: str, epoch: str, message: Message) -> None:
        """See ``Listener``."""
        found = self._topics.get(topic)
        if found is not None and found.follower is not None:
            self._follow(topic, found, found.follower.take(epoch, message))

    def _follow(self, topic: str, found: _Topic, steps: Sequence[Step]) -> None:
        for step in steps:
            if type(step) is Deliver:
                for message in step.messages:
                    self._tell(topic, found, message)
            elif type(step) is Lost:
                for socket in tuple(found.listeners):
                    _guarded(socket.on_lost, topic, step.position)
            else:
                self.spawn(self._read(topic, found, step.since))

    def _tell(self, topic: str, found: _Topic, message: Message) -> None:
        epoch = found.follower.position.epoch if found.follower is not None else ""
        for socket in tuple(found.listeners):
            try:  # a call more for each would be felt
                socket.on_message(topic, epoch, message)
            except Exception:  # noqa: BLE001 - as ``_guarded``
                _log.exception(_FAILED)

    async def _read(self, topic: str, found: _Topic, since: Position) -> None:
        history: History | None = None
        try:
            history = await self.broker.read(topic, since)
        except BackendUnavailable as error:
            _log.warning("Messages cannot be read: %s", error)
            self._loop.call_later(_RETRY, self._read_again, topic, found)
        follower = found.follower
        if follower is None or self._topics.get(topic) is not found:
            return
        if history is None:
            follower.failed()
        else:
            self._follow(topic, found, follower.take_history(history))

    def _read_again(self, topic: str, found: _Topic) -> None:
        if found.follower is not None and self._topics.get(topic) is found:
            self._follow(topic, found, found.follower.read())

    # --- announcements

    async def watch(self, socket: Attached, number: int, tags: Sequence[str]) -> None:
        """Tell *socket* when one of *tags* changes; to be called before what depends on them is read."""
        unknown = self.watches.enter(socket, number, tags)
        if unknown:
            self.watches.learn(unknown, await self._versions(unknown))

    def on_stale(self, tags: Sequence[str], origin: str | None) -> None:
        """See ``Listener``."""
        if self.watches.announce(tags, origin) and self._flushing is None:
            self._flushing = self._loop.call_later(COALESCE, self._flush)

    def _flush(self) -> None:
        self._flushing = None
        self.spawn(self._signal())

    async def _signal(self) -> None:
        purged = self.watches.take_purged()
        versions = await self._versions(list(purged))
        self._tell_stale(self.watches.signal(purged, versions))

    def _tell_stale(self, stale: dict[Attached, list[int]]) -> None:
        longest = min(_LONGEST_SPREAD, _SPREAD * (len(stale) - _MANY)) if len(stale) > _MANY else 0.0
        for socket, ids in stale.items():
            if longest:
                self._loop.call_later(random.uniform(0.0, longest), _guarded, socket.on_stale, ids)  # noqa: S311 - no secret
            else:
                _guarded(socket.on_stale, ids)

    async def _versions(self, tags: Sequence[str]) -> Versions:
        if self._store is None:
            return None
        named = [tag for tag in tags if tag != EPOCH]
        versions = await self._store.versions(self._store.on_loop, named)
        return None if versions is None else dict(zip((EPOCH, *named), versions, strict=True))

    # --- what may have been missed

    def on_reconnect(self) -> None:
        """See ``Listener``."""
        self.spawn(self._compare())

    async def _compare(self) -> None:
        self.spawn(self._attempt(self._compare_heads))
        if len(self.watches):
            compared = self.watches.compared()
            if self._store is not None:
                await self._store.prolong(self._store.on_loop, [tag for tag in compared if tag != EPOCH])
            versions = await self._versions(compared)
            self._tell_stale(self.watches.compare(versions))

    async def _compare_heads(self) -> None:
        topics = [topic for topic, found in self._topics.items() if found.follower is not None]
        for start in range(0, len(topics), BATCH):
            await self._compare_heads_of(topics[start : start + BATCH])

    async def _compare_heads_of(self, topics: Sequence[str]) -> None:
        heads = await self.broker.heads(topics)
        for topic, head in zip(topics, heads, strict=True):
            found = self._topics.get(topic)
            if found is not None and found.follower is not None:
                self._follow(topic, found, found.follower.check(head))

    @staticmethod
    async def _attempt(work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except BackendUnavailable as error:
            _log.warning("What live connections may have missed cannot be read: %s", error)

    async def _keep_time(self) -> None:
        compared = beaten = self._loop.time()
        while True:
            await asyncio.sleep(TICK)
            now = self._loop.time()
            for socket in tuple(self._attached):
                _guarded(socket.on_tick)
            if now - beaten >= HEARTBEAT:
                beaten = now
                self.spawn(self.presence.beat())
            if now - compared >= COMPARE:
                compared = now
                self.spawn(self._compare())


def _guarded(method: Callable[..., None], *arguments: object) -> None:
    """Call a method of one of several sockets: one that is at fault must not keep the others from being told."""
    try:
        method(*arguments)
    except Exception:  # noqa: BLE001 - of whatever kind
        _log.exception(_FAILED)
