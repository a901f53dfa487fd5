"""Libraries that watch FastAPI are told in the default lane of ``mount`` what they are told on the whole way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import fastapi
import pytest
import sentry_sdk
import starlette.routing
import wrapt
from fastapi.applications import FastAPI
from fastapi.routing import APIRouter
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExporter, SpanExportResult
from sentry_sdk.envelope import Envelope
from sentry_sdk.integrations.fastapi import FastApiIntegration
from sentry_sdk.integrations.logging import LoggingIntegration
from sentry_sdk.integrations.starlette import StarletteIntegration
from sentry_sdk.transport import Transport
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.middleware import Middleware
from starlette.middleware.errors import ServerErrorMiddleware
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.routing import Router
from starlette.types import Message

from mizan_core.client import client
from mizan_core.registry import Registry
from mizan_fastapi import Settings, create_router, mount
from mizan_fastapi.mounting import Lane
from tests.in_process import Sent, scope_of

BASE = "/api/mizan"
MOMENTS = ("first", "created", "mounted", "started", "asked")
"""When somebody begins to watch: before there is an application, or when that much has been done with it."""
Seen = list[Any]
Watch = Callable[["FastAPI | None", Seen], None]


@client
def greeting(request: Any) -> str:
    return "hello"


@client
def failing(request: Any) -> None:
    raise LookupError("unforeseen")


@contextmanager
def changed_back() -> Iterator[None]:
    """What is changed for all applications is changed back at the end."""
    layers, layer = [], FastAPI().build_middleware_stack()
    while not isinstance(layer, Router):
        layers.append(type(layer))
        layer = layer.app  # type: ignore[attr-defined]
    places = [
        *((cls, "__call__") for cls in (FastAPI, Starlette, APIRouter, Router, BackgroundTask, *layers)),
        *((cls, "__init__") for cls in (ExceptionMiddleware, Middleware)),
        (FastAPI, "build_middleware_stack"),
        (APIRouter, "app"),
        (Router, "app"),
        (fastapi, "FastAPI"),
        (fastapi.routing, "get_request_handler"),
        (starlette.routing, "request_response"),
    ]
    with pytest.MonkeyPatch.context() as patch:
        for owner, name in places:
            if name in vars(owner):
                patch.setattr(owner, name, vars(owner)[name])
        try:
            yield
        finally:
            if FastAPIInstrumentor().is_instrumented_by_opentelemetry:
                FastAPIInstrumentor().uninstrument()


def answers(lane: Lane, watch: Watch, moment: str, seen: Seen) -> list[Any]:
    """What requests are answered with; from *moment* on they are watched."""
    app: Any = None
    found = []
    for done in MOMENTS:
        if done == "created":
            app = fastapi.FastAPI()
        elif done == "mounted":
            registry = Registry()
            registry.register(greeting)
            registry.register(failing)
            mount(app, BASE, create_router(registry, Settings()), lane=lane)
        elif done == "started":
            app.middleware_stack = app.build_middleware_stack()
        elif done == "asked":
            found.append(_asked(app, "greeting"))
        if done == moment:
            watch(app, seen)
    return [*found, _asked(app, "greeting"), _asked(app, "failing")]


def _asked(app: FastAPI, function: str) -> tuple[int, bytes]:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b'{"fn":"%s"}' % function.encode()}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(app(scope_of(Sent("POST", f"{BASE}/call/", "", [("content-type", "application/json")])), receive, send))
    return sent[0]["status"], sent[1]["body"]


def both(watch: Watch, moment: str) -> Seen:
    """What is seen in the default lane, which is what is seen where nothing is left out."""
    lanes: tuple[Lane, ...] = ("router", "middleware")
    found: list[tuple[Seen, list[Any]]] = []
    for lane in lanes:
        seen: Seen = []
        with changed_back():
            found.append((seen, answers(lane, watch, moment, seen)))
    assert found[1] == found[0]
    return found[1][0]


class Kept(Transport):
    """Keeps what would be sent."""

    def __init__(self, seen: Seen) -> None:
        super().__init__()
        self._seen = seen

    def capture_envelope(self, envelope: Envelope) -> None:
        for item in envelope.items:
            said: Any = item.payload.json or {}
            spans = sorted((span["op"], span["description"]) for span in said.get("spans", ()))
            errors = [error["value"] for error in said.get("exception", {}).get("values", ())]
            self._seen.append((item.type, said.get("transaction"), said.get("request", {}).get("url"), spans, errors))


def _sentry(_: FastAPI | None, seen: Seen) -> None:
    written = Starlette.__call__
    chosen = StarletteIntegration(middleware_spans=True), FastApiIntegration(middleware_spans=True)
    sentry_sdk.get_isolation_scope().set_client(
        sentry_sdk.Client(
            dsn="https://public@localhost/1",
            transport=Kept(seen),
            traces_sample_rate=1.0,
            auto_session_tracking=False,
            enable_backpressure_handling=False,  # which a thread sees to
            default_integrations=False,
            auto_enabling_integrations=False,
            integrations=[*chosen, LoggingIntegration()],
        )
    )
    if Starlette.__call__ is written:  # it has been set up once in this process, and that was changed back
        for integration in chosen:
            integration.setup_once()


@pytest.mark.parametrize("moment", MOMENTS)
def test_sentry(moment: str) -> None:
    with sentry_sdk.isolation_scope():
        seen = both(_sentry, moment)
    kinds = [kind for kind, *_ in seen]
    assert kinds == [*["transaction"] * (moment != "asked"), "transaction", "event", "transaction"]
    assert seen[-2][-1] == ["unforeseen"]
    assert bool(seen[-1][3]) == (moment in ("first", "created", "mounted"))  # the middleware's spans


class Spans(SpanExporter):
    """Keeps the names of spans, and what happened in them."""

    def __init__(self, seen: Seen) -> None:
        self._seen = seen

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self._seen += [
            (span.name, dict(span.attributes or {}), [event.name for event in span.events]) for span in spans
        ]
        return SpanExportResult.SUCCESS


def _opentelemetry(app: FastAPI | None, seen: Seen) -> None:
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(Spans(seen)))
    if app is None:
        FastAPIInstrumentor().instrument(tracer_provider=provider)
    else:
        FastAPIInstrumentor.instrument_app(app, tracer_provider=provider)


@pytest.mark.parametrize("moment", MOMENTS)
def test_opentelemetry(moment: str) -> None:
    seen = both(_opentelemetry, moment)
    names = {name for name, *_ in seen if " http " not in name}
    # It changes how an application is put together, which is done when it is started.
    assert names == ({"call/greeting", "call/failing"} if moment in ("first", "created", "mounted") else set())


def _wrapping(cls: type, name: str) -> Watch:
    """As New Relic's and Datadog's agents do it: by an object that passes for the method."""

    def watch(_: FastAPI | None, seen: Seen) -> None:
        def told(wrapped: Any, instance: Any, args: Any, kwargs: Any) -> Any:
            seen.append((type(instance).__name__, len(args)))
            return wrapped(*args, **kwargs)

        wrapt.wrap_function_wrapper(cls, name, told)

    return watch


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("cls", [FastAPI, Starlette])
def test_a_wrapped_application(cls: type, moment: str) -> None:
    assert both(_wrapping(cls, "__call__"), moment) == [("FastAPI", 3)] * (2 if moment == "asked" else 3)


@pytest.mark.parametrize("moment", ["first", "started"])
@pytest.mark.parametrize("cls", [ServerErrorMiddleware, ExceptionMiddleware, Router])
def test_a_wrapped_layer(cls: type, moment: str) -> None:
    assert len(both(_wrapping(cls, "__call__"), moment)) == 3


def test_a_wrapped_router() -> None:
    written_by = next(cls for cls in APIRouter.__mro__ if "app" in vars(cls))
    assert len(both(_wrapping(written_by, "app"), "first")) == 3


def test_a_wrapped_way_to_put_an_application_together() -> None:
    assert both(_wrapping(FastAPI, "build_middleware_stack"), "mounted") == [("FastAPI", 0)]
