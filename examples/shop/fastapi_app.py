"""The shop in FastAPI: ``uvicorn examples.shop.fastapi_app:app``.

=================== ==================================================================================
MIZAN_MWT_SECRET    signs tokens, 32 bytes or more; made at start-up when left out: one process only
MIZAN_CACHE_SECRET  derives the cache's keys; as above
MIZAN_CACHE_URL     where the cache is; the memory of this process when left out
SHOP_DATABASE       the SQLite file; beside this module when left out
SHOP_PASSWORD       the password of the customers a new database begins with
=================== ==================================================================================
"""

from __future__ import annotations

import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi import __version__ as fastapi_version
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

import examples.shop.fastapi_files
import examples.shop.functions
import examples.shop.questions  # noqa: F401 - registers the form
from examples.shop.page import PAGE
from examples.shop.ports import shop
from examples.shop.sqlite_accounts import LIFETIME, Accounts
from examples.shop.sqlite_database import Database
from examples.shop.sqlite_store import SqliteStore
from mizan_fastapi import Settings, create_router, mount

SESSION_COOKIE = "shop_session"

path = Path(os.environ.get("SHOP_DATABASE") or Path(__file__).with_name("fastapi.sqlite3"))
database = Database(path)
accounts = Accounts(database)
shop.open(
    store=SqliteStore(database),
    user_of=lambda request: request.state.user,
    server=f"FastAPI {fastapi_version}",
    pictures=path.with_suffix(".pictures"),
)


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    database.prepare()
    yield


class Credentials(BaseModel):
    username: str
    password: str


app = FastAPI(title="Tea shop", lifespan=lifespan)
settings = Settings(
    mwt_secret=os.environ.get("MIZAN_MWT_SECRET") or secrets.token_urlsafe(32),
    cache_secret=os.environ.get("MIZAN_CACHE_SECRET") or secrets.token_urlsafe(32),
    cache_url=os.environ.get("MIZAN_CACHE_URL") or "memory://",
)
api = create_router(settings=settings, reload_user=accounts.again)
mount(app, "/api/mizan", api)
app.include_router(api.views)


class Identify:
    """Who has the session goes where Mizan looks for the user, of requests and of sockets."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            connection = HTTPConnection(scope)
            key = connection.cookies.get(SESSION_COOKIE)
            connection.state.user = None if key is None else await run_in_threadpool(accounts.find, key)
        await self._app(scope, receive, send)


app.add_middleware(Identify)


@app.post("/login/", status_code=204)
def log_in(credentials: Credentials, response: Response) -> None:
    key = accounts.log_in(credentials.username, credentials.password)
    if key is None:
        raise HTTPException(401, "The name or the password is wrong.")
    # Lax: no other site's page can call with this cookie. Behind HTTPS add secure=True.
    response.set_cookie(SESSION_COOKIE, key, max_age=int(LIFETIME.total_seconds()), httponly=True, samesite="lax")


@app.post("/logout/", status_code=204)
def log_out(request: Request, response: Response) -> None:
    accounts.log_out(request.cookies.get(SESSION_COOKIE, ""))
    response.delete_cookie(SESSION_COOKIE)


if PAGE.is_dir():
    # Last: it takes every path that is left.
    app.mount("/", StaticFiles(directory=PAGE, html=True))
