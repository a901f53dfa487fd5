"""What a server in this process would hand to an application: one HTTP request, under WSGI and under ASGI, or what goes
over a connection that lasts, message by message.
"""

from __future__ import annotations

import asyncio
import io
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, NamedTuple
from urllib.parse import unquote_to_bytes

LONGEST = 60.0
"""Seconds that an application may take to say or do something before the test fails."""
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


class Connection:
    """An ASGI application that runs for one connection: what it is handed, and what it sends.

    :param patience: seconds that it may take to send something; None for as long as it likes.
    """

    def __init__(
        self, application: Callable[..., Any], scope: Mapping[str, Any], patience: float | None = LONGEST
    ) -> None:
        self._received: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._sent: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._run = partial(application, scope, self._received.get, self._sent.put)
        self._patience = patience

    def begin(self, **message: Any) -> None:
        """Run it, and hand it its first message."""
        self.hand(**message)
        self._task = asyncio.ensure_future(self._run())

    def hand(self, **message: Any) -> None:
        self._received.put_nowait(message)

    async def next(self) -> dict[str, Any]:
        """What it sends next.

        :raises Exception: what it raises instead.
        """
        getting = asyncio.ensure_future(self._sent.get())
        try:
            await asyncio.wait({getting, self._task}, timeout=self._patience, return_when=asyncio.FIRST_COMPLETED)
            if getting.done():
                return getting.result()
            assert self._task.done(), "the application sends nothing"
            self._task.result()
            raise AssertionError("the application has ended without a word")
        finally:
            getting.cancel()

    async def ended(self) -> None:
        """Wait until it has ended by itself."""
        await asyncio.wait_for(asyncio.shield(self._task), LONGEST)

    async def end(self, kind: str, **details: Any) -> None:
        """Tell it with a message of *kind* that the client has gone; returns when it has ended."""
        self.hand(type=kind, **details)
        await asyncio.wait_for(self._task, LONGEST)


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
