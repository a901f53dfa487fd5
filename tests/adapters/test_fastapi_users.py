"""Starlette's own ``AuthenticationMiddleware``: its user is the viewer, in ``auth=`` and in the cache."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.authentication import AuthCredentials, AuthenticationBackend, BaseUser, SimpleUser
from starlette.middleware.authentication import AuthenticationMiddleware
from starlette.requests import HTTPConnection, Request

from mizan_core.client import client
from mizan_core.client.cache_policy import CachePolicy
from mizan_core.registry import Registry
from mizan_core.settings import Settings
from mizan_fastapi import create_router
from tests.adapters.in_process import asking
from tests.conformance.apps.accounts import SECRET
from tests.conformance.tokens import mint

CALL = "/api/mizan/call/"


class Nameless(BaseUser):
    """As Starlette leaves it: whether it has an identity is not said."""

    def __init__(self, name: str) -> None:
        self._name = name

    @property
    def is_authenticated(self) -> bool:
        return True

    @property
    def display_name(self) -> str:
        return self._name


class Backend(AuthenticationBackend):
    async def authenticate(self, conn: HTTPConnection) -> tuple[AuthCredentials, BaseUser] | None:
        scheme, _, name = conn.headers.get("Authorization", "").partition(" ")
        kinds: dict[str, Any] = {"Simple": SimpleUser, "Nameless": Nameless}
        return (AuthCredentials(["authenticated"]), kinds[scheme](name)) if scheme in kinds else None


@client(context="page")
def page(request: Request) -> str:
    return f"page of {request.user.display_name}"


@client(context="notice", cache=CachePolicy(shared=True))
def notice(request: Request) -> str:
    return "the same for all"


@client(auth=True)
def members(request: Request) -> list[str]:
    return [request.user.display_name, *request.auth.scopes]


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    registry = Registry()
    for function in (page, notice, members):
        registry.register(function)
    app = FastAPI()
    app.add_middleware(AuthenticationMiddleware, backend=Backend())
    settings = Settings(mwt_secret=SECRET, cache_secret="a-cache-secret-of-these-tests-0123456789")
    app.include_router(create_router(registry, settings), prefix="/api/mizan")
    with asking(app) as http:
        yield http


def _fetch(http: httpx.Client, context: str, authorization: str | None = None) -> tuple[str, Any]:
    headers = {} if authorization is None else {"Authorization": authorization}
    response = http.get(f"/api/mizan/ctx/{context}/", headers=headers).raise_for_status()
    return response.headers["X-Mizan-Cache"], response.json()[context]


def test_each_has_pages_of_their_own(http: httpx.Client) -> None:
    assert _fetch(http, "page", "Simple alice") == ("MISS", "page of alice")
    assert _fetch(http, "page", "Simple bob") == ("MISS", "page of bob")
    assert _fetch(http, "page", "Simple alice") == ("HIT", "page of alice")
    assert _fetch(http, "page") == ("MISS", "page of ")
    assert _fetch(http, "page") == ("HIT", "page of ")


def test_a_user_without_identity_shares_no_entry(http: httpx.Client) -> None:
    assert _fetch(http, "page", "Nameless alice") == ("BYPASS", "page of alice")
    assert _fetch(http, "page", "Nameless bob") == ("BYPASS", "page of bob")
    assert _fetch(http, "notice", "Nameless alice")[0] == "MISS"
    assert _fetch(http, "notice", "Nameless bob")[0] == "HIT"


def test_credentials_that_the_middleware_did_not_take(http: httpx.Client) -> None:
    assert _fetch(http, "page")[0] == "MISS"
    assert _fetch(http, "page", "Other alice")[0] == "BYPASS"


def test_auth_asks_the_middleware(http: httpx.Client) -> None:
    def call(**headers: str) -> Any:
        return http.post(CALL, json={"fn": "members"}, headers=headers)

    assert call(Authorization="Simple alice").json() == {"result": ["alice", "authenticated"]}
    assert call(Authorization="Nameless alice").json() == {"result": ["alice", "authenticated"]}
    assert call().status_code == 401
    assert call(Authorization="Simple ").status_code == 401


def test_a_token_takes_the_place_of_the_middlewares_user(http: httpx.Client) -> None:
    headers = {"Authorization": "Simple alice", "X-Mizan-Token": mint("bob")}
    assert http.post(CALL, json={"fn": "members"}, headers=headers).json() == {"result": ["bob"]}


def test_obtaining_a_token(http: httpx.Client) -> None:
    answer = http.post(CALL, json={"fn": "mwt_obtain"}, headers={"Authorization": "Simple alice"}).json()
    token = answer["result"]["token"]
    assert http.post(CALL, json={"fn": "members"}, headers={"X-Mizan-Token": token}).json() == {"result": ["alice"]}
    refusal = http.post(CALL, json={"fn": "mwt_obtain"}, headers={"Authorization": "Nameless alice"})
    assert (refusal.status_code, refusal.json()["error"]["code"]) == (403, "FORBIDDEN")


def test_a_server_without_a_secret_says_which() -> None:
    app = FastAPI()
    app.add_middleware(AuthenticationMiddleware, backend=Backend())
    app.include_router(create_router(Registry(), Settings()), prefix="/api/mizan")
    with asking(app) as http:
        answer = http.post(CALL, json={"fn": "mwt_obtain"}, headers={"Authorization": "Simple alice"})
        assert answer.status_code == 501
        assert "MIZAN_MWT_SECRET" in answer.json()["error"]["message"]
