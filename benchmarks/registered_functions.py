"""The cost of a request when ever more functions are registered.

The same mutation is called through each adapter, in process, with 10 functions registered and with more: without a
token, its body validated, its result merged and its invalidation answered. Each application runs in a process of its
own, and what is measured is the processor's time: two processes are rarely interrupted at the same moment.
"""

from __future__ import annotations

import asyncio
import io
import itertools
import json
from collections.abc import Callable
from functools import partial
from time import process_time
from typing import Any

from benchmarks.harness import Effort, Question, Run, Samples, interleaved, main
from benchmarks.registration import fill, registry_of
from benchmarks.worker import worker

FEW = 10
BODY = json.dumps({"fn": "update_0", "args": {"user_id": 5, "note": "Ring twice."}}).encode()
RESULT = b'{"result":{"user_id":5,"note":"Ring twice."},'


def fastapi(count: int) -> Run:
    """A run through a FastAPI application with so many functions."""
    from fastapi import FastAPI

    from mizan_core.settings import Settings
    from mizan_fastapi import create_router

    app = FastAPI()
    app.include_router(create_router(registry_of(count), Settings()), prefix="/api/mizan")
    loop = asyncio.new_event_loop()
    loop.run_until_complete(_check(app))
    return lambda repetitions: loop.run_until_complete(_call(app, repetitions))


def django(count: int) -> Run:
    """A run through a Django project with so many functions."""
    import django
    from django.conf import settings

    settings.configure(ALLOWED_HOSTS=["*"], ROOT_URLCONF="benchmarks.django_urls", INSTALLED_APPS=["mizan"])
    django.setup()

    from django.core.handlers.wsgi import WSGIHandler

    from mizan_core.registry import default_registry

    fill(default_registry, count)
    handler = WSGIHandler()
    answered = b"".join(handler(_environ(), _start))
    assert answered.startswith(RESULT), answered
    return partial(_request, handler)


def _scope() -> dict[str, Any]:
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/api/mizan/call/",
        "raw_path": b"/api/mizan/call/",
        "query_string": b"",
        "root_path": "",
        "headers": [
            (b"host", b"localhost"),
            (b"content-type", b"application/json"),
            (b"content-length", str(len(BODY)).encode()),
        ],
        "client": ("127.0.0.1", 50_000),
        "server": ("127.0.0.1", 80),
        "state": {},
    }


async def _receive() -> dict[str, Any]:
    return {"type": "http.request", "body": BODY, "more_body": False}


async def _send(_: Any) -> None:
    pass


async def _check(app: Callable[..., Any]) -> None:
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await app(_scope(), _receive, send)
    assert sent[0]["status"] == 200, sent
    assert sent[1]["body"].startswith(RESULT), sent


async def _call(app: Callable[..., Any], repetitions: int) -> float:
    rounds = itertools.repeat(None, repetitions)
    started = process_time()
    for _ in rounds:
        await app(_scope(), _receive, _send)
    return process_time() - started


def _environ() -> dict[str, Any]:
    return {
        "REQUEST_METHOD": "POST",
        "SCRIPT_NAME": "",
        "PATH_INFO": "/api/mizan/call/",
        "QUERY_STRING": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "localhost",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(BODY)),
        "wsgi.input": io.BytesIO(BODY),
        "wsgi.errors": io.StringIO(),
        "wsgi.url_scheme": "http",
    }


def _start(status: str, headers: Any, _: Any = None) -> None:
    assert status == "200 OK", status


def _request(handler: Callable[..., Any], repetitions: int) -> float:
    rounds = itertools.repeat(None, repetitions)
    started = process_time()
    for _ in rounds:
        response = handler(_environ(), _start)
        b"".join(response)
        response.close()
    return process_time() - started


def _measure(adapter: str, count: int, effort: Effort) -> Samples:
    maker = f"benchmarks.registered_functions:{adapter}"
    with worker(maker, count) as ours, worker(maker, FEW) as theirs:
        return interleaved(ours, theirs, effort)


def _question(title: str, adapter: str, count: int, target: float | None) -> Question:
    name = f"request through {title}, {count:,} functions registered"
    return Question(name, f"{FEW} functions", target, partial(_measure, adapter, count), at_most=True)


QUESTIONS = tuple(
    _question(title, adapter, count, target)
    for title, adapter in (("FastAPI", "fastapi"), ("Django", "django"))
    for count, target in ((100, None), (1_000, None), (10_000, 1.1))
)

if __name__ == "__main__":
    raise SystemExit(main(QUESTIONS))
