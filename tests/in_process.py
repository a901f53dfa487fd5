"""One HTTP request as a server in this process would hand it to an application, under WSGI and under ASGI."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple
from urllib.parse import unquote_to_bytes

_SERVER = ("127.0.0.1", 80)
_CLIENT = ("127.0.0.1", 50_000)
_NOT_NAMED_HTTP = ("CONTENT_TYPE", "CONTENT_LENGTH")


class Sent(NamedTuple):
    """A request on the wire; texts are Latin-1."""

    method: str
    path: str
    query: str
    headers: Iterable[tuple[str, str]]


class Said(NamedTuple):
    """An answer."""

    status: int
    headers: Iterable[tuple[str, str]]
    body: bytes


def over_wsgi(application: Callable[..., Any], environ: Mapping[str, Any]) -> Said:
    """The answer of a WSGI application."""
    started: list[tuple[int, list[tuple[str, str]]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], *_: Any) -> Callable[[bytes], Any]:
        started.append((int(status[:3]), headers))
        return lambda _: None

    response = application(environ, start_response)
    try:
        body = b"".join(response)
    finally:
        if hasattr(response, "close"):
            response.close()
    [(status, headers)] = started
    return Said(status, headers, body)


async def over_asgi(application: Callable[..., Any], scope: Mapping[str, Any], receive: Any) -> Said | None:
    """The answer of an ASGI application; None when it has given none.

    :param receive: what the application asks for the body, and for the end of the connection.
    """
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await application(scope, receive, send)
    if not sent:
        return None
    headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in sent[0]["headers"]]
    return Said(sent[0]["status"], headers, b"".join(message.get("body", b"") for message in sent[1:]))


def environ_of(request: Sent, body: bytes) -> dict[str, Any]:
    """What WSGI makes of a request."""
    named: dict[str, str] = {}
    for name, value in request.headers:
        key = name.upper().replace("-", "_")
        key = key if key in _NOT_NAMED_HTTP else f"HTTP_{key}"
        named[key] = f"{named[key]},{value}" if key in named else value
    return {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": _decoded(request.path).encode().decode("latin-1"),
        "QUERY_STRING": request.query,
        "SERVER_NAME": _SERVER[0],
        "SERVER_PORT": str(_SERVER[1]),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": _CLIENT[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        **named,
    }


def scope_of(request: Sent) -> dict[str, Any]:
    """What ASGI makes of a request."""
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "http",
        "path": _decoded(request.path),
        "raw_path": request.path.encode("latin-1"),
        "root_path": "",
        "query_string": request.query.encode("latin-1"),
        "headers": [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in request.headers],
        "client": _CLIENT,
        "server": _SERVER,
    }


def _decoded(path: str) -> str:
    return unquote_to_bytes(path).decode("utf-8", "replace")
