"""Requests that are given up while they wait for, or run, what others want too."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from tests.cache.http.asking import Asker
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


@pytest.mark.parametrize("everything", [False, True], ids=["apurge", "apurge_all"])
def test_a_purge_whose_caller_is_cancelled(site: Site, everything: bool) -> None:
    """It has been asked for because something has changed already."""
    asker = Asker(site, site.stranger(), "")
    asker.keep("account", account_id=1)
    package, hold = site.package, _hold_thread if site.is_django else _hold_store

    async def run() -> None:
        let_go = hold(site)
        purging = package.apurge_all() if everything else package.apurge("account", account_id=1)
        caller = asyncio.ensure_future(purging)
        await asyncio.sleep(0)
        caller.cancel()
        for _ in range(5):  # a cancellation reaches what a thread has not begun by some turns of the loop
            await asyncio.sleep(0)
        let_go()
        await asyncio.wait([caller])
        assert caller.cancelled()

    site.portal.call(run)
    assert asker.word("account", account_id=1) == "MISS"


def _hold_store(site: Site) -> Callable[[], None]:
    """Keep purges waiting on their way to the store; gives what lets them go on."""
    caching = site.dispatcher.interface().caching
    assert caching is not None
    access: Any = caching.store.on_loop
    write, gate = access.write, asyncio.Event()

    async def write_later(*arguments: Any) -> Any:
        await gate.wait()
        return await write(*arguments)

    access.write = write_later
    return gate.set


def _hold_thread(_: Site) -> Callable[[], None]:
    """Keep purges waiting for the thread that does them."""
    from asgiref.sync import sync_to_async

    gate = threading.Event()
    holding = asyncio.ensure_future(sync_to_async(gate.wait)())

    def let_go() -> None:
        assert not holding.done()
        gate.set()

    return let_go


async def _until(holds: Callable[[], bool]) -> None:
    """Return once *holds*."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, "it has not come to be"
        await asyncio.sleep(0.01)
