"""The functions and channels of the scenarios, in a FastAPI application with accounts and sessions."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI, Response
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from mizan_core.registry import Registry
from mizan_fastapi import Settings, create_router, mount
from tests.live.functions import make_registry

SECRET = "of-the-live-scenarios-0123456789abcdef"
COOKIE = "session"


@dataclass(frozen=True)
class User:
    pk: str
    is_authenticated: bool = True


class Sessions:
    """Who is logged in, by cookie."""

    def __init__(self) -> None:
        self._users: dict[str, User] = {}

    def log_in(self, name: str) -> str:
        """Gives the cookie."""
        session = secrets.token_urlsafe()
        self._users[session] = User(name)
        return session

    def log_out(self, name: str) -> None:
        self._users = {session: user for session, user in self._users.items() if user.pk != name}

    def user(self, session: str | None) -> User | None:
        return self._users.get(session or "")

    def reload(self, user: User) -> User | None:
        """The user as it is now."""
        return user if user in self._users.values() else None


class SessionMiddleware:
    """Puts the user of the session cookie where the adapter looks for it; for sockets, too."""

    def __init__(self, app: ASGIApp, sessions: Sessions) -> None:
        self._app = app
        self._sessions = sessions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            user = self._sessions.user(HTTPConnection(scope).cookies.get(COOKIE))
            if user is not None:
                scope.setdefault("state", {})["user"] = user
        await self._app(scope, receive, send)


def make_app(
    settings: Settings | None = None,
    *,
    registry: Registry | None = None,
    sessions: Sessions | None = None,
    dependencies: Sequence[Any] | None = None,
    is_mounted: bool = True,
) -> FastAPI:
    """An application of its own, with a broker of its own where the settings name none."""
    app, accounts = FastAPI(), Sessions() if sessions is None else sessions
    app.add_middleware(SessionMiddleware, sessions=accounts)
    router = create_router(
        make_registry() if registry is None else registry,
        Settings(mwt_secret=SECRET) if settings is None else settings,
        dependencies=dependencies,
        reload_user=accounts.reload,
    )
    if is_mounted:
        mount(app, "/api/mizan", router)
    else:
        app.include_router(router, prefix="/api/mizan")

    @app.get("/test/login/{name}/")
    def log_in(name: str, response: Response) -> None:
        response.set_cookie(COOKIE, accounts.log_in(name))

    @app.get("/test/logout/{name}/")
    def log_out(name: str) -> None:
        accounts.log_out(name)

    return app
