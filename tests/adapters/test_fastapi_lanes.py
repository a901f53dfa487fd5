"""Lanes of ``mount``: which middleware a request passes, and that answers are the same in each."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from mizan_core.client import client
from mizan_core.registry import Registry
from mizan_fastapi import MizanRouter, Settings, create_router, mount
from mizan_fastapi.mounting import Lane
from tests.adapters.in_process import asking

BASE = "/api/mizan"
SHORT: tuple[Lane, ...] = ("middleware", "outermost")
"""The lanes that do not ask the application's router."""
LANES: tuple[Lane, ...] = ("router", *SHORT)
ORIGIN = {"origin": "https://shop.example", "access-control-request-method": "POST"}


@client
def greet(request: Request, name: str) -> str:
    return f"hello {name}"


@client(context="page")
def where(request: Request) -> dict[str, str]:
    return {**request.path_params, "url": request.url_for("mizan-session").path}


@client
def fail(request: Request) -> None:
    raise LookupError("said")


class Noting:
    """A middleware that notes its name and what it finds when the answer has been sent."""

    def __init__(self, app: ASGIApp, name: str, seen: list[Any]) -> None:
        self._app, self._name, self._seen = app, name, seen

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)
        if scope["type"] == "http":
            self._seen.append((self._name, scope["route"].name))


def _router(**options: Any) -> MizanRouter:
    registry = Registry()
    for function in (greet, where, fail):
        registry.register(function)
    return create_router(registry, Settings(), **options)


def _call(http: Any, function: str = "greet", **arguments: Any) -> Any:
    return http.post(f"{BASE}/call/", json={"fn": function, "args": arguments})


def _answers(lane: Lane) -> list[tuple[int, str, str]]:
    app = FastAPI()
    mount(app, BASE, _router(), lane=lane)

    @app.exception_handler(LookupError)
    def handle(request: Request, error: Exception) -> PlainTextResponse:
        return PlainTextResponse(f"own: {error}", 418)

    @app.get(BASE + "/own/")
    def own() -> str:
        return "own"

    outer = FastAPI()
    outer.mount("/shop", app)
    found = []
    for site, start in ((app, ""), (outer, "/shop")):
        with asking(site) as http:
            found += [
                http.post(f"{start}{BASE}/call/", json={"fn": "greet", "args": {"name": "Ada"}}),
                http.post(f"{start}{BASE}/call/greet/", json={"args": {"name": "Ada"}}),
                http.post(f"{start}{BASE}/call/", json={"fn": "fail"}),
                http.post(
                    f"{start}{BASE}/call/", content=b"x" * 2_000_000, headers={"content-type": "application/json"}
                ),
                http.get(f"{start}{BASE}/call/"),
                http.get(f"{start}{BASE}/ctx/page/"),
                http.get(f"{start}{BASE}/ctx/page", follow_redirects=False),
                http.get(f"{start}{BASE}/ctx/nowhere/"),
                http.get(f"{start}{BASE}/session/"),
                http.get(f"{start}{BASE}/own/"),
                http.get(f"{start}/unknown/"),
                http.get(f"{start}/openapi.json"),
            ]
    return [(answer.status_code, answer.text, answer.headers.get("location", "")) for answer in found]


def test_answers_are_the_same() -> None:
    expected = _answers("router")
    assert [status for status, _, _ in expected[:12]] == [200, 200, 418, 413, 405, 200, 307, 404, 200, 200, 404, 200]
    for lane in SHORT:
        assert _answers(lane) == expected


@pytest.mark.parametrize("lane", LANES)
def test_which_middleware_runs(lane: Lane) -> None:
    seen: list[Any] = []
    app = FastAPI()
    app.add_middleware(Noting, name="before", seen=seen)
    own = [Middleware(Noting, name=name, seen=seen) for name in ("first", "second")]
    mount(app, BASE, _router(), lane=lane, middleware=own if lane == "outermost" else ())
    app.add_middleware(Noting, name="after", seen=seen)
    with asking(app) as http:
        assert _call(http, name="Ada").json() == {"result": "hello Ada"}
    expected = ["second", "first"] if lane == "outermost" else ["before", "after"]
    assert seen == [(name, "mizan-call") for name in expected]


@pytest.mark.parametrize("lane", LANES)
def test_cors(lane: Lane) -> None:
    app = FastAPI()
    cors = Middleware(CORSMiddleware, allow_origins=[ORIGIN["origin"]], allow_methods=["POST"])
    if lane == "outermost":
        mount(app, BASE, _router(), lane=lane, middleware=[cors])
    else:
        app.user_middleware.append(cors)
        mount(app, BASE, _router(), lane=lane)
    with asking(app) as http:
        asked = http.options(f"{BASE}/call/", headers=ORIGIN)
        assert (asked.status_code, asked.headers["access-control-allow-origin"]) == (200, ORIGIN["origin"])
    bare = FastAPI()
    bare.user_middleware.append(cors)
    mount(bare, BASE, _router(), lane="outermost")
    with asking(bare) as http:
        assert http.options(f"{BASE}/call/", headers=ORIGIN).status_code == 405


@pytest.mark.parametrize("lane", SHORT)
def test_the_other_routes_are_not_asked(lane: Lane, monkeypatch: pytest.MonkeyPatch) -> None:
    app = FastAPI()
    mount(app, BASE, _router(), lane=lane)

    async def refuse(*_: Any) -> Any:
        raise AssertionError("the application's router is asked")

    with asking(app) as http:
        for _ in range(2):  # the first one builds the application's middleware, the second one finds it built
            assert _call(http, name="Ada").status_code == 200
        monkeypatch.setattr(APIRouter, "__call__", refuse)
        assert _call(http, name="Ada").status_code == 200


def test_a_traced_request_goes_to_the_router_behind_middleware(monkeypatch: pytest.MonkeyPatch) -> None:
    routed: list[str] = []
    call = APIRouter.__call__

    async def noted(router: APIRouter, scope: Scope, receive: Receive, send: Send) -> None:
        routed.append(lane)
        await call(router, scope, receive, send)

    async def traced(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, "fastapi.telemetry": object()}, receive, send)

    monkeypatch.setattr(APIRouter, "__call__", noted)
    for lane in SHORT:
        app = FastAPI()
        mount(app, BASE, _router(), lane=lane)
        with asking(traced) as http:
            assert _call(http, name="Ada").status_code == 200
    assert routed == ["middleware"]


def _refuse() -> None:
    raise HTTPException(402, "No key.")


def test_what_the_outermost_lane_would_skip_is_refused() -> None:
    guard = [Depends(_refuse)]
    for app, router in ((FastAPI(dependencies=guard), _router()), (FastAPI(), _router(dependencies=guard))):
        with pytest.raises(ValueError, match="dependencies"):
            mount(app, BASE, router, lane="outermost")
        assert not [route for route in app.router.routes if getattr(route, "path", "").startswith(BASE)]
    started = FastAPI()
    with asking(started) as http:
        http.get("/")
    with pytest.raises(RuntimeError, match="has started"):
        mount(started, BASE, _router(), lane="outermost")


def test_the_others_keep_it() -> None:
    guard = [Depends(_refuse)]
    for app, router in ((FastAPI(dependencies=guard), _router()), (FastAPI(), _router(dependencies=guard))):
        mount(app, BASE, router)
        with asking(app) as http:
            assert _call(http, name="Ada").status_code == 402
    started = FastAPI()
    with asking(started) as http:
        http.get("/")
        mount(started, BASE, _router())
        assert _call(http, name="Ada").status_code == 200


def test_a_limit_on_bodies_is_kept() -> None:
    if not hasattr(FastAPI(), "max_body_size"):
        pytest.skip("this version of FastAPI has no limit on bodies")
    later = FastAPI()
    later.max_body_size = 10
    for app in (FastAPI(max_body_size=10), later):
        with pytest.raises(ValueError, match="limits"):
            mount(app, BASE, _router(), lane="outermost")
    for app in (FastAPI(max_body_size=10), FastAPI()):
        mount(app, BASE, _router())
        app.max_body_size = 10
        with asking(app) as http:
            assert _call(http, name="Ada").status_code == 413


def test_lanes_that_are_none() -> None:
    with pytest.raises(ValueError, match="'middleware', 'router' or 'outermost'"):
        mount(FastAPI(), BASE, _router(), lane="fast")  # type: ignore[arg-type]
    for lane in ("router", "middleware"):
        with pytest.raises(ValueError, match="outermost lane alone"):
            mount(FastAPI(), BASE, _router(), lane=lane, middleware=[Middleware(CORSMiddleware)])


class Counted(FastAPI):
    """An application with a class of its own."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["counted"] = True
        await super().__call__(scope, receive, send)


@client(context="seen")
def seen(request: Request) -> dict[str, Any]:
    return {
        "root": request.scope["root_path"],
        "app": request.app.title,
        "counted": "counted" in request.scope,
        "url": request.url_for("mizan-session").path,
    }


@pytest.mark.parametrize("lane", LANES)
@pytest.mark.parametrize("mounted", [False, True])
@pytest.mark.filterwarnings("ignore:The `root_path` parameter")
def test_a_function_is_told_of_its_application(lane: Lane, mounted: bool) -> None:
    """Also where the application has a class of its own, is mounted in another, or knows itself where it is."""
    registry = Registry()
    registry.register(seen)
    app = Counted(title="ours", root_path="" if mounted else "/proxied")
    mount(app, BASE, create_router(registry, Settings()), lane=lane)
    assert isinstance(app, Counted)
    served = FastAPI(title="outer")
    served.mount("/inner", app)
    with asking(served if mounted else app) as http:
        found = http.get(f"/inner{BASE}/ctx/seen/" if mounted else f"{BASE}/ctx/seen/").json()["seen"]
    root = "/inner" if mounted else "/proxied"
    assert found == {"root": root, "app": "ours", "counted": lane != "outermost", "url": f"{root}{BASE}/session/"}
