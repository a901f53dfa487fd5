"""Routers of one's own (FastAPI): each has a cache, and all hear of what server code calls."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from anyio.from_thread import BlockingPortal
from fastapi import FastAPI
from fastapi.dependencies import models
from fastapi.responses import StreamingResponse

import mizan_fastapi
from mizan_core.client import calls, client
from mizan_core.errors import Conflict
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


@client(affects="thing")
def touch_and_fail(request: Any) -> None:
    raise Conflict("It has written.")


@client(context="toucher")
def read_and_touch(request: Any) -> int:
    touch.call_sync(request)
    return 1


@client(affects="thing")
def touch_slowly(request: Any) -> StreamingResponse:
    def parts() -> Iterator[bytes]:
        yield b"begun"
        _between["parts"]()
        yield b"done"

    return StreamingResponse(parts())


_between: dict[str, Callable[[], object]] = {"parts": lambda: None}
"""What happens while a stream writes."""


def _clear_caches_of_fastapi() -> None:
    """It keeps what it has found out about the last endpoints, and with that the endpoints."""
    for cached in vars(models).values():
        if hasattr(cached, "cache_clear"):
            cached.cache_clear()


def _open() -> MizanRouter:
    registry = Registry()
    for function in (thing, touch, touch_and_fail, read_and_touch, touch_slowly):
        registry.register(function)
    return create_router(registry, Settings(cache_secret="a-cache-secret-of-these-tests-0123456789"))


@contextmanager
def _asking(router: MizanRouter, portal: BlockingPortal) -> Iterator[httpx.Client]:
    app = FastAPI()
    app.include_router(router)
    with httpx.Client(transport=Bridge(portal, app), base_url="http://testserver") as http:
        yield http


def _word(router: MizanRouter, portal: BlockingPortal) -> str:
    with _asking(router, portal) as http:
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
    with _asking(other, portal) as http:
        answer = http.post("/call/", json={"fn": "touch_through"}).raise_for_status()
    assert answer.json() == {"result": None}
    assert _word(holder, portal) == "MISS"


@pytest.mark.parametrize(("function", "status"), [("touch", 200), ("touch_and_fail", 409), ("touch_slowly", 200)])
def test_a_mutation_through_one_router_reaches_all(portal: BlockingPortal, function: str, status: int) -> None:
    asked, other = _open(), _open()
    assert [_word(other, portal) for _ in range(2)] == ["MISS", "HIT"]
    with _asking(asked, portal) as http:
        assert http.post("/call/", json={"fn": function}).status_code == status
    assert _word(other, portal) == "MISS"


def test_a_read_that_writes_through_one_router_reaches_all(portal: BlockingPortal) -> None:
    asked, other = _open(), _open()
    assert [_word(other, portal) for _ in range(2)] == ["MISS", "HIT"]
    with _asking(asked, portal) as http:
        http.get("/ctx/toucher/").raise_for_status()
    assert _word(other, portal) == "MISS"


def test_the_end_of_a_stream_reaches_all(portal: BlockingPortal, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, other = _open(), _open()
    seen = [_word(other, portal)]
    monkeypatch.setitem(_between, "parts", lambda: seen.append(_word(other, portal)))
    with _asking(asked, portal) as http:
        http.post("/call/", json={"fn": "touch_slowly"}).raise_for_status()
    assert seen == ["MISS", "MISS"]
    assert _word(other, portal) == "MISS"


def test_a_router_that_is_first_asked_while_a_function_runs_is_reached(portal: BlockingPortal) -> None:
    """It has read what was there before the function wrote."""
    late: list[MizanRouter] = []

    @client(context="state")
    def state(request: Any) -> int:
        return 1

    @client(affects="state")
    async def change(request: Any) -> None:
        app = FastAPI()
        app.include_router(late[0])
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://testserver") as http:
            seen = [(await http.get("/ctx/state/")).headers["X-Mizan-Cache"] for _ in range(2)]
        assert seen == ["MISS", "HIT"]

    registry = Registry()
    for function in (state, change):
        registry.register(function)
    settings = Settings(cache_secret="a-cache-secret-of-these-tests-0123456789")
    asked = create_router(registry, settings)
    late.append(create_router(registry, settings))
    with _asking(asked, portal) as http:
        http.post("/call/", json={"fn": "change"}).raise_for_status()
    with _asking(late[0], portal) as http:
        assert http.get("/ctx/state/").headers["X-Mizan-Cache"] == "MISS"


def test_a_router_that_cannot_be_served_is_in_nobodys_way(portal: BlockingPortal) -> None:
    registry = Registry()
    registry.register(touch)
    wrong = create_router(registry, Settings(cache_secret="s" * 32, cache_url="s3://nobody/serves/this"))
    router = _open()
    assert [_word(router, portal) for _ in range(2)] == ["MISS", "HIT"]
    with _asking(router, portal) as http:
        assert http.post("/call/", json={"fn": "touch"}).status_code == 200
    assert _word(router, portal) == "MISS"
    del wrong


def test_a_router_that_is_gone_is_not_told(portal: BlockingPortal) -> None:
    router = _open()
    _word(router, portal)
    count = len(calls._outside_observers)
    del router
    _clear_caches_of_fastapi()
    gc.collect()
    assert len(calls._outside_observers) < count
    touch.call_sync(None)
