"""``create_router(load_user=...)``: functions see the user that a token stands for, held against the token."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request

from mizan_core.client import client
from mizan_core.errors import ConfigurationError
from mizan_core.mwt import MWTUser, create_mwt
from mizan_core.registry import Registry
from mizan_core.settings import Settings
from mizan_fastapi import create_router
from tests.adapters.in_process import asking
from tests.conformance.apps.accounts import SECRET

BASE = "/api/mizan"


@dataclass(frozen=True)
class User:
    id: int
    name: str
    is_staff: bool = True
    is_active: bool = True
    permissions: tuple[str, ...] = ("orders.add",)
    is_authenticated: bool = True

    def get_all_permissions(self) -> set[str]:
        return set(self.permissions)


ADA = User(1, "Ada")


class Users:
    """A table of users that counts what is asked of it."""

    def __init__(self) -> None:
        self.rows = {"1": ADA}
        self.asked = 0

    def load(self, token: MWTUser) -> User | None:
        self.asked += 1
        return self.rows.get(token.id)

    async def aload(self, token: MWTUser) -> User | None:
        return self.load(token)

    def change(self, **changes: Any) -> None:
        self.rows["1"] = replace(ADA, **changes)


async def _may(request: Request) -> bool:
    return "orders.add" in request.state.user.permissions


@client(auth=True)
def name(request: Request) -> list[str]:
    return [request.state.user.name, request.user.name]


@client(auth="staff")
def staff(request: Request) -> str:
    return "in"


@client(auth=_may)
def permitted(request: Request) -> str:
    return "in"


@client(context="page")
def page(request: Request) -> str:
    return f"{request.state.user.name} {request.user.name}"


@client(context="gated", auth=_may)
def gated(request: Request) -> str:
    return "in"


def _app(load_user: Callable[[MWTUser], Any] | None, check: str) -> FastAPI:
    registry = Registry()
    for function in (name, staff, permitted, page, gated):
        registry.register(function)
    settings = Settings(mwt_secret=SECRET, mwt_check=check, cache_secret="a-cache-secret-of-these-tests-0123456789")
    app = FastAPI()
    app.include_router(create_router(registry, settings, load_user=load_user), prefix=BASE)
    return app


@contextmanager
def _asking(load_user: Callable[[MWTUser], Any] | None, check: str = "loaded") -> Iterator[httpx.Client]:
    with asking(_app(load_user, check)) as http:
        http.headers["X-Mizan-Token"] = create_mwt(ADA, SECRET)
        yield http


def _call(http: httpx.Client, function: str) -> httpx.Response:
    return http.post(f"{BASE}/call/", json={"fn": function})


@pytest.fixture
def users() -> Users:
    return Users()


@pytest.fixture(params=["load", "aload"])
def load_user(request: pytest.FixtureRequest, users: Users) -> Any:
    return getattr(users, request.param)


def test_functions_see_the_user(load_user: Any) -> None:
    with _asking(load_user) as http:
        assert _call(http, "name").json() == {"result": ["Ada", "Ada"]}
        assert _call(http, "permitted").json() == {"result": "in"}
        assert http.get(f"{BASE}/ctx/page/").json() == {"page": "Ada Ada"}
        assert http.get(f"{BASE}/ctx/gated/").json() == {"gated": "in"}


def test_a_cached_bundle_asks_nobody(users: Users, load_user: Any) -> None:
    with _asking(load_user) as http:
        words = [http.get(f"{BASE}/ctx/page/").headers["X-Mizan-Cache"] for _ in range(3)]
    assert (words, users.asked) == (["MISS", "HIT", "HIT"], 1)


def test_the_token_obtains_no_other(users: Users) -> None:
    with _asking(users.load) as http:
        assert _call(http, "mwt_obtain").status_code == 403


REVOCATIONS: dict[str, dict[str, Any]] = {
    "flag": {"is_staff": False},
    "permission": {"permissions": ()},
    "lock-out": {"is_active": False},
    "sign-off": {"is_authenticated": False},
    "another user": {"id": 2},
}


@pytest.mark.parametrize("revocation", REVOCATIONS)
def test_revoked_rights_end_the_token(users: Users, load_user: Any, revocation: str) -> None:
    with _asking(load_user) as http:
        users.change(**REVOCATIONS[revocation])
        for response in (_call(http, "name"), _call(http, "staff"), http.get(f"{BASE}/ctx/page/")):
            assert (response.status_code, response.json()["error"]["code"]) == (401, "UNAUTHORIZED")


@pytest.mark.parametrize("check", ["never", "loaded", "always"])
def test_a_user_who_is_gone(users: Users, load_user: Any, check: str) -> None:
    users.rows.clear()
    with _asking(load_user, check) as http:
        assert _call(http, "name").status_code == 401
        assert http.get(f"{BASE}/ctx/page/").status_code == 401


def test_always_asks_for_a_cached_bundle_too(users: Users, load_user: Any) -> None:
    with _asking(load_user, "always") as http:
        assert [http.get(f"{BASE}/ctx/page/").status_code for _ in range(2)] == [200, 200]
        assert users.asked == 2
        users.change(is_staff=False)
        assert http.get(f"{BASE}/ctx/page/").status_code == 401


def test_never_takes_the_user_as_it_is(users: Users, load_user: Any) -> None:
    users.change(name="Grace", is_staff=False)
    with _asking(load_user, "never") as http:
        assert _call(http, "name").json() == {"result": ["Grace", "Grace"]}
        assert _call(http, "staff").json() == {"result": "in"}


def test_without_a_hook_the_token_is_the_user() -> None:
    with _asking(None) as http:
        assert _call(http, "staff").json() == {"result": "in"}


def test_always_without_a_hook_does_not_start() -> None:
    app = FastAPI()
    app.include_router(create_router(Registry(), Settings(mwt_check="always")))

    async def start() -> None:
        async with app.router.lifespan_context(app):
            raise AssertionError("it has started")

    with pytest.raises(ConfigurationError, match="load_user"):
        asyncio.run(start())


def test_always_without_a_hook_takes_no_token() -> None:
    """Where the start is not told to the router, as with an application that is mounted in another."""
    with _asking(None, "always") as http:
        assert _call(http, "staff").status_code == 500
