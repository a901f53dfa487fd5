"""Routers of one's own (FastAPI): each has a cache, and all hear of what server code calls."""

from __future__ import annotations

import gc
from typing import Any

import httpx
import pytest
from anyio.from_thread import BlockingPortal
from fastapi import FastAPI
from fastapi.dependencies import models

import mizan_fastapi
from mizan_core.client import calls
from mizan_core.client.function import client
from mizan_core.registry import Registry
from mizan_core.settings import Settings
from mizan_fastapi import MizanRouter, create_router
from tests.cache.http.sites import Bridge


@client(context="thing")
def thing(request: Any) -> int:
    return 1


@client(affects="thing")
def touch(request: Any) -> None:
    return None


@client
def touch_through(request: Any) -> None:
    touch.call_sync(request)


def _clear_caches_of_fastapi() -> None:
    """It keeps what it has found out about the last endpoints, and with that the endpoints."""
    for cached in vars(models).values():
        if hasattr(cached, "cache_clear"):
            cached.cache_clear()


def _open() -> MizanRouter:
    registry = Registry()
    for function in (thing, touch):
        registry.register(function)
    return create_router(registry, Settings(cache_secret="a-cache-secret-of-these-tests-0123456789"))


def _word(router: MizanRouter, portal: BlockingPortal) -> str:
    app = FastAPI()
    app.include_router(router)
    with httpx.Client(transport=Bridge(portal, app), base_url="http://testserver") as http:
        return http.get("/ctx/thing/").raise_for_status().headers["X-Mizan-Cache"]


@pytest.mark.parametrize("is_async", [False, True], ids=["sync", "async"])
def test_calls_outside_requests(portal: BlockingPortal, is_async: bool) -> None:
    routers = [_open(), _open()]
    for router in routers:
        assert [_word(router, portal) for _ in range(2)] == ["MISS", "HIT"]
    if is_async:
        portal.call(touch.call, None)
    else:
        touch.call_sync(None)
    assert [_word(router, portal) for router in routers] == ["MISS", "MISS"]


def test_purge_by_name_is_the_routers_own(portal: BlockingPortal) -> None:
    routers = [_open(), _open()]
    for router in routers:
        _word(router, portal)
    routers[0].purge("thing")
    assert [_word(router, portal) for router in routers] == ["MISS", "HIT"]


@pytest.mark.parametrize("is_async", [False, True], ids=["sync", "async"])
def test_purge_by_name_of_the_package_reaches_all(portal: BlockingPortal, is_async: bool) -> None:
    routers = [_open(), _open()]
    for router in routers:
        assert [_word(router, portal) for _ in range(2)] == ["MISS", "HIT"]
    if is_async:
        portal.call(mizan_fastapi.apurge, "thing")
    else:
        mizan_fastapi.purge("thing")
    assert [_word(router, portal) for router in routers] == ["MISS", "MISS"]


def test_a_context_that_no_router_has(portal: BlockingPortal) -> None:
    router = _open()
    with pytest.raises(ValueError, match=r"no context is named 'thong'; there are: .*\bthing\b"):
        mizan_fastapi.purge("thong")
    assert _word(router, portal) == "MISS"


def test_a_function_of_another_registry(portal: BlockingPortal) -> None:
    """It calls one that its own router does not know."""
    holder = _open()
    registry = Registry()
    registry.register(touch_through)
    other = create_router(registry, Settings(cache_secret="a-cache-secret-of-these-tests-0123456789"))
    assert [_word(holder, portal) for _ in range(2)] == ["MISS", "HIT"]
    app = FastAPI()
    app.include_router(other)
    with httpx.Client(transport=Bridge(portal, app), base_url="http://testserver") as http:
        answer = http.post("/call/", json={"fn": "touch_through"}).raise_for_status()
    assert answer.json() == {"result": None}
    assert _word(holder, portal) == "MISS"


def test_a_router_that_is_gone_is_not_told(portal: BlockingPortal) -> None:
    router = _open()
    _word(router, portal)
    count = len(calls._outside_observers)
    del router
    _clear_caches_of_fastapi()
    gc.collect()
    assert len(calls._outside_observers) < count
    touch.call_sync(None)
