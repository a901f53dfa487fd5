"""``CacheBackend`` on Redis: ``exchanges`` decides, ``pools`` sends."""

from __future__ import annotations

from collections.abc import Coroutine, Mapping, Sequence
from typing import Any

from mizan_core.cache.backend import Beat, Pulse
from mizan_core.cache.opening import BackendOptions
from mizan_core.coroutines import complete_now
from mizan_redis.address import Address
from mizan_redis.broker import RedisBroker
from mizan_redis.channels import Channels
from mizan_redis.exchanges import Exchanges, Send
from mizan_redis.senders import Senders, checked_address
from mizan_redis.silence import Silence


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

    def read(self, keys: Sequence[str]) -> list[bytes | None]:
        """See ``CacheBackend``."""
        return complete_now(self._exchanges.read(self._senders.in_thread, keys))

    def claim(self, values: Mapping[str, bytes], ttl: int) -> list[bytes]:
        """See ``CacheBackend``."""
        return complete_now(self._exchanges.claim(self._senders.in_thread, values, ttl))

    def write(self, values: Mapping[str, bytes], ttl: int, witnesses: Sequence[str] = ()) -> list[bytes | None]:
        """See ``CacheBackend``."""
        return complete_now(self._exchanges.write(self._senders.in_thread, values, ttl, witnesses))

    def save(self, key: str, value: bytes, ttl: int, tags: Sequence[str], tag_ttl: int) -> None:
        """See ``CacheBackend``."""
        complete_now(self._exchanges.save(self._senders.in_thread, key, value, ttl, tags, tag_ttl))

    def delete(self, keys: Sequence[str]) -> None:
        """See ``CacheBackend``."""
        complete_now(self._exchanges.delete(self._senders.in_thread, keys))

    def beat(self, beat: Beat) -> Pulse:
        """See ``SharedBackend``."""
        return complete_now(self._exchanges.beat(self._senders.in_thread, beat))

    def enroll(self, roster: str, roster_ttl: int, fields: Mapping[str, bytes]) -> None:
        """See ``SharedBackend``."""
        complete_now(self._exchanges.enroll(self._senders.in_thread, roster, roster_ttl, fields))

    def strike(self, roster: str, fields: Sequence[str]) -> None:
        """See ``SharedBackend``."""
        complete_now(self._exchanges.strike(self._senders.in_thread, roster, fields))

    async def aread(self, keys: Sequence[str]) -> list[bytes | None]:
        """See ``CacheBackend``."""
        return await self._exchanges.read(self._senders.on_loop().perform, keys)

    async def aclaim(self, values: Mapping[str, bytes], ttl: int) -> list[bytes]:
        """See ``CacheBackend``."""
        return await self._exchanges.claim(self._senders.on_loop().perform, values, ttl)

    async def awrite(self, values: Mapping[str, bytes], ttl: int, witnesses: Sequence[str] = ()) -> list[bytes | None]:
        """See ``CacheBackend``."""
        return await self._exchanges.write(self._senders.on_loop().perform, values, ttl, witnesses)

    async def asave(self, key: str, value: bytes, ttl: int, tags: Sequence[str], tag_ttl: int) -> None:
        """See ``CacheBackend``."""
        await self._exchanges.save(self._senders.on_loop().perform, key, value, ttl, tags, tag_ttl)

    async def adelete(self, keys: Sequence[str]) -> None:
        """See ``CacheBackend``."""
        await self._exchanges.delete(self._senders.on_loop().perform, keys)

    async def aenroll(self, roster: str, roster_ttl: int, fields: Mapping[str, bytes]) -> None:
        """See ``SharedBackend``."""
        await self._exchanges.enroll(self._senders.on_loop().perform, roster, roster_ttl, fields)

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
