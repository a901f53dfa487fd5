"""An application in FastAPI whose Redis fails: what its users, its log and its counters see of that."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from dataclasses import asdict
from typing import Any, TypeAlias

import httpx
import pytest
from fastapi import FastAPI, Request

from mizan_core.cache import stats
from mizan_core.client import client
from mizan_core.registry import Registry
from mizan_core.settings import Settings
from mizan_fastapi import create_router
from tests.cache.redis import clock
from tests.cache.redis.conftest import LONGEST, SHORT, TIMEOUT
from tests.cache.redis.servers import HOST, PATIENCE, Server
from tests.cache.redis.site import Database

USER = 424_242
PASSWORD = "a-password-of-redis"
Scenario: TypeAlias = "Callable[[Visitor], Coroutine[Any, Any, None]]"
Visit: TypeAlias = "Callable[..., None]"


class Visitor:
    """Sends requests to an application, also at the same time, and checks what holds of every answer."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http
        self._known = 0

    async def fetch(self) -> str:
        """``HIT``, ``MISS`` or ``BYPASS``; every mutation that was answered before must be in the value."""
        known = self._known
        answer = await self.ask("GET", "/api/mizan/ctx/account/", params={"user_id": USER})
        word: str = answer.headers["X-Mizan-Cache"]
        assert answer.json()["account"] >= known, f"{word} is stale"
        return word

    async def mutate(self) -> None:
        body = {"fn": "deposit", "args": {"user_id": USER}}
        answer = await self.ask("POST", "/api/mizan/call/", json=body)
        self._known = max(self._known, answer.json()["result"])

    async def recover(self) -> None:
        end = time.monotonic() + PATIENCE
        while await self.fetch() != "HIT":
            assert time.monotonic() < end
            await asyncio.sleep(0.02)

    async def ask(self, method: str, url: str, **options: Any) -> httpx.Response:
        began = clock.now()
        answer = await self._http.request(method, url, **options)
        assert answer.status_code == 200, answer.text
        assert clock.now() - began < LONGEST
        return answer


@pytest.fixture
def visit(server: Server, prefix: str) -> Visit:
    """Runs a scenario with an application that has just started, and the timeout of its cache."""
    _allow(server)

    def visit(scenario: Scenario, timeout: float = TIMEOUT) -> None:
        asyncio.run(_visit(_application(server, prefix, timeout), scenario))

    return visit


def _application(server: Server, prefix: str, timeout: float) -> FastAPI:
    registry, database = Registry(), Database()

    @client(context="account")
    def account(request: Request, user_id: int) -> int:
        return int(database.read(user_id))

    @client(affects="account")
    def deposit(request: Request, user_id: int) -> int:
        return database.change(user_id)

    registry.register(account)
    registry.register(deposit)
    settings = Settings(
        cache_secret="s" * 32,
        cache_url=f"redis://shop:{PASSWORD}@{HOST}:{server.port}/0",
        cache_prefix=prefix,
        cache_timeout_ms=int(timeout * 1_000),
    )
    application = FastAPI()
    application.include_router(create_router(registry, settings), prefix="/api/mizan")
    return application


async def _visit(application: FastAPI, scenario: Scenario) -> None:
    transport = httpx.ASGITransport(application)
    async with (
        application.router.lifespan_context(application),
        httpx.AsyncClient(transport=transport, base_url="http://shop") as http,
    ):
        await scenario(Visitor(http))


def _allow(server: Server) -> None:
    """Let the application in; an account is gone when its server is."""
    server.ask("ACL", "SETUSER", "shop", "on", f">{PASSWORD}", "~*", "&*", "+@all")


def test_a_day_with_outages(server: Server, visit: Visit, caplog: pytest.LogCaptureFixture) -> None:
    async def scenario(visitor: Visitor) -> None:
        assert [await visitor.fetch() for _ in range(2)] == ["MISS", "HIT"]
        await visitor.mutate()
        assert [await visitor.fetch() for _ in range(2)] == ["MISS", "HIT"]
        server.kill()
        for _ in range(3):
            assert await visitor.fetch() == "BYPASS"
            await visitor.mutate()
        server.start()
        _allow(server)
        await visitor.recover()
        server.pause()
        for _ in range(3):
            await visitor.mutate()
            assert await visitor.fetch() == "BYPASS"
        server.resume()
        await visitor.recover()

    caplog.set_level(logging.INFO)
    before = stats()
    visit(scenario, SHORT)
    assert _messages(caplog) == ["does not answer", "answers again"] * 2
    _check_secrecy(caplog)
    counted = {name: count - getattr(before, name) for name, count in asdict(stats()).items() if isinstance(count, int)}
    assert counted["outages"] == 2
    assert counted["purges"] == 1
    assert counted["hits"] == 4
    assert counted["bypasses"] >= 6


def test_a_server_that_dies_during_requests(server: Server, visit: Visit, caplog: pytest.LogCaptureFixture) -> None:
    """Reads, writes and purges, many at a time. Its snapshots bring old data back."""

    async def scenario(visitor: Visitor) -> None:
        end = time.monotonic() + 4
        requests = [asyncio.create_task(_use(visitor, end)) for _ in range(8)]
        for _ in range(3):
            await asyncio.sleep(0.5)
            await asyncio.to_thread(_restart_with_snapshot, server)
        await asyncio.gather(*requests)
        await visitor.recover()

    visit(scenario)
    messages = _messages(caplog)
    assert messages == ["does not answer", "answers again"] * (len(messages) // 2)
    assert messages
    _check_secrecy(caplog)


@pytest.mark.parametrize(("second", "purges"), [("", 1), ("second-", 2)], ids=["one store", "two stores"])
def test_routers_purge_each_store_once(server: Server, prefix: str, second: str, purges: int) -> None:
    @client(context="note")
    def note(request: Request) -> int:
        return 1

    @client(affects="note")
    def annotate(request: Request) -> None: ...

    registry = Registry()
    registry.register(note)
    registry.register(annotate)
    application = FastAPI()
    for name, own in (("first", prefix), ("second", second + prefix)):
        settings = Settings(
            cache_secret="s" * 32, cache_url=server.url, cache_prefix=own, cache_timeout_ms=int(TIMEOUT * 1_000)
        )
        application.include_router(create_router(registry, settings), prefix=f"/{name}")

    async def scenario(visitor: Visitor) -> None:
        before = stats().purges
        await visitor.ask("POST", "/first/call/", json={"fn": "annotate"})
        assert stats().purges - before == purges
        assert (await visitor.ask("GET", "/second/ctx/note/")).headers["X-Mizan-Cache"] == "MISS"

    asyncio.run(_visit(application, scenario))


async def _use(visitor: Visitor, end: float) -> None:
    while time.monotonic() < end:
        await visitor.fetch()
        await visitor.mutate()


def _restart_with_snapshot(server: Server) -> None:
    server.ask("SAVE")
    server.restart()
    _allow(server)


def _messages(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Which of the two lines the cache has logged, in order."""
    lines = [record.getMessage() for record in caplog.records if record.name == "mizan.cache"]
    return ["does not answer" if "does not answer" in line else "answers again" for line in lines]


def _check_secrecy(caplog: pytest.LogCaptureFixture) -> None:
    told = "".join(f"{record.getMessage()}{record.exc_text}" for record in caplog.records if record.name[:5] == "mizan")
    for secret in (str(USER), PASSWORD, "account", "mizan:", "test-", HOST):
        assert secret not in told
