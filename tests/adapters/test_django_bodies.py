"""Bodies before Django's views: what ``limit_body`` keeps away from it, and chunks under WSGI."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROGRAM = """
import asyncio, io, json, sys
from tests.fuzz.fronts import Fronts
from tests.fuzz.exchange import Request

fronts = Fronts()
from mizan.asgi import limit_body

LIMIT = 1_048_576
CALL = b'{"fn":"anything","args":{"value":1}}'
TOO_LONG = b'{"fn":"anything","args":{"value":"' + b"x" * LIMIT + b'"}}'
reads = []


def scope(path="/api/mizan/call/", **fields):
    headers = [(b"host", b"testserver"), (b"content-type", b"application/json")]
    headers += [(name.replace("_", "-").encode(), value) for name, value in fields.items()]
    return {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
            "path": path, "raw_path": path.encode(), "root_path": "", "query_string": b"", "headers": headers,
            "client": ("127.0.0.1", 5), "server": ("127.0.0.1", 80)}


def ask(scope, *chunks):
    waiting, sent = list(chunks), []
    reads.clear()

    async def receive():
        if not waiting:
            return await asyncio.Future()
        reads.append(waiting.pop(0))
        return {"type": "http.request", "body": reads[-1], "more_body": bool(waiting)}

    async def send(message):
        sent.append(message)

    fronts._loop.run_until_complete(limit_body(fronts._asgi)(scope, receive, send))
    return sent[0]["status"], json.loads(b"".join(message.get("body", b"") for message in sent[1:]))


def check(value, expected):
    if value != expected:
        sys.exit(f"{value} instead of {expected}")


# A declared length is enough; an undeclared one is counted.
check(ask(scope(content_length=b"9" * 5_000), CALL)[0], 413)
check(reads, [])
check(ask(scope(content_length=b"-1"), CALL)[0], 400)
check(reads, [])
status, answer = ask(scope(), *[TOO_LONG] * 300)
check((status, answer["error"]["code"], len(reads)), (413, "PAYLOAD_TOO_LARGE", 1))
check(ask(scope(), *[b"x" * 65_536] * 5_000)[0], 413)
check(len(reads), LIMIT // 65_536 + 1)
check(ask(scope(), CALL[:5], CALL[5:]), (200, {"result": "int"}))


# Chunks under WSGI, where the server marks their end.
def wsgi(body, **more):
    from tests.fuzz.fronts import environ as environ_of
    started = []
    headers = (("Host", "testserver"), ("Content-Type", "application/json"), ("Transfer-Encoding", "chunked"))
    environ = environ_of(Request("POST", "/api/mizan/call/", "", headers, "")) | {"wsgi.input": io.BytesIO(body)} | more
    response = fronts._wsgi(environ, lambda status, headers: started.append(int(status[:3])))
    return started[0], json.loads(b"".join(response))


check(wsgi(CALL), (200, {"result": "int"}))
check(wsgi(TOO_LONG)[0], 413)
check(wsgi(b"")[0], 400)
status, answer = wsgi(CALL, **{"wsgi.input_terminated": False})
check((status, "Content-Length" in answer["error"]["message"]), (400, True))
"""


@pytest.mark.parametrize("engine_name", ["native", "pure"])
def test_bodies_before_they_are_read(engine_name: str) -> None:
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM],
        cwd=ROOT,
        env={**os.environ, "MIZAN_ENGINE": engine_name, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=250,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
