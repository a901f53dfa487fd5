"""The default router of FastAPI, with users and with Starlette's own sessions."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import FastAPI, Response
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from mizan_fastapi import router, views
from tests.conformance.apps.accounts import ACCOUNTS

COOKIE = "user"


@dataclass(frozen=True)
class User:
    id: int
    is_staff: bool
    is_superuser: bool
    is_authenticated: bool = True


_USERS = {
    account.name: User(number, account.staff, account.superuser)
    for number, account in enumerate(ACCOUNTS.values(), start=101)
}


class UserMiddleware:
    """Puts the user where the adapter looks for it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            name = HTTPConnection(scope).cookies.get(COOKIE)
            scope.setdefault("state", {})["user"] = _USERS.get(name or "")
        await self._app(scope, receive, send)


app = FastAPI()
app.add_middleware(UserMiddleware)
app.add_middleware(SessionMiddleware, secret_key="of-these-tests-alone")
app.include_router(router, prefix="/api/mizan")
app.include_router(views)


@app.get("/test/login/{name}/")
def log_in(response: Response, name: str) -> dict[str, str]:
    response.set_cookie(COOKIE, name)
    return {"id": str(_USERS[name].id)}
