"""HTTP requests to an application in this process, as a server would hand them in."""

from __future__ import annotations

import asyncio
import io
import sys
from collections.abc import Callable, Iterable
from typing import Any

from tests.cache.soak.players import Answer, Request

_SERVER = ("127.0.0.1", 80)
_CACHE_HEADER = "x-mizan-cache"


def ask_wsgi(application: Callable[..., Any], request: Request) -> Answer:
    """The answer of a WSGI application."""
    started: list[tuple[str, list[tuple[str, str]]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], *_: Any) -> Callable[[bytes], Any]:
        started.append((status, headers))
        return lambda _: None

    response = application(_environ(request), start_response)
    try:
        body = b"".join(response)
    finally:
        if hasattr(response, "close"):
            response.close()
    [(status, headers)] = started
    return Answer(int(status.split()[0]), _word(headers), body)


async def ask_asgi(application: Callable[..., Any], request: Request, patience: float | None = None) -> Answer | None:
    """The answer of an ASGI application.

    :param patience: seconds after which the client leaves; None for one that stays.
    """
    sent: list[dict[str, Any]] = []
    waiting = [{"type": "http.request", "body": request.body, "more_body": False}]

    async def receive() -> dict[str, Any]:
        if waiting:
            return waiting.pop()
        if patience is None:
            return await asyncio.Future()
        await asyncio.sleep(patience)
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await application(_scope(request), receive, send)
    if not sent:
        return None
    headers = ((name.decode(), value.decode()) for name, value in sent[0]["headers"])
    return Answer(sent[0]["status"], _word(headers), b"".join(message.get("body", b"") for message in sent[1:]))


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


def _environ(request: Request) -> dict[str, Any]:
    named = {name.upper().replace("-", "_"): value for name, value in request.headers.items()}
    content_type = named.pop("CONTENT_TYPE", "")
    return {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": request.path,
        "QUERY_STRING": request.query,
        "CONTENT_TYPE": content_type,
        "CONTENT_LENGTH": str(len(request.body)),
        "SERVER_NAME": _SERVER[0],
        "SERVER_PORT": str(_SERVER[1]),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        **{f"HTTP_{name}": value for name, value in named.items()},
    }


def _scope(request: Request) -> dict[str, Any]:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "http",
        "path": request.path,
        "raw_path": request.path.encode(),
        "root_path": "",
        "query_string": request.query.encode(),
        "headers": [
            (name.lower().encode(), value.encode())
            for name, value in {**request.headers, "Content-Length": str(len(request.body))}.items()
        ],
        "client": ("127.0.0.1", 50_000),
        "server": _SERVER,
    }
