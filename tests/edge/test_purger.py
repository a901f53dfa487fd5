"""What sends purges to an edge."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from queue import SimpleQueue
from threading import Thread
from typing import Any

import pytest

from mizan_core.edge.purging import EdgePurger

PATIENCE = 60


class Edge(HTTPServer):
    """Takes everything, and notes it."""

    def __init__(self) -> None:
        self.taken: SimpleQueue[Any] = SimpleQueue()
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: Edge

    def do_POST(self) -> None:
        self.server.taken.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@pytest.fixture
def edge(monkeypatch: pytest.MonkeyPatch) -> Iterator[Edge]:
    monkeypatch.setenv("no_proxy", "*")
    with Edge() as edge:
        serving = Thread(target=edge.serve_forever)
        serving.start()
        yield edge
        edge.shutdown()
        serving.join()


def test_what_no_thread_could_be_begun_for_goes_with_the_next(edge: Edge, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor does it fail: what has been purged in the cache is purged."""

    def refuse(_: Thread) -> None:
        raise RuntimeError("can't start new thread")

    purger = EdgePurger(f"http://127.0.0.1:{edge.server_port}/purge", "an-edge-secret-of-these-tests-alone")
    with monkeypatch.context() as patch:
        patch.setattr(Thread, "start", refuse)
        purger.purge(["tag:a"])
    purger.purge(["tag:b"])
    assert edge.taken.get(timeout=PATIENCE) == {"tags": ["tag:a", "tag:b"]}
