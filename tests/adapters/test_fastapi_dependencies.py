"""Dependencies above the router run for its endpoints, wherever they stand; without any nothing is solved."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Annotated, Any

import fastapi.responses
import fastapi.routing
import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI, Header, HTTPException, Request

from mizan_core.client import client
from mizan_core.errors import Conflict
from mizan_core.registry import Registry
from mizan_core.settings import Settings
from mizan_fastapi import MizanRouter, create_router
from tests.adapters.in_process import asking

BASE = "/api/mizan"
SETTINGS = Settings(cache_secret="a-cache-secret-of-these-tests-0123456789")


@client
def greet(request: Request, name: str) -> str:
    return f"hello {name}"


@client
def collapse(request: Request) -> str:
    raise Conflict


@client(auth=True)
def for_users(request: Request) -> str:
    return str(request.state.user.id)


@client(context="page")
def page(request: Request) -> str:
    return "page"


def _router(**options: Any) -> MizanRouter:
    registry = Registry()
    for function in (greet, collapse, for_users, page):
        registry.register(function)
    return create_router(registry, SETTINGS, **options)


def _guard(request: Request) -> None:
    if "x-key" not in request.headers:
        raise HTTPException(402, "No key.", headers={"X-Price": "3"})


GUARD = [Depends(_guard)]


def _of_application() -> FastAPI:
    app = FastAPI(dependencies=GUARD)
    app.include_router(_router(), prefix=BASE)
    return app


def _of_inclusion() -> FastAPI:
    app = FastAPI()
    app.include_router(_router(), prefix=BASE, dependencies=GUARD)
    return app


def _of_router() -> FastAPI:
    app = FastAPI()
    app.include_router(_router(dependencies=GUARD), prefix=BASE)
    return app


def _of_parent() -> FastAPI:
    parent = APIRouter(prefix="/api", dependencies=GUARD)
    parent.include_router(_router(), prefix="/mizan")
    app = FastAPI()
    app.include_router(parent)
    return app


def _of_inclusion_of_parent() -> FastAPI:
    parent, grandparent = APIRouter(), APIRouter()
    parent.include_router(_router(), prefix="/mizan")
    grandparent.include_router(parent, prefix="/api", dependencies=GUARD)
    app = FastAPI()
    app.include_router(grandparent)
    return app


def _of_sub_application() -> FastAPI:
    app = FastAPI()
    app.mount("/api", _included(FastAPI(dependencies=GUARD), "/mizan"))
    return app


def _included(app: FastAPI, prefix: str) -> FastAPI:
    app.include_router(_router(), prefix=prefix)
    return app


PLACES = [_of_application, _of_inclusion, _of_router, _of_parent, _of_inclusion_of_parent, _of_sub_application]


@pytest.fixture(params=PLACES, ids=lambda place: place.__name__[1:])
def guarded(request: pytest.FixtureRequest) -> Iterator[httpx.Client]:
    with asking(request.param()) as http:
        yield http


def _call(http: httpx.Client, function: str, base: str = BASE, key: bool = False, **arguments: Any) -> httpx.Response:
    headers = {"X-Key": "1"} if key else {}
    return http.post(f"{base}/call/", json={"fn": function, "args": arguments}, headers=headers)


def test_every_endpoint_is_guarded(guarded: httpx.Client) -> None:
    for response in (
        _call(guarded, "greet", name="Ada"),
        guarded.get(f"{BASE}/ctx/page/"),
        guarded.get(f"{BASE}/session/"),
        guarded.get(f"{BASE}/call/"),
        guarded.post(f"{BASE}/call/greet/", json={"args": {"name": "Ada"}}),
    ):
        assert (response.status_code, response.headers["X-Price"]) == (402, "3")
        assert response.json()["error"]["message"] == "No key."
        assert response.headers["Cache-Control"] == "no-store"


def test_whoever_passes_is_answered(guarded: httpx.Client) -> None:
    assert _call(guarded, "greet", key=True, name="Ada").json() == {"result": "hello Ada"}
    assert guarded.get(f"{BASE}/ctx/page/", headers={"X-Key": "1"}).json() == {"page": "page"}
    assert guarded.get(f"{BASE}/session/", headers={"X-Key": "1"}).json() == {"csrfToken": None}
    assert guarded.put(f"{BASE}/call/", headers={"X-Key": "1"}).status_code == 405


def test_what_is_cached_is_guarded_too(guarded: httpx.Client) -> None:
    words = [guarded.get(f"{BASE}/ctx/page/", headers={"X-Key": "1"}).headers["X-Mizan-Cache"] for _ in range(2)]
    assert words == ["MISS", "HIT"]
    assert guarded.get(f"{BASE}/ctx/page/").status_code == 402


def test_all_of_them_in_their_order() -> None:
    seen: list[str] = []

    def told(name: str) -> list[Any]:
        return [Depends(lambda: seen.append(name))]

    parent = APIRouter(dependencies=told("parent"))
    parent.include_router(_router(dependencies=told("router")), prefix="/mizan", dependencies=told("inner"))
    app = FastAPI(dependencies=told("application"))
    app.include_router(parent, prefix="/api", dependencies=told("outer"))
    with asking(app) as http:
        assert _call(http, "greet", name="Ada").status_code == 200
    assert seen == ["application", "outer", "parent", "inner", "router"]


def test_each_inclusion_has_its_own() -> None:
    router = _router()
    app = FastAPI()
    app.include_router(router, prefix="/open")
    app.include_router(router, prefix="/closed", dependencies=GUARD)
    app.include_router(router, prefix="/open-too")
    with asking(app) as http:
        statuses = [_call(http, "greet", base, name="Ada").status_code for base in ("/open", "/closed", "/open-too")]
    assert statuses == [200, 402, 200]


def test_without_any_nothing_is_solved(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> Any:
        raise AssertionError("dependencies are solved")

    monkeypatch.setattr(fastapi.routing, "solve_dependencies", refuse)
    with asking(_included(FastAPI(), BASE)) as http:
        assert _call(http, "greet", name="Ada").status_code == 200
        assert http.get(f"{BASE}/ctx/page/").status_code == 200
    with asking(_of_router()) as http:
        assert _call(http, "greet", name="Ada").status_code == 500


def test_overrides() -> None:
    app = _of_inclusion()
    app.dependency_overrides[_guard] = lambda: None
    with asking(app) as http:
        assert _call(http, "greet", name="Ada").status_code == 200


def test_a_user_that_a_dependency_finds() -> None:
    async def log_in(request: Request, x_user: Annotated[int | None, Header()] = None) -> None:
        request.state.user = None if x_user is None else SimpleNamespace(id=x_user)

    app = FastAPI(dependencies=[Depends(log_in)])
    app.include_router(_router(), prefix=BASE)
    with asking(app) as http:
        body = {"fn": "for_users"}
        assert http.post(f"{BASE}/call/", json=body).status_code == 401
        assert http.post(f"{BASE}/call/", json=body, headers={"X-User": "7"}).json() == {"result": "7"}
        refusal = http.post(f"{BASE}/call/", json=body, headers={"X-User": "seven"})
        assert refusal.status_code == 422
        assert refusal.json()["error"]["code"] == "VALIDATION_ERROR"
        assert list(refusal.json()["error"]["details"]) == ["header.x-user"]


@pytest.mark.parametrize("read", ["body", "json", "stream"])
def test_a_dependency_may_read_the_body(read: str) -> None:
    async def look(request: Request) -> None:
        if read == "stream":
            return
        assert b"Ada" in await request.body() if read == "body" else (await request.json())["args"] == {"name": "Ada"}

    app = FastAPI(dependencies=[Depends(look)])
    app.include_router(_router(), prefix=BASE)
    with asking(app) as http:
        assert _call(http, "greet", name="Ada").json() == {"result": "hello Ada"}


def test_the_exit_of_a_dependency() -> None:
    seen: list[str] = []

    async def session() -> Any:
        seen.append("begin")
        try:
            yield
        except Exception as error:
            seen.append(f"roll back: {type(error).__name__}")
            raise
        else:
            seen.append("commit")

    app = FastAPI(dependencies=[Depends(session)])
    app.include_router(_router(), prefix=BASE)
    with asking(app) as http:
        assert _call(http, "greet", name="Ada").status_code == 200
        assert seen == ["begin", "commit"]
        seen.clear()
        response = _call(http, "collapse")
    assert (response.status_code, response.json()["error"]["code"]) == (409, "CONFLICT")
    assert seen == ["begin", "roll back: EndpointFailed"]


def test_a_handler_of_the_application() -> None:
    class Unpaid(Exception):
        pass

    def demand() -> None:
        raise Unpaid

    def answer(_: Request, error: Exception) -> Any:
        return fastapi.responses.PlainTextResponse("pay", 402)

    app = FastAPI(dependencies=[Depends(demand)], exception_handlers={Unpaid: answer})
    app.include_router(_router(), prefix=BASE)
    with asking(app) as http:
        response = _call(http, "greet", name="Ada")
    assert (response.status_code, response.text) == (402, "pay")


def test_what_nobody_foresaw(caplog: pytest.LogCaptureFixture) -> None:
    def break_down() -> None:
        raise RuntimeError("secret-of-the-dependency")

    with asking(_with(break_down)) as http:
        response = _call(http, "greet", name="Ada")
    assert response.json() == {"error": {"code": "INTERNAL_ERROR", "message": "The server failed to answer."}}
    assert "secret-of-the-dependency" in caplog.text


def _with(dependency: Callable[..., Any]) -> FastAPI:
    app = FastAPI()
    app.include_router(_router(), prefix=BASE, dependencies=[Depends(dependency)])
    return app
