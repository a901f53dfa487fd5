"""What FastAPI alone takes: a router of three routes like ours, whose endpoints do nothing; and what it takes with one
that does nothing in the place of ours.
"""

from __future__ import annotations

from fastapi import APIRouter, FastAPI
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from mizan_core.registry import Registry
from mizan_fastapi import Settings, create_router, mount
from mizan_fastapi.dependencies import EndpointRoute


class Nothing:
    """An ASGI application, as ours are."""

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send, _whole: ASGIApp | None = None) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})


app = FastAPI()
router = APIRouter(routes=[Route(path, Nothing()) for path in ("/session/", "/call/", "/ctx/{name}/")])
app.include_router(router, prefix="/api/mizan")
mounted = FastAPI()
_emptied = create_router(Registry(), Settings())
for _route in _emptied.routes:
    if isinstance(_route, EndpointRoute):
        _route.asgi_endpoint = Nothing()  # type: ignore[assignment]
mount(mounted, "/api/mizan", _emptied)
