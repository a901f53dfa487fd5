"""How a process reaches the servers: from its threads, and from each of its event loops."""

from __future__ import annotations

from asyncio import AbstractEventLoop, get_running_loop
from collections.abc import Sequence
from threading import Lock

from redis.exceptions import RedisError

from mizan_core.after_fork import restart_after_fork
from mizan_core.cache.opening import BackendOptions
from mizan_core.errors import ConfigurationError
from mizan_redis.address import Address, read_address
from mizan_redis.exchanges import Replies, Request
from mizan_redis.pools import AsyncPools, Pools, check_options


class Senders:
    """The connections of a process, for any number of threads, event loops and forks.

    :param timeout: seconds.
    :param pool_size: connections to one server, at most, for the threads together and for each event loop.
    """

    def __init__(self, address: Address, *, timeout: float, pool_size: int) -> None:
        self.address = address
        self.timeout = timeout
        self._pool_size = pool_size
        self.restart()
        restart_after_fork(self)

    async def in_thread(self, requests: Sequence[Request]) -> Replies:
        """See ``Send``; it blocks and is never suspended."""
        return self._pools.perform(requests)

    def on_loop(self) -> AsyncPools:
        """The running event loop's; its ``perform`` is a ``Send``."""
        loop = get_running_loop()
        return self._by_loop.get(loop) or self._add_loop(loop)

    def close(self) -> None:
        """Close the threads' connections; they are made again when they are needed."""
        self._pools.close()

    async def aclose(self) -> None:
        """As ``close``, those of the running event loop."""
        await self.on_loop().close()

    def restart(self) -> None:
        """A forked child gets connections of its own, and locks that no thread of the parent holds."""
        self._pools = Pools(self.address, self._pool_size, self.timeout)
        self._lock = Lock()
        self._by_loop: dict[AbstractEventLoop, AsyncPools] = {}

    def _add_loop(self, loop: AbstractEventLoop) -> AsyncPools:
        added = AsyncPools(self.address, self._pool_size, self.timeout)
        with self._lock:
            # Connections hold on to their loop, so a weak reference would never end by itself.
            alive = {other: pools for other, pools in self._by_loop.items() if not other.is_closed()}
            self._by_loop = {**alive, loop: added}
        return added


def checked_address(options: BackendOptions) -> Address:
    """:raises ConfigurationError: for a URL that cannot be used."""
    address = read_address(options.url)
    try:
        check_options(address, options.timeout)
    except (TypeError, ValueError, RedisError):
        raise ConfigurationError("the cache URL has an option that redis-py does not take") from None
    return address
