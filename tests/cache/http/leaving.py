"""A client that leaves when it has the first part of a streamed answer."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Callable, Mapping
from typing import Any

import httpx

from tests.cache.http.sites import Bridge, Site

_PATH = "/api/mizan/call/"


def leave(site: Site, function: str, arguments: Mapping[str, Any], meanwhile: Callable[[], Any]) -> None:
    """Return when the server has done with the request.

    :param meanwhile: is done when the first part has come, before the client leaves.
    """
    body = json.dumps({"fn": function, "args": dict(arguments)}).encode()
    if isinstance(site.transport, Bridge):
        site.portal.call(_leave_asgi, site.transport.asynchronous.app, body, meanwhile)
    else:
        assert isinstance(site.transport, httpx.WSGITransport)
        _leave_wsgi(site.transport.app, body, meanwhile)


def _leave_wsgi(app: Any, body: bytes, meanwhile: Callable[[], Any]) -> None:
    environ = {
        "REQUEST_METHOD": "POST",
        "SCRIPT_NAME": "",
        "PATH_INFO": _PATH,
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.url_scheme": "http",
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    response = app(environ, lambda *_: None)
    assert next(iter(response))
    meanwhile()
    response.close()


async def _leave_asgi(app: Any, body: bytes, meanwhile: Callable[[], Any]) -> None:
    first_part = asyncio.Event()
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> dict[str, Any]:
        if waiting:
            return waiting.pop()
        await first_part.wait()
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        if message.get("body"):
            await asyncio.to_thread(meanwhile)
            first_part.set()
            await asyncio.Future()

    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": _PATH,
        "raw_path": _PATH.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(b"host", b"testserver"), *headers],
        "client": ("127.0.0.1", 50_000),
        "server": ("testserver", 80),
    }
    await app(scope, receive, send)
