"""A WSGI application in this process, asked without a server: called as one calls it, one request at a time."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterable
from time import process_time
from typing import Any

from benchmarks.clients.exchange import Answer, Disagreement, Request
from benchmarks.harness import Run

Environ = dict[str, Any]
Application = Callable[[Environ, Any], Iterable[bytes]]

_UNPREFIXED = ("CONTENT_TYPE", "CONTENT_LENGTH")


class WsgiApplication:
    """What a server does with *application*, without the server."""

    def __init__(self, application: Application) -> None:
        self._application = application

    def answer(self, request: Request) -> Answer:
        """The answer to one request."""
        exchange = _Exchange()
        exchange.ask(self._application, {**_environ(request), "wsgi.input": io.BytesIO(request.body)})
        return exchange.answer()

    def run(self, request: Request) -> Run:
        """A run that sends *request* again and again.

        :raises Disagreement: when the last answer of a run is no success.
        """
        template = _environ(request)

        def run(repetitions: int) -> float:
            application, exchange = self._application, _Exchange()
            started = process_time()
            for _ in range(repetitions):
                exchange = _Exchange()
                exchange.ask(application, {**template, "wsgi.input": io.BytesIO(request.body)})
            seconds = process_time() - started
            exchange.check()
            return seconds

        return run


class _Exchange:
    """One request's answer, as it comes."""

    __slots__ = ("_body", "_headers", "_status")

    def ask(self, application: Application, environ: Environ) -> None:
        parts = application(environ, self._start)
        self._body = b"".join(parts)
        close = getattr(parts, "close", None)
        if close is not None:
            close()

    def _start(self, status: str, headers: list[tuple[str, str]], _: Any = None) -> None:
        self._status = status
        self._headers = headers

    def answer(self) -> Answer:
        headers = {name.lower(): value for name, value in self._headers}
        return Answer(int(self._status.partition(" ")[0]), headers, self._body)

    def check(self) -> None:
        if not self._status.startswith("200 "):
            raise Disagreement(f"a measured request is answered with {self._status}")


def _environ(request: Request) -> Environ:
    named = {name.upper().replace("-", "_"): value for name, value in request.all_headers().items()}
    return {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": request.path,
        "QUERY_STRING": request.query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        **{name if name in _UNPREFIXED else f"HTTP_{name}": value for name, value in named.items()},
    }
