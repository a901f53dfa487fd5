"""What is left when an application stops: no connection, no thread, and yet whoever goes on can use the cache."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from mizan_core.cache.keeper import THREAD
from mizan_core.cache.store import Store
from mizan_core.call.dispatcher import Dispatcher
from mizan_core.client import client
from mizan_core.coroutines import complete_now
from mizan_core.registry import Registry
from mizan_core.settings import Settings
from mizan_fastapi import MizanRouter, create_router
from tests.cache.redis.conftest import TIMEOUT, Connect
from tests.cache.redis.servers import Server
from tests.cache.redis.site import KEYER, Database
from tests.cache.redis.wire import Wire

NAME = "the-application-that-stops"


def settings_for(url: str, prefix: str) -> Settings:
    return Settings(
        cache_secret="s" * 32,
        cache_url=f"{url}?client_name={NAME}",
        cache_prefix=prefix,
        cache_timeout_ms=int(TIMEOUT * 1_000),
    )


def registry_over(database: Database) -> Registry:
    registry = Registry()

    @client(context="account")
    async def account(request: Any, user_id: int) -> int:
        return int(database.read(user_id))

    @client(affects="account")
    def deposit(request: Any, user_id: int) -> int:
        return database.change(user_id)

    registry.register(account)
    registry.register(deposit)
    return registry


def connections(server: Server) -> int:
    """Those that a process under test has open."""
    return str(server.ask("CLIENT", "LIST")).count(f" name={NAME} ")


async def come_to_none(server: Server) -> None:
    """A server hears of the end of a connection a moment later."""
    for _ in range(3_000):
        if connections(server) == 0:
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"{connections(server)} connections are left")


def keepers() -> set[threading.Thread]:
    """The threads that look after stores."""
    return {thread for thread in threading.enumerate() if thread.name == THREAD}


@asynccontextmanager
async def running(router: MizanRouter) -> AsyncIterator[httpx.AsyncClient]:
    """An application with the router, from its start to its end."""
    application = FastAPI()
    application.include_router(router, prefix="/api/mizan")
    transport = httpx.ASGITransport(application)
    async with (
        application.router.lifespan_context(application),
        httpx.AsyncClient(transport=transport, base_url="http://shop") as http,
    ):
        yield http


async def fetch(http: httpx.AsyncClient) -> tuple[str, int]:
    answer = await http.get("/api/mizan/ctx/account/", params={"user_id": 1})
    assert answer.status_code == 200, answer.text
    return answer.headers["X-Mizan-Cache"], answer.json()["account"]


async def deposit(http: httpx.AsyncClient) -> None:
    answer = await http.post("/api/mizan/call/", json={"fn": "deposit", "args": {"user_id": 1}})
    assert answer.status_code == 200, answer.text


async def come_to_hit(http: httpx.AsyncClient) -> int:
    for _ in range(3_000):
        word, value = await fetch(http)
        if word == "HIT":
            return value
        await asyncio.sleep(0.02)
    raise AssertionError("the cache does not serve")


@pytest.fixture
def database() -> Database:
    return Database()


@pytest.fixture
def router(server: Server, prefix: str, database: Database) -> MizanRouter:
    return create_router(registry_over(database), settings_for(server.url, prefix))


def test_an_application_that_stops_leaves_no_connection(server: Server, router: MizanRouter) -> None:
    """Neither those of its event loop nor those of its threads; and it may start again, in this loop or another."""

    async def live(words: list[str]) -> None:
        async with running(router) as http:
            assert [(await fetch(http))[0] for _ in words] == words
            await asyncio.to_thread(router.purge, "account")
            assert [(await fetch(http))[0] for _ in range(2)] == ["MISS", "HIT"]
            assert connections(server) >= 2
        await come_to_none(server)

    async def live_twice() -> None:
        await live(["MISS", "HIT"])
        await live(["HIT", "HIT"])

    asyncio.run(live_twice())
    asyncio.run(live(["HIT", "HIT"]))
    gc.collect()


def test_an_application_that_fails_leaves_no_connection(server: Server, router: MizanRouter) -> None:
    async def live() -> None:
        async with running(router) as http:
            await fetch(http)
            raise LookupError

    with pytest.raises(LookupError):
        asyncio.run(live())
    asyncio.run(come_to_none(server))


def test_of_two_applications_with_one_router_the_other_goes_on(server: Server, router: MizanRouter) -> None:
    async def live() -> None:
        async with running(router) as lasting:
            async with running(router) as passing:
                assert (await fetch(passing))[0] == "MISS"
                busy = asyncio.gather(*(_use(lasting) for _ in range(8)))
                await asyncio.sleep(0.05)
            await busy
            assert (await come_to_hit(lasting)) == 8 * 20
        await come_to_none(server)

    asyncio.run(live())
    gc.collect()


async def _use(http: httpx.AsyncClient) -> None:
    for _ in range(20):
        await deposit(http)
        assert (await fetch(http))[0] in ("HIT", "MISS")


def test_what_a_thread_uses_is_closed_when_it_is_done(server: Server, connect: Connect) -> None:
    cache = connect(f"{server.url}?client_name={NAME}")
    cache.write({"key": b"value"}, 60)
    server.pause()
    thread = threading.Thread(target=lambda: cache.write({"key": b"other"}, 60))
    thread.start()
    cache.close()
    server.resume()
    thread.join(60)
    assert cache.read(["key"]) == [b"other"]
    cache.close()
    asyncio.run(come_to_none(server))


def test_an_application_that_stops_in_an_outage_ends_its_thread_and_forgets_nothing(
    server: Server, prefix: str, database: Database
) -> None:
    """The mutation's purge is lost while the store is out of reach of this process alone, which then stops."""
    others = keepers()
    with Wire(server.port) as wire:
        router = create_router(registry_over(database), settings_for(wire.url, prefix))

        async def live() -> None:
            async with running(router) as http:
                assert await come_to_hit(http) == 0
                wire.lead_to(None)
                await deposit(http)
                assert keepers() - others
            assert not keepers() - others
            wire.lead_to(server.port)
            async with running(router) as http:
                assert await fetch(http) == ("BYPASS", 1)
                assert await come_to_hit(http) == 1
            assert not keepers() - others
            await come_to_none(server)

        asyncio.run(live())


def test_a_store_that_is_abandoned_in_an_outage_ends_its_thread(dead_url: str, prefix: str) -> None:
    others = keepers()
    dispatcher = Dispatcher(registry_over(Database()), lambda: settings_for(dead_url, prefix), lambda _: None)
    caching = dispatcher.interface().caching
    assert caching is not None
    abandoned = caching.store
    complete_now(abandoned.purge(abandoned.in_thread, ["tag"]))
    assert keepers() - others
    dispatcher.reset()
    assert not keepers() - others
    caching = dispatcher.interface().caching
    assert caching is not None
    assert caching.store is not abandoned


class Bare:
    """A backend that holds no connections."""

    def read(self, keys: Any) -> list[bytes | None]:
        return [None for _ in keys]

    def claim(self, values: Any, ttl: int) -> list[bytes]:
        return list(values.values())

    def write(self, values: Any, ttl: int, witnesses: Any = ()) -> list[bytes | None]:
        return [None for _ in witnesses]

    def save(self, *_: Any) -> None: ...

    def delete(self, keys: Any) -> None: ...

    async def aread(self, keys: Any) -> list[bytes | None]:
        return self.read(keys)

    async def aclaim(self, values: Any, ttl: int) -> list[bytes]:
        return self.claim(values, ttl)

    async def awrite(self, values: Any, ttl: int, witnesses: Any = ()) -> list[bytes | None]:
        return self.write(values, ttl, witnesses)

    async def asave(self, *_: Any) -> None: ...

    async def adelete(self, keys: Any) -> None: ...


def test_a_backend_without_connections_needs_no_close() -> None:
    store = Store(Bare(), KEYER)
    store.close()
    asyncio.run(store.aclose())
