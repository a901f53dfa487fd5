"""The cost of a request when ever more functions are registered.

The same mutation is called through each adapter, in process, with 10 functions registered and with more: without a
token, its body validated, its result merged and its invalidation answered. Each application runs in a process of its
own, in several one after the other, and what is measured is the processor's time: two processes are rarely interrupted
at the same moment.
"""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial

from benchmarks.clients.asgi import AsgiApplication
from benchmarks.clients.exchange import Answer, Request
from benchmarks.clients.wsgi import WsgiApplication
from benchmarks.harness import Effort, Question, Run, Samples, interleaved, main
from benchmarks.registration import fill, registry_of
from benchmarks.worker import worker

FEW = 10
_PROCESSES = 4
"""Of each side, one after the other: where its objects lie makes one slower than another by some hundredths."""
REQUEST = Request(
    "POST",
    "/api/mizan/call/",
    {"content-type": "application/json"},
    body=b'{"fn":"update_0","args":{"user_id":5,"note":"Ring twice."}}',
)
BODY = (
    b'{"result":{"user_id":5,"note":"Ring twice."},'
    b'"invalidate":[{"context":"shop_0","function":"orders_0","params":{"user_id":5}}],'
    b'"merge":[{"context":"shop_0","params":{"user_id":5},"slot":"summary_0",'
    b'"value":{"user_id":5,"note":"Ring twice."}}]}'
)


def fastapi(count: int) -> Run:
    """A run through a FastAPI application with so many functions."""
    from fastapi import FastAPI

    from mizan_core.settings import Settings
    from mizan_fastapi import create_router

    app = FastAPI()
    app.include_router(create_router(registry_of(count, is_async=True), Settings()), prefix="/api/mizan")
    application = ExitStack().enter_context(AsgiApplication(app))
    _check(application.answer(REQUEST))
    return application.run(REQUEST)


def django(count: int) -> Run:
    """A run through a Django project with so many functions."""
    import django
    from django.conf import settings

    urls = "benchmarks.services.mizan_django_urls"
    settings.configure(ALLOWED_HOSTS=["*"], ROOT_URLCONF=urls, INSTALLED_APPS=["mizan"])
    django.setup()

    from django.core.handlers.wsgi import WSGIHandler

    from mizan_core.registry import default_registry

    fill(default_registry, count)
    application = WsgiApplication(WSGIHandler())
    _check(application.answer(REQUEST))
    return application.run(REQUEST)


def _check(answer: Answer) -> None:
    assert (answer.status, answer.body) == (200, BODY), answer


def _measure(adapter: str, count: int, effort: Effort) -> Samples:
    maker = f"benchmarks.registered_functions:{adapter}"
    many: list[float] = []
    few: list[float] = []
    for _ in range(_PROCESSES):
        with worker(maker, count) as ours, worker(maker, FEW) as theirs:
            samples = interleaved(ours, theirs, effort)
        many += samples.ours
        few += samples.theirs
    return Samples(many, few)


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
