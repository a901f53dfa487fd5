"""Requests that are given up while they wait for, or run, what others want too."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from tests.cache.http.sites import Bridge, Site
from tests.cache.http.world import PATIENCE, WORLD, Gate

# Django leaves the file of a cancelled request's body to the garbage collector.
pytestmark = [
    pytest.mark.filterwarnings("ignore:Unclosed file:ResourceWarning"),
    pytest.mark.parametrize("site", ["fastapi", "django-asgi"], indirect=True),
]

URL = "/api/mizan/ctx/slow_async/?account_id=1"


@pytest.fixture
def fetch(site: Site) -> Callable[[], Awaitable[Any]]:
    """One request as a task of the running event loop."""
    transport = site.transport
    assert isinstance(transport, Bridge), "a request in a thread cannot be cancelled"

    async def fetch() -> tuple[str, Any]:
        async with httpx.AsyncClient(transport=transport.asynchronous, base_url="http://testserver") as client:
            response = await client.get(URL)
            return response.headers["X-Mizan-Cache"], response.json()

    return fetch


def test_a_follower_that_is_cancelled(site: Site, fetch: Callable[[], Awaitable[Any]]) -> None:
    """It must not take the flight down with it."""

    async def run(gate: Gate) -> list[Any]:
        leader = asyncio.ensure_future(fetch())
        await asyncio.to_thread(gate.wait_for_arrival)
        followers = [asyncio.ensure_future(fetch()) for _ in range(3)]
        await _until(lambda: site.flights.joined == 4)
        followers[0].cancel()
        await asyncio.wait(followers[:1])
        gate.open()
        return await asyncio.gather(leader, *followers[1:])

    with WORLD.gate("slow") as gate:
        assert site.portal.call(run, gate) == [("MISS", {"slow_async": 0})] * 3
    assert WORLD.runs["slow"] == 1


def test_a_leader_that_is_cancelled(site: Site, fetch: Callable[[], Awaitable[Any]]) -> None:
    """Those who wait for it run the functions themselves."""

    async def run(gate: Gate) -> list[Any]:
        leader = asyncio.ensure_future(fetch())
        await asyncio.to_thread(gate.wait_for_arrival)
        followers = [asyncio.ensure_future(fetch()) for _ in range(2)]
        await _until(lambda: site.flights.joined == 3)
        leader.cancel()
        await asyncio.wait([leader])
        gate.open()
        return await asyncio.gather(*followers)

    with WORLD.gate("slow") as gate:
        assert site.portal.call(run, gate) == [("MISS", {"slow_async": 0})] * 2


async def _until(holds: Callable[[], bool]) -> None:
    """Return once *holds*."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, "it has not come to be"
        await asyncio.sleep(0.01)
