"""A proxy between the demo's client and a shop that does one thing wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TypeAlias

import httpx

_HOP_BY_HOP = frozenset({"connection", "content-length", "date", "host", "server", "transfer-encoding"})


@dataclass
class Request:
    method: str
    target: str
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes


@dataclass
class Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes


Forward: TypeAlias = "Callable[[Request], Answer]"
Tampering: TypeAlias = "Callable[[Request, Forward], Answer]"


@contextmanager
def tampered(url: str, tampering: Tampering) -> Iterator[str]:
    """The URL of a shop that is the one at *url*, but for *tampering*."""
    with httpx.Client(base_url=url, trust_env=False, timeout=60) as client:
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(client, tampering))
        server.daemon_threads = True
        thread = Thread(target=server.serve_forever, args=[0.05])
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


def _handler(client: httpx.Client, tampering: Tampering) -> type[BaseHTTPRequestHandler]:
    def forward(request: Request) -> Answer:
        # The client must not add cookies of its own to those of the browser.
        client.cookies.clear()
        response = client.request(request.method, request.target, headers=request.headers, content=request.body or None)
        headers = [(name, value) for name, value in response.headers.multi_items() if name not in _HOP_BY_HOP]
        return Answer(response.status_code, headers, response.content)

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            for name in _HOP_BY_HOP:
                headers.pop(name, None)
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            answer = tampering(Request(self.command, self.path, headers, body), forward)
            self.send_response(answer.status)
            for name, value in answer.headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        do_GET = handle_any  # noqa: N815 - http.server's names
        do_POST = handle_any  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Quiet."""

    return Handler
