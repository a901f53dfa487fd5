"""The functions under test in a FastAPI application."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from mizan_core.engine import current
from mizan_fastapi import Settings, create_router, mount, router
from tests.conformance import functions
from tests.conformance.apps import fastapi_forms, fastapi_functions
from tests.conformance.apps.accounts import ACCOUNTS, RING, SECRET
from tests.conformance.apps.odd_users import HEADER as ODD_USER
from tests.conformance.apps.odd_users import NO_STAFF, ODD_USERS

__all__ = ("app", "fastapi_forms", "fastapi_functions", "functions")

COOKIE = "session"


@dataclass(frozen=True)
class User:
    id: int
    is_staff: bool
    is_superuser: bool
    permissions: tuple[str, ...]
    is_authenticated: bool = True

    def get_all_permissions(self) -> set[str]:
        return set(self.permissions)


@dataclass(frozen=True)
class Nobody:
    """What some middlewares put in place of a user."""

    is_authenticated: bool = False


_users = {
    account.name: User(number, account.staff, account.superuser, account.permissions)
    for number, account in enumerate(ACCOUNTS.values(), start=101)
}
_sessions: dict[str, User | Nobody] = {"nobody": Nobody()}


class SessionMiddleware:
    """Puts the user of the session cookie, or one by name, where the adapter looks for it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            connection = HTTPConnection(scope)
            session, odd = connection.cookies.get(COOKIE), connection.headers.get(ODD_USER)
            if session in _sessions:
                scope.setdefault("state", {})["user"] = _sessions[session]
            if odd is not None:
                scope.setdefault("state", {})["user"] = (ODD_USERS | NO_STAFF)[odd]
        await self._app(scope, receive, send)


app = FastAPI()
app.add_middleware(SessionMiddleware)
api = create_router(settings=Settings(mwt_secret=SECRET), login_url="/login/")
mount(app, "/api/mizan", api)
app.include_router(api.views)
app.include_router(create_router(settings=Settings(mwt_secret=SECRET)), prefix="/included/mizan")
app.include_router(router, prefix="/default/mizan")
app.include_router(create_router(settings=Settings(mwt_secret=RING)), prefix="/ring/mizan")
app.include_router(create_router(settings=Settings(mwt_secret=SECRET, mwt_audience="x")), prefix="/audience/mizan")
app.include_router(create_router(settings=Settings(mwt_secret=SECRET, mwt_leeway=10)), prefix="/leeway/mizan")


@app.exception_handler(fastapi_functions.Handled)
@app.exception_handler(fastapi_functions.OwnHTTPException)
@app.exception_handler(451)
async def handle(request: Request, error: Exception) -> JSONResponse:
    body = json.loads(await request.body())
    return JSONResponse({"own": type(error).__name__, "fn": body["fn"]}, 418, {"X-Own": "kept"})


@app.exception_handler(fastapi_functions.HandledByThread)
def handle_in_thread(request: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"own": type(error).__name__, "fn": ""}, 418, {"X-Own": "kept"})


@app.exception_handler(fastapi_functions.HandledBadly)
def fail_to_handle(request: Request, error: Exception) -> JSONResponse:
    raise RuntimeError(functions.failures.CAUSE)


@app.exception_handler(404)
async def show_not_found(request: Request, error: HTTPException) -> Response | None:
    if "html" not in request.headers.get("Accept", ""):
        # What functions raise is left to Mizan.
        return JSONResponse({"detail": "Not Found"}, 404) if error.detail == "Not Found" else None
    return HTMLResponse("<h1>The site's own page: not found</h1>", 404)


@app.get("/test/reverse/{name}/{number}/")
def reversed_url(request: Request, name: str, number: int) -> Response:
    return PlainTextResponse(str(request.app.url_path_for(f"mizan-view:{name}", user_id=number)))


@app.get("/test/login/{name}/")
def login(name: str, response: Response) -> dict[str, str]:
    session = secrets.token_urlsafe()
    _sessions[session] = _users[name]
    response.set_cookie(COOKIE, session)
    return {"id": str(_users[name].id)}


@app.get("/test/engine/")
def engine() -> dict[str, str]:
    return {"engine": current().name}
