"""``CacheBackend`` on Redis: ``exchanges`` decides, ``pools`` sends."""

from __future__ import annotations

from asyncio import AbstractEventLoop, get_running_loop
from collections.abc import Mapping, Sequence
from threading import Lock

from redis.exceptions import RedisError

from mizan_core.after_fork import restart_after_fork
from mizan_core.cache.backend import Beat, Pulse
from mizan_core.cache.opening import BackendOptions
from mizan_core.coroutines import complete_now
from mizan_core.errors import ConfigurationError
from mizan_redis.address import Address, Kind, Node, read_address
from mizan_redis.exchanges import Exchanges, Replies, Request
from mizan_redis.pools import AsyncPools, Pools, check_options


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
        self._address = address
        self._timeout = timeout
        self._pool_size = pool_size
        # Sentinels name the server, a socket's path has no host: what stands for the one server is only a name.
        is_cluster = address.kind is Kind.CLUSTER
        seeds = address.nodes if is_cluster else address.nodes[:1] or (Node("", 0),)
        self._exchanges = Exchanges(prefix, seeds, is_cluster=is_cluster)
        self.restart()
        restart_after_fork(self)

    def read(self, keys: Sequence[str]) -> list[bytes | None]:
        """See ``CacheBackend``."""
        return complete_now(self._exchanges.read(self._send, keys))

    def claim(self, values: Mapping[str, bytes], ttl: int) -> list[bytes]:
        """See ``CacheBackend``."""
        return complete_now(self._exchanges.claim(self._send, values, ttl))

    def write(self, values: Mapping[str, bytes], ttl: int, witnesses: Sequence[str] = ()) -> list[bytes | None]:
        """See ``CacheBackend``."""
        return complete_now(self._exchanges.write(self._send, values, ttl, witnesses))

    def save(self, key: str, value: bytes, ttl: int, tags: Sequence[str], tag_ttl: int) -> None:
        """See ``CacheBackend``."""
        complete_now(self._exchanges.save(self._send, key, value, ttl, tags, tag_ttl))

    def delete(self, keys: Sequence[str]) -> None:
        """See ``CacheBackend``."""
        complete_now(self._exchanges.delete(self._send, keys))

    def beat(self, beat: Beat) -> Pulse:
        """See ``SharedBackend``."""
        return complete_now(self._exchanges.beat(self._send, beat))

    def enroll(self, roster: str, roster_ttl: int, fields: Mapping[str, bytes]) -> None:
        """See ``SharedBackend``."""
        complete_now(self._exchanges.enroll(self._send, roster, roster_ttl, fields))

    def strike(self, roster: str, fields: Sequence[str]) -> None:
        """See ``SharedBackend``."""
        complete_now(self._exchanges.strike(self._send, roster, fields))

    async def aread(self, keys: Sequence[str]) -> list[bytes | None]:
        """See ``CacheBackend``."""
        return await self._exchanges.read(self._loop_pools().perform, keys)

    async def aclaim(self, values: Mapping[str, bytes], ttl: int) -> list[bytes]:
        """See ``CacheBackend``."""
        return await self._exchanges.claim(self._loop_pools().perform, values, ttl)

    async def awrite(self, values: Mapping[str, bytes], ttl: int, witnesses: Sequence[str] = ()) -> list[bytes | None]:
        """See ``CacheBackend``."""
        return await self._exchanges.write(self._loop_pools().perform, values, ttl, witnesses)

    async def asave(self, key: str, value: bytes, ttl: int, tags: Sequence[str], tag_ttl: int) -> None:
        """See ``CacheBackend``."""
        await self._exchanges.save(self._loop_pools().perform, key, value, ttl, tags, tag_ttl)

    async def adelete(self, keys: Sequence[str]) -> None:
        """See ``CacheBackend``."""
        await self._exchanges.delete(self._loop_pools().perform, keys)

    async def aenroll(self, roster: str, roster_ttl: int, fields: Mapping[str, bytes]) -> None:
        """See ``SharedBackend``."""
        await self._exchanges.enroll(self._loop_pools().perform, roster, roster_ttl, fields)

    def close(self) -> None:
        """See ``ClosableBackend``."""
        self._pools.close()

    async def aclose(self) -> None:
        """See ``ClosableBackend``."""
        await self._loop_pools().close()

    async def _send(self, requests: Sequence[Request]) -> Replies:
        return self._pools.perform(requests)

    def restart(self) -> None:
        """A forked child gets connections of its own, and locks that no thread of the parent holds."""
        self._pools = Pools(self._address, self._pool_size, self._timeout)
        self._lock = Lock()
        self._by_loop: dict[AbstractEventLoop, AsyncPools] = {}

    def _loop_pools(self) -> AsyncPools:
        loop = get_running_loop()
        return self._by_loop.get(loop) or self._add_loop(loop)

    def _add_loop(self, loop: AbstractEventLoop) -> AsyncPools:
        added = AsyncPools(self._address, self._pool_size, self._timeout)
        with self._lock:
            # Connections hold on to their loop, so a weak reference would never end by itself.
            alive = {other: pools for other, pools in self._by_loop.items() if not other.is_closed()}
            self._by_loop = {**alive, loop: added}
        return added


def open_redis(options: BackendOptions) -> RedisCache:
    """The cache that a URL names, not connected yet: the entry point.

    :raises ConfigurationError: for a URL that cannot be used.
    """
    address = read_address(options.url)
    try:
        check_options(address, options.timeout)
    except (TypeError, ValueError, RedisError):
        raise ConfigurationError("the cache URL has an option that redis-py does not take") from None
    return RedisCache(address, prefix=options.prefix, timeout=options.timeout, pool_size=options.pool_size)
