"""What a mutation brings along is in no way older than it: users of a middleware, what a request holds, the cache."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request, Response

from mizan_core.client import client
from mizan_core.registry import Registry
from mizan_core.settings import Settings
from mizan_fastapi import create_router, mount
from tests.conformance.apps.accounts import SECRET

SHOWN = [{"context": "me", "params": {}}]


@dataclass(frozen=True)
class User:
    id: int
    name: str
    is_staff: bool = False


class Site:
    """An application whose middleware loads the user before anything runs."""

    def __init__(self, cache: bool, **options: Any) -> None:
        self.users: dict[int, User] = {1: User(1, "Ada")}
        self.before: Callable[[], Awaitable[None]] | None = None
        self.app = FastAPI()
        settings = Settings(mwt_secret=SECRET, cache_secret=SECRET[::-1] if cache else None)
        mount(self.app, "/api/mizan", create_router(self._registry(), settings, **options))

        @self.app.middleware("http")
        async def identify(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
            request.state.user = self.users[1]
            return await call_next(request)

    def _registry(self) -> Registry:
        async def me(request: Request) -> str:
            name: str = request.state.user.name
            if self.before is not None:
                await self.before()
            return name

        async def seen(request: Request) -> str | None:
            kept: str | None = getattr(request.state, "seen", None)
            return kept

        async def rename(request: Request, name: str) -> None:
            request.state.seen = request.state.user.name
            self.users[1] = replace(self.users[1], name=name)

        async def promote(request: Request, name: str) -> None:
            self.users[1] = replace(self.users[1], name=name, is_staff=True)

        registry = Registry()
        for function, options in ((me, "context"), (seen, "context"), (rename, "affects"), (promote, "affects")):
            declare: Any = client(context="me") if options == "context" else client(affects="me")
            registry.register(declare(function), name=function.__name__)
        return registry

    def asking(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://site/api/mizan/")


async def _call(http: httpx.AsyncClient, function: str, name: str) -> list[Any]:
    body = {"fn": function, "args": {"name": name}, "shown": SHOWN}
    answer = (await http.post("call/", json=body)).json()
    assert "result" in answer, answer
    return [entry["bundle"] for entry in answer.get("refresh", ())]


def _renamed(site: Site, function: str = "rename", name: str = "Eva") -> list[Any]:
    async def run() -> list[Any]:
        async with site.asking() as http:
            return await _call(http, function, name)

    return asyncio.run(run())


@pytest.fixture(params=[False, True], ids=["uncached", "cached"])
def cache(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


def test_a_user_of_a_middleware_may_be_what_has_changed(cache: bool) -> None:
    assert _renamed(Site(cache)) == []


def test_a_hook_loads_the_user_anew(cache: bool) -> None:
    site: Site = Site(cache, reload_user=lambda user: site.users[user.id])
    assert _renamed(site) == [{"me": "Eva", "seen": None}]
    assert _renamed(site, name="Mia") == [{"me": "Mia", "seen": None}]


def test_it_may_be_a_coroutine_function(cache: bool) -> None:
    async def reload(user: User) -> User:
        return site.users[user.id]

    site: Site = Site(cache, reload_user=reload)
    assert _renamed(site) == [{"me": "Eva", "seen": None}]


def test_whoever_is_gone_or_somebody_else_gets_nothing(cache: bool) -> None:
    assert _renamed(Site(cache, reload_user=lambda _: None)) == []
    site: Site = Site(cache, reload_user=lambda user: site.users[user.id])
    assert _renamed(site, "promote") == []


def test_a_hook_that_fails_does_not_fail_the_call(cache: bool) -> None:
    def fail(_: User) -> User:
        raise RuntimeError("no database")

    assert _renamed(Site(cache, reload_user=fail)) == []


def test_a_fetch_that_has_begun_before_is_not_shared(cache: bool) -> None:
    site: Site = Site(cache, reload_user=lambda user: site.users[user.id])

    async def run() -> None:
        reading, written = asyncio.Event(), asyncio.Event()

        async def wait() -> None:
            site.before = None
            reading.set()
            await written.wait()

        site.before = wait
        async with site.asking() as http, site.asking() as other:
            early = asyncio.ensure_future(other.get("ctx/me/"))
            await reading.wait()
            brought = await _call(http, "rename", "Eva")
            written.set()
            assert (await early).json()["me"] == "Ada"
            assert brought == [{"me": "Eva", "seen": None}]
            assert (await http.get("ctx/me/")).json()["me"] == "Eva"

    asyncio.run(run())


def test_one_that_is_cancelled_for_its_slowness_leaves_nothing_behind(
    cache: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mizan_core.http.shown.LONGEST", 0.01)
    site: Site = Site(cache, reload_user=lambda user: site.users[user.id])

    async def run() -> None:
        forever = asyncio.Event()

        async def wait() -> None:
            site.before = None
            await forever.wait()

        site.before = wait
        async with site.asking() as http:
            assert await _call(http, "rename", "Eva") == []
            assert (await http.get("ctx/me/")).json()["me"] == "Eva"

    asyncio.run(run())
