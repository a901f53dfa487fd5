"""What FastAPI alone takes: a router of three routes like ours, whose endpoints do nothing."""

from __future__ import annotations

from fastapi import APIRouter, FastAPI
from starlette.routing import Route
from starlette.types import Receive, Scope, Send


class Nothing:
    """An ASGI application, as ours are."""

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})


app = FastAPI()
router = APIRouter(routes=[Route(path, Nothing()) for path in ("/session/", "/call/", "/ctx/{name}/")])
app.include_router(router, prefix="/api/mizan")
