"""``CacheBackend`` on Redis: ``exchanges`` decides, ``pools`` sends."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any, Concatenate, ParamSpec, TypeVar

from mizan_core.cache.opening import BackendOptions
from mizan_core.coroutines import complete_now
from mizan_redis.address import Address
from mizan_redis.broker import RedisBroker
from mizan_redis.channels import Channels
from mizan_redis.exchanges import Exchanges, Send
from mizan_redis.senders import Senders, checked_address
from mizan_redis.silence import Silence

P = ParamSpec("P")
T = TypeVar("T")


def _both_ways(
    operation: Callable[Concatenate[Exchanges, Send, P], Coroutine[Any, Any, T]],
) -> tuple[Callable[Concatenate[RedisCache, P], T], Callable[Concatenate[RedisCache, P], Coroutine[Any, Any, T]]]:
    """The two methods for an operation: for a thread, and for an event loop."""

    def perform(self: RedisCache, /, *arguments: P.args, **named: P.kwargs) -> T:
        return complete_now(operation(self._exchanges, self._senders.in_thread, *arguments, **named))

    async def aperform(self: RedisCache, /, *arguments: P.args, **named: P.kwargs) -> T:
        return await operation(self._exchanges, self._senders.on_loop().perform, *arguments, **named)

    perform.__name__, aperform.__name__ = operation.__name__, f"a{operation.__name__}"
    perform.__doc__ = aperform.__doc__ = operation.__doc__
    return perform, aperform


class RedisCache:
    """A ``CacheBackend``, shared and closable, on Redis 6 or newer or Valkey: one server, Sentinel or Cluster.

    For any number of threads, event loops and forks of a process. An operation is one round trip; the first of a
    process, and the first after a failure, asks the servers about themselves before.

    On an event loop a round trip takes at most *timeout*, connecting included. In a thread each of its steps does:
    waiting for a free connection, making it when there is none, each reply.

    :param address: what ``read_address`` makes of a URL.
    :param prefix: what every key starts with.
    :param timeout: seconds.
    :param pool_size: connections to one server, at most, for the threads together and for each event loop.
    """

    def __init__(self, address: Address, *, prefix: str, timeout: float, pool_size: int) -> None:
        self._senders = Senders(address, timeout=timeout, pool_size=pool_size)
        silence = Silence()
        self._exchanges = Exchanges.of(prefix, address, silence)
        self._channels = Channels.of(prefix, address)
        self._broker = RedisBroker(self._senders, prefix=prefix, silence=silence)

    read, aread = _both_ways(Exchanges.read)
    claim, aclaim = _both_ways(Exchanges.claim)
    write, awrite = _both_ways(Exchanges.write)
    save, asave = _both_ways(Exchanges.save)
    delete, adelete = _both_ways(Exchanges.delete)
    enroll, aenroll = _both_ways(Exchanges.enroll)
    beat = _both_ways(Exchanges.beat)[0]
    strike = _both_ways(Exchanges.strike)[0]

    def write_announced(
        self, values: Mapping[str, bytes], ttl: int, witnesses: Sequence[str], origin: str | None
    ) -> list[bytes | None]:
        """See ``AnnouncingBackend``."""
        return complete_now(self._write_announced(self._senders.in_thread, values, ttl, witnesses, origin))

    async def awrite_announced(
        self, values: Mapping[str, bytes], ttl: int, witnesses: Sequence[str], origin: str | None
    ) -> list[bytes | None]:
        """See ``AnnouncingBackend``."""
        return await self._write_announced(self._senders.on_loop().perform, values, ttl, witnesses, origin)

    def announce(self, tags: Sequence[str], origin: str | None = None) -> None:
        """See ``Announcer``."""
        self._broker.announce(tags, origin)

    async def aannounce(self, tags: Sequence[str], origin: str | None = None) -> None:
        """See ``Announcer``."""
        await self._broker.aannounce(tags, origin)

    def broker(self) -> RedisBroker:
        """See ``BrokerBackend``."""
        return self._broker

    def close(self) -> None:
        """See ``ClosableBackend``."""
        self._senders.close()

    async def aclose(self) -> None:
        """See ``ClosableBackend``."""
        await self._senders.aclose()

    def _write_announced(
        self, send: Send, values: Mapping[str, bytes], ttl: int, witnesses: Sequence[str], origin: str | None
    ) -> Coroutine[Any, Any, list[bytes | None]]:
        return self._exchanges.write(
            send, values, ttl, witnesses, lambda tags: self._channels.announcement(tags, origin)
        )


def open_redis(options: BackendOptions) -> RedisCache:
    """The cache that a URL names, not connected yet: the entry point.

    :raises ConfigurationError: for a URL that cannot be used.
    """
    address = checked_address(options)
    return RedisCache(address, prefix=options.prefix, timeout=options.timeout, pool_size=options.pool_size)
