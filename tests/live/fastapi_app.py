"""The functions and channels of the scenarios, in a FastAPI application."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from mizan_core.registry import Registry
from mizan_fastapi import Settings, create_router, mount
from tests.live.functions import make_registry

SECRET = "of-the-live-scenarios-0123456789abcdef"
COOKIE = "session"


class SessionMiddleware:
    """Puts the user of the session cookie where the adapter looks for it; for sockets, too.

    :param sessions: the users by the cookie's value.
    """

    def __init__(self, app: ASGIApp, sessions: dict[str, Any]) -> None:
        self._app = app
        self._sessions = sessions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            cookies = [value.decode() for name, value in scope["headers"] if name == b"cookie"]
            for cookie in cookies:
                name, _, value = cookie.partition("=")
                if name == COOKIE and value in self._sessions:
                    scope.setdefault("state", {})["user"] = self._sessions[value]
        await self._app(scope, receive, send)


def make_app(
    registry: Registry | None = None,
    settings: Settings | None = None,
    sessions: dict[str, Any] | None = None,
    dependencies: Sequence[Any] | None = None,
    *,
    is_mounted: bool = True,
    **hooks: Any,
) -> FastAPI:
    """An application of its own, with a broker of its own where the settings name none."""
    app = FastAPI()
    app.add_middleware(SessionMiddleware, sessions={} if sessions is None else sessions)
    router = create_router(
        make_registry() if registry is None else registry,
        Settings(mwt_secret=SECRET) if settings is None else settings,
        dependencies=dependencies,
        **hooks,
    )
    if is_mounted:
        mount(app, "/api/mizan", router)
    else:
        app.include_router(router, prefix="/api/mizan")
    return app
