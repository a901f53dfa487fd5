"""Both adapters in one process on one engine: ``python -m tests.fuzz.fronts`` answers requests line by line."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable
from typing import Any

from tests.applications import configure_django, django_asgi, django_wsgi, fastapi
from tests.fuzz.exchange import KEPT_HEADERS, Answer, Request
from tests.fuzz.functions import register_all
from tests.in_process import Said, Sent, environ_of, over_asgi, over_wsgi, scope_of

SECRET = "of-the-fuzzer-alone-0123456789abcdef"
_ASGI_SHARE = 8
"""Django on an event loop hops between threads for every request; one in so many is enough."""


class Fronts:
    """FastAPI, and Django under WSGI and ASGI."""

    def __init__(self) -> None:
        register_all()
        self._loop = asyncio.new_event_loop()
        self._fastapi = fastapi(SECRET, is_mounted=False)
        configure_django(SECRET)
        self._wsgi, self._asgi = django_wsgi(), django_asgi()
        self._count = 0

    def ask(self, request: Request, *, everywhere: bool = False) -> list[Answer]:
        """The answers of the fronts; of Django's ASGI form only now and then, unless *everywhere*."""
        self._count += 1
        answers = [
            self._timed("fastapi", request, lambda: self._over_asgi(self._fastapi, request)),
            self._timed("django-wsgi", request, lambda: over_wsgi(self._wsgi, environ(request))),
        ]
        if everywhere or self._count % _ASGI_SHARE == 0:
            answers.append(self._timed("django-asgi", request, lambda: self._over_asgi(self._asgi, request)))
        return answers

    def _timed(self, front: str, request: Request, ask: Callable[[], Said]) -> Answer:
        begin = time.process_time()
        try:
            status, headers, body = ask()
        except Exception as error:  # noqa: BLE001 - a server would answer 500
            status, headers, body = Said(599, (), repr(error).encode("utf-8", "replace"))
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
    waiting = [{"type": "http.request", "body": _received(request), "more_body": False}]

    async def receive() -> Any:
        return waiting.pop() if waiting else await asyncio.Future()

    said = await over_asgi(application, scope_of(_sent(request)), receive)
    if said is None:
        raise RuntimeError("it has not answered")
    return said


def environ(request: Request) -> dict[str, Any]:
    """What a WSGI server makes of it."""
    return environ_of(_sent(request), _received(request)) | {"wsgi.input_terminated": True}


def _sent(request: Request) -> Sent:
    return Sent(request.method, request.path, request.query, request.headers)


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
