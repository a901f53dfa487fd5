"""HTTP requests to an application in this process, as a server would hand them in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

from tests.cache.soak.players import Answer, Request
from tests.in_process import Sent, environ_of, over_asgi, over_wsgi, scope_of

_CACHE_HEADER = "x-mizan-cache"


def ask_wsgi(application: Callable[..., Any], request: Request) -> Answer:
    """The answer of a WSGI application."""
    length = ("Content-Length", str(len(request.body)))
    said = over_wsgi(application, environ_of(_sent(request, length), request.body))
    return Answer(said.status, _word(said.headers), said.body)


async def ask_asgi(application: Callable[..., Any], request: Request, patience: float | None = None) -> Answer | None:
    """The answer of an ASGI application.

    :param patience: seconds after which the client leaves; None for one that stays.
    """
    waiting = [{"type": "http.request", "body": request.body, "more_body": False}]

    async def receive() -> dict[str, Any]:
        if waiting:
            return waiting.pop()
        if patience is None:
            return await asyncio.Future()
        await asyncio.sleep(patience)
        return {"type": "http.disconnect"}

    said = await over_asgi(application, scope_of(_sent(request, ("Content-Length", str(len(request.body))))), receive)
    return None if said is None else Answer(said.status, _word(said.headers), said.body)


async def ask_asgi_with_timeout(
    application: Callable[..., Any], request: Request, patience: float | None = None
) -> Answer | None:
    """As ``ask_asgi``; a server, or a middleware, that cancels the request of a client who has left."""
    task = asyncio.ensure_future(ask_asgi(application, request))
    await asyncio.wait([task], timeout=patience)
    if not task.done():
        task.cancel()
    try:
        return await task
    except asyncio.CancelledError:
        return None


def _word(headers: Iterable[tuple[str, str]]) -> str:
    return next((value for name, value in headers if name.lower() == _CACHE_HEADER), "")


def _sent(request: Request, *own: tuple[str, str]) -> Sent:
    return Sent(request.method, request.path, request.query, [*request.headers.items(), *own])
