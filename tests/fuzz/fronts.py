"""Both adapters in one process on one engine: ``python -m tests.fuzz.fronts`` answers requests line by line."""

from __future__ import annotations

import asyncio
import io
import sys
import time
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import unquote_to_bytes

from tests.fuzz.exchange import KEPT_HEADERS, Answer, Request
from tests.fuzz.functions import register_all

SECRET = "of-the-fuzzer-alone-0123456789abcdef"
_BASE = "/api/mizan/"
_SERVER = ("127.0.0.1", 80)
_ASGI_SHARE = 8
"""Django on an event loop hops between threads for every request; one in so many is enough."""
_NOT_NAMED_HTTP = ("CONTENT_TYPE", "CONTENT_LENGTH")

Said = tuple[int, Iterable[tuple[str, str]], bytes]


class Fronts:
    """FastAPI, and Django under WSGI and ASGI."""

    def __init__(self) -> None:
        register_all()
        self._loop = asyncio.new_event_loop()
        self._fastapi = _fastapi()
        _configure_django()
        self._wsgi, self._asgi = _django()
        self._count = 0

    def ask(self, request: Request, *, everywhere: bool = False) -> list[Answer]:
        """The answers of the fronts; of Django's ASGI form only now and then, unless *everywhere*."""
        self._count += 1
        answers = [
            self._timed("fastapi", request, lambda: self._over_asgi(self._fastapi, request)),
            self._timed("django-wsgi", request, lambda: _over_wsgi(self._wsgi, request)),
        ]
        if everywhere or self._count % _ASGI_SHARE == 0:
            answers.append(self._timed("django-asgi", request, lambda: self._over_asgi(self._asgi, request)))
        return answers

    def _timed(self, front: str, request: Request, ask: Callable[[], Said]) -> Answer:
        begin = time.process_time()
        try:
            status, headers, body = ask()
        except Exception as error:  # noqa: BLE001 - a server would answer 500
            status, headers, body = 599, (), repr(error).encode("utf-8", "replace")
        kept = sorted((name.lower(), value) for name, value in headers if name.lower() in KEPT_HEADERS)
        return Answer(front, status, tuple(kept), body.decode("latin-1"), time.process_time() - begin)

    def _over_asgi(self, application: Any, request: Request) -> Said:
        return self._loop.run_until_complete(_over_asgi(application, request))


def _received(request: Request) -> bytes:
    """What a server hands in: as many bytes as are declared, none without a declaration or chunks."""
    fields = {name.lower(): value for name, value in request.headers}
    declared = fields.get("content-length", "")
    if not declared and "transfer-encoding" not in fields:
        return b""
    body = request.body.encode("latin-1")
    digits = declared.lstrip("0") or "0"
    is_number = declared.isascii() and declared.isdecimal() and len(digits) < 20
    return body[: int(digits)] if is_number else body


async def _over_asgi(application: Any, request: Request) -> Said:
    sent: list[Any] = []
    waiting = [{"type": "http.request", "body": _received(request), "more_body": False}]

    async def receive() -> Any:
        return waiting.pop() if waiting else await asyncio.Future()

    async def send(message: Any) -> None:
        sent.append(message)

    await application(_scope(request), receive, send)
    headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in sent[0]["headers"]]
    return sent[0]["status"], headers, b"".join(message.get("body", b"") for message in sent[1:])


def _over_wsgi(application: Any, request: Request) -> Said:
    started: list[Any] = []

    def start_response(status: str, headers: list[tuple[str, str]], *_: Any) -> Callable[[bytes], Any]:
        started.append((int(status[:3]), headers))
        return lambda _: None

    response = application(_environ(request), start_response)
    try:
        body = b"".join(response)
    finally:
        response.close()
    [(status, headers)] = started
    return status, headers, body


def _scope(request: Request) -> dict[str, Any]:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "http",
        "path": unquote_to_bytes(request.path).decode("utf-8", "replace"),
        "raw_path": request.path.encode("latin-1"),
        "root_path": "",
        "query_string": request.query.encode("latin-1"),
        "headers": [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in request.headers],
        "client": ("127.0.0.1", 50_000),
        "server": _SERVER,
    }


def _environ(request: Request) -> dict[str, Any]:
    named: dict[str, str] = {}
    for name, value in request.headers:
        key = name.upper().replace("-", "_")
        key = key if key in _NOT_NAMED_HTTP else f"HTTP_{key}"
        named[key] = f"{named[key]},{value}" if key in named else value
    return {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(request.path).decode("utf-8", "replace").encode().decode("latin-1"),
        "QUERY_STRING": request.query,
        "SERVER_NAME": _SERVER[0],
        "SERVER_PORT": str(_SERVER[1]),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(_received(request)),
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        **named,
    }


def _fastapi() -> Any:
    from fastapi import FastAPI

    from mizan_core.settings import Settings
    from mizan_fastapi import create_router

    app = FastAPI()
    app.include_router(create_router(settings=Settings(mwt_secret=SECRET, cache_secret=SECRET)), prefix=_BASE[:-1])
    return app


def _configure_django() -> None:
    from django.conf import settings

    settings.configure(
        SECRET_KEY=SECRET,
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF="tests.fuzz.django_urls",
        INSTALLED_APPS=["mizan"],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        MIZAN_MWT_SECRET=SECRET,
        MIZAN_CACHE_SECRET=SECRET,
    )


def _django() -> tuple[Any, Any]:
    from django.core.asgi import get_asgi_application
    from django.core.wsgi import get_wsgi_application

    return get_wsgi_application(), get_asgi_application()


def _serve() -> None:
    import logging

    logging.basicConfig(level=logging.CRITICAL, force=True)
    fronts = Fronts()
    logging.disable(logging.CRITICAL)
    for line in sys.stdin:
        everywhere = line.startswith("!")
        answers = fronts.ask(Request.read(line.removeprefix("!")), everywhere=everywhere)
        sys.stdout.write("\t".join(answer.line() for answer in answers) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _serve()
