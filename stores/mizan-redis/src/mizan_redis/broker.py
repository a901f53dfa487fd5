"""``Broker`` on Redis: ``topics`` decides, ``senders`` sends, ``subscriptions`` listens."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeVar

from mizan_core.cache.backend import BackendReplaced
from mizan_core.cache.opening import BackendOptions
from mizan_core.coroutines import complete_now
from mizan_core.live.broker import HISTORY, LIFETIME, Attendance, History, Listener, Position
from mizan_redis.channels import Channels
from mizan_redis.exchanges import Exchanges, Send
from mizan_redis.senders import Senders, checked_address
from mizan_redis.silence import Silence
from mizan_redis.subscriptions import BEAT, RedisSubscriptions
from mizan_redis.topics import Topics

T = TypeVar("T")


class RedisBroker:
    """A ``Broker`` on Redis 6 or newer: one server, Sentinel or Cluster.

    An operation is one round trip, and one script on one server. A server that is found to be another one than before
    is asked once more: what was lost with the former has another epoch.

    :param prefix: what every key and every channel starts with.
    :param history: messages that a topic remembers.
    :param lifetime: seconds that it remembers them after it was last used.
    :param beat: seconds between two looks at a subscription's connection.
    :param silence: is told of announcements and subscriptions that are refused.
    """

    def __init__(
        self,
        senders: Senders,
        *,
        prefix: str,
        history: int = HISTORY,
        lifetime: int = LIFETIME,
        beat: float = BEAT,
        silence: Silence | None = None,
    ) -> None:
        self._senders = senders
        self._beat = beat
        self._silence = silence or Silence()
        self._channels = Channels.of(prefix, senders.address)
        # Beside the cache's: each must see for itself that a server has been replaced.
        self._exchanges = Exchanges.of(prefix, senders.address, self._silence)
        self._topics = Topics(self._exchanges, self._channels, history, lifetime)

    def open(self, listener: Listener) -> RedisSubscriptions:
        """See ``Broker``."""
        return RedisSubscriptions(
            self._senders.on_loop(),
            self._exchanges,
            self._channels,
            listener,
            self._silence,
            timeout=self._senders.timeout,
            beat=self._beat,
        )

    def publish(self, topic: str, data: bytes) -> Position:
        """See ``Broker``."""
        return complete_now(_again(self._senders.in_thread, lambda send: self._topics.publish(send, topic, data)))

    def announce(self, tags: Sequence[str], origin: str | None = None) -> None:
        """See ``Announcer``."""
        complete_now(_again(self._senders.in_thread, lambda send: self._topics.announce(send, tags, origin)))

    async def apublish(self, topic: str, data: bytes) -> Position:
        """See ``Broker``."""
        return await self._on_loop(lambda send: self._topics.publish(send, topic, data))

    async def aannounce(self, tags: Sequence[str], origin: str | None = None) -> None:
        """See ``Announcer``."""
        await self._on_loop(lambda send: self._topics.announce(send, tags, origin))

    async def read(self, topic: str, since: Position | None = None) -> History:
        """See ``Broker``."""
        return await self._on_loop(lambda send: self._topics.read(send, topic, since))

    async def heads(self, topics: Sequence[str]) -> list[Position]:
        """See ``Broker``."""
        return await self._on_loop(lambda send: self._topics.heads(send, topics))

    async def enter(self, topic: str, members: Mapping[str, bytes], ttl: int) -> Attendance:
        """See ``Broker``."""
        return await self._on_loop(lambda send: self._topics.enter(send, topic, members, ttl))

    async def exit(self, topic: str, members: Sequence[str]) -> dict[str, bytes]:
        """See ``Broker``."""
        return await self._on_loop(lambda send: self._topics.exit(send, topic, members))

    async def members(self, topic: str) -> dict[str, bytes]:
        """See ``Broker``."""
        return await self._on_loop(lambda send: self._topics.members(send, topic))

    async def aclose(self) -> None:
        """See ``Broker``."""
        await self._senders.aclose()

    async def _on_loop(self, operation: Callable[[Send], Awaitable[T]]) -> T:
        return await _again(self._senders.on_loop().perform, operation)


async def _again(send: Send, operation: Callable[[Send], Awaitable[T]]) -> T:
    """A server that has been replaced says so once."""
    try:
        return await operation(send)
    except BackendReplaced:
        return await operation(send)


def open_redis_broker(options: BackendOptions) -> RedisBroker:
    """The broker that a URL names, not connected yet: the entry point.

    :raises ConfigurationError: for a URL that cannot be used.
    """
    senders = Senders(checked_address(options), timeout=options.timeout, pool_size=options.pool_size)
    return RedisBroker(senders, prefix=options.prefix)
