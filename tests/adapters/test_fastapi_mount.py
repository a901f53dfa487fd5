"""``mount``: what stands around the endpoints in FastAPI stands around those that are mounted, too."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from fastapi import Depends, FastAPI, HTTPException, Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from mizan_core.client import client
from mizan_core.errors import GraphError
from mizan_core.registry import Registry
from mizan_fastapi import MizanRouter, Settings, create_router, mount
from mizan_fastapi import router as default_router
from mizan_fastapi.prefix import PrefixRoute
from tests.adapters.in_process import asking

BASE = "/api/mizan"


@client
def greet(request: Request, name: str) -> str:
    return f"hello {name}"


@client(context="page")
def where(request: Request) -> dict[str, str]:
    return request.path_params


@client(affects="nowhere")
def aimless(request: Request) -> None: ...


@client
def fail(request: Request) -> None:
    raise LookupError("said")


def _router(**options: Any) -> MizanRouter:
    registry = Registry()
    for function in (greet, where, fail):
        registry.register(function)
    return create_router(registry, Settings(), **options)


def _mounted(router: MizanRouter | None = None, **options: Any) -> FastAPI:
    app = FastAPI(**options)
    mount(app, BASE, router or _router())
    return app


def _call(http: Any, function: str = "greet", base: str = BASE, **arguments: Any) -> Any:
    return http.post(f"{base}/call/", json={"fn": function, "args": arguments})


class Noting:
    """A middleware that notes which route a request has taken."""

    def __init__(self, app: ASGIApp, seen: list[Any]) -> None:
        self._app = app
        self._seen = seen

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)
        if scope["type"] == "http":
            self._seen.append((scope["route"].name, scope["endpoint"].__name__, scope["path_params"]))


def test_it_stands_first_and_the_router_next() -> None:
    app = FastAPI()
    before = list(app.router.routes)
    mount(app, BASE, _router())
    assert isinstance(app.router.routes[0], PrefixRoute)
    assert app.router.routes[-len(before) :] == before
    catch_all = FastAPI()
    catch_all.mount("/", PlainTextResponse("all"))
    mount(catch_all, BASE, _router(dependencies=[Depends(lambda: None)]))
    with asking(catch_all) as http:
        assert _call(http, name="Ada").json() == {"result": "hello Ada"}
        assert http.get(f"{BASE}/unknown/").text == "all"


def test_the_default_router() -> None:
    app = FastAPI()
    mount(app)
    with asking(app) as http:
        assert http.get("/api/mizan/session/").json() == {"csrfToken": None}
    assert app.url_path_for("mizan-call") == "/api/mizan/call/"
    assert default_router.routes


def test_requests_do_not_reach_the_other_routes(monkeypatch: pytest.MonkeyPatch) -> None:
    app = _mounted()

    def refuse(*_: Any) -> Any:
        raise AssertionError("another route is asked")

    for route in app.router.routes[1:]:
        monkeypatch.setattr(route, "matches", refuse)
    with asking(app) as http:
        assert _call(http, name="Ada").status_code == 200
        assert http.post(f"{BASE}/call/greet/", json={"args": {"name": "Ada"}}).status_code == 200
        assert http.get(f"{BASE}/ctx/page/").status_code == 200
        assert http.get(f"{BASE}/session/").status_code == 200


@pytest.mark.parametrize("is_mounted", [True, False], ids=["mounted", "included"])
def test_middleware_sees_the_route(is_mounted: bool) -> None:
    seen: list[Any] = []
    app = FastAPI()
    app.add_middleware(Noting, seen=seen)
    if is_mounted:
        mount(app, BASE, _router())
    else:
        app.include_router(_router(), prefix=BASE)
    with asking(app) as http:
        _call(http, name="Ada")
        http.post(f"{BASE}/call/greet/", json={"args": {"name": "Ada"}})
        http.get(f"{BASE}/ctx/page/")
    assert seen == [
        ("mizan-call", "respond", {}),
        ("mizan-call-function", "respond", {"function": "greet"}),
        ("mizan-context", "respond", {"name": "page"}),
    ]


def _refuse() -> None:
    raise HTTPException(402, "No key.")


@pytest.mark.parametrize("place", ["application", "router"])
def test_dependencies(place: str) -> None:
    guard = [Depends(_refuse)]
    app = _mounted(_router(dependencies=guard)) if place == "router" else _mounted(dependencies=guard)
    with asking(app) as http:
        for response in (_call(http, name="Ada"), http.get(f"{BASE}/ctx/page/"), http.get(f"{BASE}/session/")):
            assert (response.status_code, response.json()["error"]["message"]) == (402, "No key.")
        app.dependency_overrides[_refuse] = lambda: None
        assert _call(http, name="Ada").json() == {"result": "hello Ada"}


def test_exception_handlers() -> None:
    app = _mounted()

    @app.exception_handler(LookupError)
    def handle(request: Request, error: Exception) -> PlainTextResponse:
        return PlainTextResponse(f"own: {error}", 418)

    @app.exception_handler(404)
    def not_found(request: Request, error: Exception) -> PlainTextResponse:
        return PlainTextResponse("nothing here", 404)

    with asking(app) as http:
        assert _call(http, "fail").text == "own: said"
        assert http.get(f"{BASE}/unknown/").text == "nothing here"


def test_lifespan() -> None:
    seen: list[str] = []

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        seen.append("begin")
        yield
        seen.append("end")

    async def live(app: FastAPI) -> None:
        async with app.router.lifespan_context(app):
            seen.append("live")

    asyncio.run(live(_mounted(lifespan=lifespan)))
    assert seen == ["begin", "live", "end"]
    registry = Registry()
    registry.register(aimless)
    with pytest.raises(GraphError, match="nowhere"):
        asyncio.run(live(_mounted(create_router(registry, Settings()))))


@pytest.mark.parametrize(("at", "params"), [("", {}), ("/shop", {}), ("/shop/{number}", {"number": "7"})])
def test_a_mounted_application(at: str, params: dict[str, str]) -> None:
    outer = FastAPI()
    outer.mount(at, _mounted())
    path = at.replace("{number}", "7")
    with asking(outer) as http:
        assert _call(http, base=path + BASE, name="Ada").json() == {"result": "hello Ada"}
        told = http.get(f"{path}{BASE}/ctx/page/").json()["where"]
    assert told == {"name": "page"} | params


def test_a_root_path() -> None:
    app = _mounted()

    async def behind_a_proxy(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, "root_path": "/shop"}, receive, send)

    with asking(behind_a_proxy) as http:
        for base in ("/shop" + BASE, BASE):
            assert _call(http, base=base, name="Ada").json() == {"result": "hello Ada"}
        assert _call(http, base="/shopping" + BASE, name="Ada").status_code == 404


def test_the_documentation_and_other_routes() -> None:
    app = _mounted()

    @app.get(BASE + "/own/")
    def own() -> str:
        return "own"

    with asking(app) as http:
        assert http.get("/docs").status_code == 200
        described = http.get("/openapi.json").json()["paths"]
        assert {BASE + "/own/", BASE + "/ctx/page/", BASE + "/call/fail/"} <= described.keys()
        assert http.get(BASE + "/own/").json() == "own"


@pytest.mark.parametrize("prefix", ["api", "/api/", "/"])
def test_a_prefix_that_is_none(prefix: str) -> None:
    with pytest.raises(ValueError, match="begins with a slash and does not end with one"):
        mount(FastAPI(), prefix, _router())


def test_no_prefix() -> None:
    app = FastAPI()
    mount(app, "", _router())
    with asking(app) as http:
        assert _call(http, base="", name="Ada").json() == {"result": "hello Ada"}
