"""Servers on loopback, one worker each, and a client that asks them one thing."""

from __future__ import annotations

import http.client
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from benchmarks.clients.exchange import Answer, Request
from examples.shop.demo.processes import Process
from tests.cache.redis.servers import HOST, free_port

_PATIENCE = 30.0
_COMMANDS = {
    "uvicorn": ("uvicorn", "--workers", "1", "--no-access-log", "--loop", "uvloop", "--http", "httptools"),
    "granian": ("granian", "--workers", "1", "--no-ws", "--interface", "asgi", "--loop", "uvloop"),
    "granian for WSGI": ("granian", "--workers", "1", "--no-ws", "--interface", "wsgi", "--blocking-threads", "1"),
}


@contextmanager
def serving(server: str, application: str) -> Iterator[str]:
    """The origin (``http://host:port``) of an application, for as long as it is served.

    :param server: a key of the commands above.
    :param application: ``module:name``.
    """
    port = free_port()
    command = [sys.executable, "-m", *_COMMANDS[server], "--host", HOST, "--port", str(port), application]
    process = Process(server, command, os.environ, echo=_ignore)
    try:
        _wait(process, port)
        yield f"http://{HOST}:{port}"
    finally:
        process.stop()


def ask(origin: str, request: Request) -> Answer:
    """The answer to one request, on a connection of its own."""
    connection = http.client.HTTPConnection(urlsplit(origin).netloc, timeout=_PATIENCE)
    try:
        path = f"{request.path}{'?' if request.query else ''}{request.query}"
        connection.request(request.method, path, request.body, dict(request.headers))
        response = connection.getresponse()
        headers = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, headers, response.read())
    finally:
        connection.close()


def _wait(process: Process, port: int) -> None:
    """Return when the server answers, whatever it answers."""
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            ask(f"http://{HOST}:{port}", Request("GET", "/", {}))
        except OSError:
            if time.monotonic() > end:
                raise TimeoutError(f"no answer within {_PATIENCE:g} s. {process.last_words()}") from None
            process.check_alive(within=0.05)
        else:
            return


def _ignore(_: str) -> None:
    """What a server prints is kept by its process."""
