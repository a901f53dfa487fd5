"""An application that stops while functions write: their purges come before the cache's connections are closed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from mizan_core.cache.memory import MemoryCache
from mizan_core.call.dispatcher import Dispatcher
from mizan_core.client import client
from mizan_core.registry import Registry
from mizan_core.settings import Settings
from mizan_fastapi import MizanRouter, create_router, in_flight

BASE = "/api/mizan"


class Site:
    """A router over a mutation that waits to be let go, and what has happened, in order."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.events: list[str] = []
        self.begun = asyncio.Event()
        self.may_go_on = asyncio.Event()
        events, close, write = self.events, Dispatcher.aclose, MemoryCache.awrite

        async def aclose(dispatcher: Dispatcher) -> None:
            events.append("closed")
            await close(dispatcher)

        async def awrite(cache: MemoryCache, *arguments: Any) -> Any:
            events.append("purged")
            return await write(cache, *arguments)

        monkeypatch.setattr(Dispatcher, "aclose", aclose)
        monkeypatch.setattr(MemoryCache, "awrite", awrite)
        self.router = self._router()

    def _router(self) -> MizanRouter:
        @client(context="thing")
        def thing(request: Any) -> int:
            return 1

        @client(affects="thing")
        async def touch(request: Any) -> None:
            self.begun.set()
            await self.may_go_on.wait()
            self.events.append("written")

        registry = Registry()
        for function in (thing, touch):
            registry.register(function)
        return create_router(registry, Settings(cache_secret="a-cache-secret-of-these-tests-0123456789"))

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[asyncio.Task[httpx.Response]]:
        """The application runs, and ends with the block, in which the mutation has begun."""
        app = FastAPI()
        app.include_router(self.router, prefix=BASE)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as http:
            async with app.router.lifespan_context(app):
                call = asyncio.ensure_future(http.post(f"{BASE}/call/", json={"fn": "touch"}))
                await self.begun.wait()
                yield call
            self.events.append("stopped")
            self.may_go_on.set()
            await asyncio.wait([call])


@pytest.mark.parametrize("is_given_up", [False, True], ids=["waited for", "given up"])
def test_what_has_begun_purges_before_connections_are_closed(
    monkeypatch: pytest.MonkeyPatch, is_given_up: bool
) -> None:
    async def live() -> list[str]:
        site = Site(monkeypatch)
        async with site.writing() as call:
            if is_given_up:
                call.cancel()
            # It goes on when whoever stops the application waits for something.
            asyncio.get_running_loop().call_soon(site.may_go_on.set)
        return site.events

    assert asyncio.run(live()) == ["written", "purged", "closed", "stopped"]


def test_what_does_not_end_is_not_waited_for_longer_than_agreed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_flight, "LONGEST", 0)

    async def live() -> list[str]:
        site = Site(monkeypatch)
        async with site.writing():
            pass
        return site.events

    assert asyncio.run(live()) == ["closed", "stopped", "written", "purged"]
