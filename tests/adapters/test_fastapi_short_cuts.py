"""The default lane of ``mount``: what it leaves out is not asked, and nobody can tell by what comes of a request."""

from __future__ import annotations

import asyncio
import gc
import logging
import weakref
from collections.abc import AsyncIterator, Callable
from types import FunctionType
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.middleware.asyncexitstack import AsyncExitStackMiddleware
from opentelemetry import _logs, metrics, trace
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.util._once import Once
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.middleware import Middleware
from starlette.middleware.errors import ServerErrorMiddleware
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route, Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mizan_core.client import client
from mizan_core.registry import Registry
from mizan_fastapi import MizanRouter, Settings, create_router, mount
from mizan_fastapi.mounting import Lane
from tests.in_process import Sent, scope_of

BASE = "/api/mizan"
LANES: tuple[Lane, ...] = ("router", "middleware")
Change = Callable[[FastAPI], None]


class Lost(Exception):
    """What the application has a handler for."""


class Gone(OSError):
    """What a server raises when nobody is there any more."""


@client
async def passed(request: Request) -> list[str]:
    """What has been passed on the way here."""
    found = [] if request._send.__name__ == "server" else ["around"]
    return [*found, "inside"] if "starlette.exception_handlers" in request.scope else found


async def _parts(sent: int, error: Exception) -> AsyncIterator[bytes]:
    for _ in range(sent):
        yield b"part"
    raise error


def _fail(error: Exception) -> None:
    raise error


@client
def failing(request: Request) -> None:
    raise LookupError("unforeseen")


@client
def early(request: Request) -> Response:
    class Failing(Response):
        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            raise Lost("before anything is sent")

    return Failing()


@client
def unforeseen(request: Request) -> Response:
    class Failing(Response):
        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            raise LookupError("before anything is sent")

    return Failing()


@client
def late(request: Request) -> StreamingResponse:
    return StreamingResponse(_parts(1, Lost("in the middle")))


@client
def afterwards(request: Request) -> Response:
    return PlainTextResponse("sent", background=BackgroundTask(_fail, LookupError("in a task")))


def _router(**options: Any) -> MizanRouter:
    registry = Registry()
    for function in (passed, failing, early, unforeseen, late, afterwards):
        registry.register(function)
    return create_router(registry, Settings(), **options)


def _app(lane: Lane = "middleware", *changes: Change) -> FastAPI:
    app = FastAPI()
    for change in changes:
        change(app)
    mount(app, BASE, _router(), lane=lane)
    return app


class Passing:
    """A middleware of the application's."""

    def __init__(self, app: ASGIApp, seen: list[str] | None = None) -> None:
        self._app, self._seen = app, [] if seen is None else seen

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._seen.append(scope["type"])
        await self._app(scope, receive, send)


def _asked(app: ASGIApp, function: str, base: str = BASE, broken: int = -1) -> tuple[list[Message], Exception | None]:
    """What the application sends, and what it raises.

    :param broken: the message that cannot be sent any more.
    """
    if isinstance(app, FastAPI) and app.middleware_stack is None:
        app.middleware_stack = app.build_middleware_stack()  # as when a server starts it
    sent: list[Message] = []
    bodies = [{"type": "http.request", "body": b'{"fn":"%s"}' % function.encode()}]

    async def receive() -> Message:
        return bodies.pop() if bodies else await asyncio.Future()

    async def server(message: Message) -> None:
        if len(sent) == broken:
            raise Gone("the client has left")
        sent.append(message)

    async def run() -> None:
        scope = scope_of(Sent("POST", f"{base}/call/", "", [("content-type", "application/json")]))
        try:
            await app(scope, receive, server)
        except Exception as error:  # noqa: BLE001 - whatever comes of it
            raised.append(error)  # as its result the task would hold it

    raised: list[Exception] = []
    asyncio.run(run())
    return sent, raised.pop() if raised else None


def _passed(app: ASGIApp, base: str = BASE) -> list[str]:
    sent, error = _asked(app, "passed", base)
    assert error is None
    assert sent[0]["status"] == 200
    answer: bytes = sent[1]["body"]
    return [place for place in ("around", "inside") if place in answer.decode()]


def test_how_much_is_left_out() -> None:
    assert _passed(_app("router")) == ["around", "inside"]
    assert _passed(_app()) == []
    assert _passed(_app("middleware", lambda app: app.add_middleware(Passing))) == ["around"]


@pytest.mark.parametrize("middleware", [False, True])
@pytest.mark.parametrize("debug", [False, True])
@pytest.mark.parametrize("function", ["passed", "early", "unforeseen", "late", "afterwards"])
@pytest.mark.parametrize("broken", [-1, 0, 1])
def test_what_is_raised_while_an_answer_is_sent(function: str, broken: int, debug: bool, middleware: bool) -> None:
    """The handlers are told of it, and have their say, as if it had come the whole way."""
    found = []
    for lane in LANES:
        told: list[str] = []

        def lost(request: Request, error: Exception, told: list[str] = told) -> Response:
            told.append(f"lost: {error!r} {request.url.path}")
            return JSONResponse({"own": str(error)}, 418)

        def failed(request: Request, error: Exception, told: list[str] = told) -> Response:
            told.append(f"failed: {error!r} {request.url.path}")
            return PlainTextResponse("own page", 500)

        app = _app(lane)
        app.debug = debug
        app.add_exception_handler(Lost, lost)
        app.add_exception_handler(Exception, failed)
        if middleware:
            app.add_middleware(Passing)
        sent, error = _asked(app, function, broken=broken)
        shown = [(message.get("status"), message.get("body", b"")[:20]) for message in sent]
        chain = (repr(error), repr(error and error.__cause__))
        found.append((told, shown if function != "passed" else len(sent), chain))
    assert found[0] == found[1]
    assert debug or found[0][2] == ("None", "None") or found[0][0]


@pytest.mark.parametrize("middleware", [False, True])
def test_what_is_raised_before_an_answer(middleware: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """The application's logging fails while it is told of a function that has failed."""

    def failing(*_: Any, **__: Any) -> None:
        raise Lost("the log is full")

    monkeypatch.setattr(logging.getLogger("mizan.request"), "error", failing)
    found = []
    for lane in LANES:
        app = _app(lane)
        app.add_exception_handler(Lost, lambda _, error: JSONResponse({"own": str(error)}, 418))
        if middleware:
            app.add_middleware(Passing)
        sent, error = _asked(app, "failing")
        found.append((sent[0]["status"], sent[1]["body"], error))
    assert found == [(418, b'{"own":"the log is full"}', None)] * 2


@pytest.mark.parametrize("broken", [0, 1])
def test_what_could_not_be_sent_is_forgotten(broken: int) -> None:
    gc.collect()
    gc.disable()
    try:
        _, error = _asked(_app(), "passed", broken=broken)
        gone = weakref.ref(error)
        del error
        assert gone() is None
    finally:
        gc.enable()


def test_middleware_runs_wherever_it_is_added() -> None:
    seen: list[str] = []
    app = FastAPI()
    app.add_middleware(Passing, seen=seen)
    mount(app, BASE, _router())
    app.add_middleware(Passing, seen=seen)
    app.user_middleware.append(Middleware(Passing, seen=seen))
    assert _passed(app) == ["around"]
    assert seen == ["http"] * 3
    assert len(app.user_middleware) == 3


def test_an_observed_request_goes_the_whole_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """From when there is somebody who looks on."""
    if not hasattr(FastAPI(), "_native_telemetry"):
        pytest.skip("this version of FastAPI traces nothing itself")
    app, exporter, provider = _app(), InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    assert _passed(app) == []
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", provider)
    assert _passed(app) == ["around", "inside"]
    assert [span.name for span in exporter.get_finished_spans()] == ["call/passed"]
    own = FastAPI(telemetry={"tracer_provider": provider})
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", None)
    mount(own, BASE, _router())
    assert _passed(own) == ["around", "inside"]


@pytest.mark.parametrize(
    ("api", "once", "tell", "provider"),
    [
        (trace, "_TRACER_PROVIDER", trace.set_tracer_provider, TracerProvider),
        (metrics._internal, "_METER_PROVIDER", metrics.set_meter_provider, MeterProvider),
        (_logs._internal, "_LOGGER_PROVIDER", _logs.set_logger_provider, LoggerProvider),
    ],
)
def test_whatever_is_provided_is_noticed(
    api: Any, once: str, tell: Callable[[Any], None], provider: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    if not hasattr(FastAPI(), "_native_telemetry"):
        pytest.skip("this version of FastAPI traces nothing itself")
    app = _app()
    assert _passed(app) == []
    monkeypatch.setattr(api, once, None)  # what the public function does to them is undone
    monkeypatch.setattr(api, f"{once}_SET_ONCE", Once())
    tell(provider())
    assert _passed(app) == ["around", "inside"]


@pytest.mark.parametrize("middleware", [False, True])
def test_the_environment_is_looked_at_once(middleware: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    telemetry = getattr(FastAPI(), "_native_telemetry", None)
    if telemetry is None:
        pytest.skip("this version of FastAPI traces nothing itself")
    app, looks = _app("middleware", *[lambda app: app.add_middleware(Passing)] * middleware), []
    monkeypatch.setattr(type(telemetry), "enabled", lambda _: looks.append("look"))
    for _ in range(3):
        _passed(app)
    assert looks == ["look"]


@pytest.mark.parametrize(
    ("cls", "expected"),
    [
        (FastAPI, ["around", "inside"]),
        (Starlette, ["around", "inside"]),
        (ServerErrorMiddleware, ["around"]),
        (ExceptionMiddleware, ["around", "inside"]),
        (AsyncExitStackMiddleware, ["around", "inside"]),
        (APIRouter, ["around", "inside"]),
        (Router, ["around", "inside"]),
    ],
)
def test_code_that_instruments_the_framework_sees_requests(
    cls: Any, expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    written: FunctionType = cls.__call__

    async def instrumented(self: Any, scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope["type"])
        await written(self, scope, receive, send)

    instrumented.__module__ = written.__module__
    monkeypatch.setattr(cls, "__call__", instrumented)
    assert _passed(_app()) == expected
    assert seen == ["http"]


def test_code_that_instruments_an_application_sees_its_requests() -> None:
    seen: list[str] = []

    def instrument(app: FastAPI) -> None:
        build = app.build_middleware_stack
        app.build_middleware_stack = lambda: Passing(build(), seen)  # type: ignore[method-assign]
        app.middleware_stack = app.build_middleware_stack() if app.middleware_stack is not None else None

    before, after, started = _app("middleware", instrument), _app(), _app()
    instrument(after)
    assert _passed(started) == []
    instrument(started)
    for app in (before, after, started):
        _passed(app)
    assert seen == ["http"] * 3


def test_a_route_in_front_is_asked() -> None:
    app = _app()
    app.router.routes.insert(0, Route(f"{BASE}/call/", lambda _: PlainTextResponse("in front"), methods=["POST"]))
    sent, _ = _asked(app, "passed")
    assert sent[1]["body"] == b"in front"


def test_routers_that_change_requests_are_asked() -> None:
    seen: list[str] = []

    class Own(APIRouter):
        async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
            seen.append(scope["type"])
            await super().app(scope, receive, send)

    def replaced(app: FastAPI) -> None:
        app.router = Own()

    def surrounded(app: FastAPI) -> None:
        app.router.middleware_stack = Passing(app.router.app, seen)

    def limited(app: FastAPI) -> None:
        app.router.form_limits = {"max_files": 1}

    assert ["inside" in _passed(_app("middleware", change)) for change in (replaced, surrounded, limited)] == [True] * 3
    assert seen == ["http"] * 2


def test_all_that_is_mounted_is_short() -> None:
    app = FastAPI()
    for base in ("/first", "/second", "/third"):
        mount(app, base, _router())
    assert [_passed(app, base) for base in ("/first", "/second", "/third")] == [[]] * 3
    sent, _ = _asked(app, "passed", "/fourth")
    assert sent[0]["status"] == 404


def test_an_application_within_another() -> None:
    """Its parent's limit holds, though the answer is none of the parent's own."""
    if not hasattr(FastAPI(), "max_body_size"):
        pytest.skip("this version of FastAPI has no limit on bodies")
    found = []
    for lane in LANES:
        for limit in (None, 5):
            inner, parent = _app(lane), FastAPI(max_body_size=limit)
            inner.middleware_stack = inner.build_middleware_stack()
            parent.mount("/inner", inner)
            sent, error = _asked(parent, "early", f"/inner{BASE}")
            found.append((lane, sent and sent[0]["status"], error and str(error)))
    assert found == [
        (lane, *expected) for lane in LANES for expected in ((500, "before anything is sent"), (413, None))
    ]


def test_the_state_of_the_application_is_at_hand() -> None:
    @client
    def told(request: Request) -> list[Any]:
        return [request.app.state.shop, request.scope["endpoint"].__name__, request.url_for("mizan-session").path]

    registry = Registry()
    registry.register(told)
    app = FastAPI()
    mount(app, BASE, create_router(registry, Settings()))
    app.state.shop = "tea"
    sent, _ = _asked(app, "told")
    assert sent[1]["body"] == b'{"result":["tea","respond","/api/mizan/session/"]}'
    assert app.openapi()["info"]["title"] == "FastAPI"
