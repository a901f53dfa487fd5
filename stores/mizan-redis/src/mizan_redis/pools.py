"""Sending requests over redis-py's connections: at most so many at a time, without retries, within the timeout."""

from __future__ import annotations

import sys
from asyncio import Semaphore as AsyncSemaphore
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from threading import BoundedSemaphore, Lock
from typing import Any

import redis
import redis.asyncio as aredis
from redis.asyncio.retry import Retry as AsyncRetry
from redis.asyncio.sentinel import SentinelConnectionPool as AsyncSentinelConnectionPool
from redis.backoff import NoBackoff
from redis.exceptions import NoPermissionError, RedisError, ResponseError
from redis.retry import Retry
from redis.sentinel import SentinelConnectionPool

from mizan_core.cache.backend import BackendRefused, BackendUnavailable
from mizan_redis.address import Address, Kind, Node
from mizan_redis.causes import cause_of
from mizan_redis.exchanges import Replies, Request, Send
from mizan_redis.resp import packed

if sys.version_info >= (3, 11):
    from asyncio import timeout as time_limit
else:
    from async_timeout import timeout as time_limit

_PIECE = 1 << 16


class Pools:
    """Connections for threads.

    :param size: connections to one server, at most.
    :param timeout: seconds to wait for a connection to be free, to be made, and for each reply.
    """

    def __init__(self, address: Address, size: int, timeout: float) -> None:
        self._address = address
        self._size = size
        self._timeout = timeout
        self._lock = Lock()
        self._pools: dict[Node, redis.ConnectionPool] = {}
        self._free: dict[Node, BoundedSemaphore] = {}

    def perform(self, requests: Sequence[Request]) -> Replies:
        """All requests are sent before the first reply is waited for.

        :raises BackendUnavailable: when any one of them fails.
        """
        try:
            with ExitStack() as held:
                connections = [held.enter_context(self._connection(request.node)) for request in requests]
                for connection, request in zip(connections, requests, strict=True):
                    connection.send_packed_command([packed(request.commands)])
                return [
                    [connection.read_response() for _ in request.commands]
                    if request.spare is None
                    else [_reply(connection, is_spare=place == request.spare) for place in range(len(request.commands))]
                    for connection, request in zip(connections, requests, strict=True)
                ]
        except Exception as error:  # noqa: BLE001 - redis-py raises more than its own errors when a server fails
            self.close()
            raise _unavailable(error) from None

    def close(self) -> None:
        """Close the connections, one that is in use when it no longer is; others are made when they are needed."""
        with self._lock:
            pools, self._pools = self._pools, {}
        for pool in pools.values():
            with suppress(Exception):
                pool.disconnect(inuse_connections=False)
                for sentinel in pool.sentinel_manager.sentinels if isinstance(pool, SentinelConnectionPool) else ():
                    sentinel.close()

    @contextmanager
    def _connection(self, node: Node) -> Iterator[Any]:
        free = self._free.get(node) or self._free.setdefault(node, BoundedSemaphore(self._size))
        if not free.acquire(timeout=self._timeout):
            raise BackendUnavailable("no connection became free in time")
        try:
            pool = self._pool(node)
            connection = pool.get_connection()
            try:
                yield connection
            except BaseException:
                # Replies may be under way, which must not meet the next question.
                connection.disconnect()
                raise
            finally:
                self._release(pool, node, connection)
        finally:
            free.release()

    def _release(self, pool: redis.ConnectionPool, node: Node, connection: Any) -> None:
        with self._lock:
            if self._pools.get(node) is not pool:
                connection.disconnect()
            pool.release(connection)

    def _pool(self, node: Node) -> redis.ConnectionPool:
        """A pool that is closed is not used again: a thread may be taking from it what another closes."""
        with self._lock:
            if node not in self._pools:
                self._pools[node] = _make_pool(self._address, node, self._timeout)
            return self._pools[node]


class AsyncPools:
    """Connections for one event loop; the parameters are those of ``Pools``, but *timeout* is for all together."""

    def __init__(self, address: Address, size: int, timeout: float) -> None:
        self._address = address
        self._size = size
        self._timeout = timeout
        self._servers: dict[Node, _Connections] = {}
        self._free: dict[Node, AsyncSemaphore] = {}

    async def perform(self, requests: Sequence[Request]) -> Replies:
        """See ``Pools.perform``."""
        try:
            async with time_limit(self._timeout):
                return await self._perform(requests)
        except Exception as error:  # noqa: BLE001 - redis-py raises more than its own errors when a server fails
            await self.close()
            raise _unavailable(error) from None

    async def _perform(self, requests: Sequence[Request]) -> Replies:
        held: list[tuple[_Connections, Any]] = []
        try:
            for request in requests:
                server = self._server(request.node)
                held.append((server, await server.take()))
            for (_, connection), request in zip(held, requests, strict=True):
                await connection.send_packed_command(packed(request.commands), check_health=False)
            return [await _read(connection, request) for (_, connection), request in zip(held, requests, strict=True)]
        except BaseException:
            # Replies may be under way, which must not meet the next question.
            for _, connection in held:
                await connection.disconnect(nowait=True)
            raise
        finally:
            for server, connection in held:
                await server.give_back(connection)

    async def connect(self, node: Node) -> Any:
        """A connection of the caller's own, beside those that there may be at most; whoever asks disconnects it.

        :raises BackendUnavailable: when it cannot be made.
        """
        connection = self._server(node).make()
        try:
            async with time_limit(self._timeout):
                await connection.connect()
        except BaseException as error:
            await connection.disconnect(nowait=True)
            if isinstance(error, Exception):
                raise _unavailable(error) from None
            raise
        return connection

    @staticmethod
    async def read_piece(connection: Any) -> bytes:
        """What the server has said since, as soon as there is something; nothing when the connection has ended.

        From the first time on nobody may read replies from the connection.
        """
        piece: bytes = await connection._reader.read(_PIECE)  # noqa: SLF001 - redis-py 5.3 to 8 have it
        return piece

    async def close(self) -> None:
        """As ``Pools.close``."""
        servers, self._servers = self._servers, {}
        for server in servers.values():
            await server.close()

    def _server(self, node: Node) -> _Connections:
        """Those that are closed are not used again: a task may be taking from them what another closes."""
        if node not in self._servers:
            pool = _make_async_pool(self._address, node, self._timeout)
            free = self._free.setdefault(node, AsyncSemaphore(self._size))
            self._servers[node] = _Connections(pool, free)
        return self._servers[node]


class _Connections:
    """An event loop's connections to one server.

    redis-py's pool only makes them: it takes longer to hand one out than a server to answer.
    """

    def __init__(self, pool: aredis.ConnectionPool, free: AsyncSemaphore) -> None:
        self._pool = pool
        self._free = free
        self._idle: list[Any] = []
        self._is_closed = False

    async def take(self) -> Any:
        """One that is connected and has nothing unread, as soon as one is free; it must be given back."""
        await self._free.acquire()
        try:
            return await self._connected()
        except BaseException:
            self._free.release()
            raise

    async def give_back(self, connection: Any) -> None:
        """Keep it for whoever asks next, unless it is of no use."""
        self._free.release()
        if self._is_closed:
            await connection.disconnect(nowait=True)
        elif connection.is_connected:
            self._idle.append(connection)

    async def close(self) -> None:
        """Close those that nobody uses; the others will be when they are given back."""
        self._is_closed = True
        for connection in self._idle:
            with suppress(Exception):
                await connection.disconnect()
        for sentinel in _async_sentinels(self._pool):
            with suppress(Exception):
                await sentinel.aclose()

    def make(self) -> Any:
        """One that is not connected."""
        return self._pool.make_connection()

    async def _connected(self) -> Any:
        connection = self._idle.pop() if self._idle else self.make()
        if connection.is_connected and not await _is_spoilt(connection):
            return connection
        try:
            await connection.disconnect(nowait=True)
            await connection.connect()
        except BaseException:
            await connection.disconnect(nowait=True)
            raise
        return connection


async def _is_spoilt(connection: Any) -> bool:
    """Whether the server has closed it, or has sent what nobody asked for."""
    try:
        # Until redis-py 8 it had the other name.
        can_read = getattr(connection, "can_read", None) or connection.can_read_destructive
        return bool(await can_read())
    except (OSError, RedisError):
        return True


def _async_sentinels(pool: aredis.ConnectionPool) -> Sequence[Any]:
    return pool.sentinel_manager.sentinels if isinstance(pool, AsyncSentinelConnectionPool) else ()


def _reply(connection: Any, *, is_spare: bool) -> Any:
    try:
        return connection.read_response()
    except NoPermissionError:
        if is_spare:
            return None
        raise


async def _read(connection: Any, request: Request) -> list[Any]:
    """The replies. A function, for Python 3.10 knows no asynchronous comprehension inside another one."""
    spare = request.spare
    if spare is None:
        return [await connection.read_response() for _ in request.commands]
    replies = []
    for place in range(len(request.commands)):
        try:
            replies.append(await connection.read_response())
        except NoPermissionError:
            if place != spare:
                raise
            replies.append(None)
    return replies


def sender_over(connection: Any, timeout: float) -> Send:
    """Sends requests over one connection, which must have nothing unread."""

    async def send(requests: Sequence[Request]) -> Replies:
        try:
            async with time_limit(timeout):
                replies: Replies = []
                for request in requests:
                    await connection.send_packed_command(packed(request.commands), check_health=False)
                    replies.append(await _read(connection, request))
                return replies
        except Exception as error:  # noqa: BLE001 - redis-py raises more than its own errors when a server fails
            raise _unavailable(error) from None

    return send


def _unavailable(error: Exception) -> BackendUnavailable:
    """The failure without the text of *error*, which may name hosts, keys and values."""
    if isinstance(error, BackendUnavailable):
        return error
    kind = BackendRefused if isinstance(error, ResponseError) else BackendUnavailable
    return kind(f"the server cannot be used: {cause_of(error)}")


def check_options(address: Address, timeout: float) -> None:
    """Make a connection's object, which is not connected.

    :raises TypeError, ValueError, RedisError: for an option that redis-py does not take.
    """
    _make_pool(address, Node("", 0), timeout).make_connection()


def _make_pool(address: Address, node: Node, timeout: float) -> redis.ConnectionPool:
    settings = _settings(timeout) | {"retry": Retry(NoBackoff(), 0)}
    pool: redis.ConnectionPool = _pool_of(redis, address, node, settings, {**address.options, **settings})
    return pool


def _make_async_pool(address: Address, node: Node, timeout: float) -> aredis.ConnectionPool:
    settings = _settings(timeout) | {"retry": AsyncRetry(NoBackoff(), 0)}
    # An exchange is timed as a whole; to time each of its steps again would take longer than the steps.
    options = {**address.options, **settings, "socket_timeout": None}
    pool: aredis.ConnectionPool = _pool_of(aredis, address, node, settings, options)
    return pool


def _pool_of(
    library: Any, address: Address, node: Node, sentinel_settings: Mapping[str, Any], options: Mapping[str, Any]
) -> Any:
    """A pool of one of redis-py's two halves, which name their classes alike.

    :param sentinel_settings: of the connections to sentinels; those of the pool's own are *options*.
    """
    if address.kind is Kind.SENTINEL:
        sentinel_options = {**address.sentinel_options, **sentinel_settings}
        sentinel = library.Sentinel(address.nodes, sentinel_kwargs=sentinel_options)
        return sentinel.master_for(address.service, **options).connection_pool
    if not address.nodes:
        return library.ConnectionPool(connection_class=library.UnixDomainSocketConnection, **options)
    kind = library.SSLConnection if address.tls else library.Connection
    return library.ConnectionPool(connection_class=kind, host=node.host, port=node.port, **options)


def _settings(timeout: float) -> dict[str, Any]:
    return {
        "socket_timeout": timeout,
        "socket_connect_timeout": timeout,
        "health_check_interval": 0,
        "decode_responses": False,
        "protocol": 2,
    }
