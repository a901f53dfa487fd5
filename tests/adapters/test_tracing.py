"""The names that requests have in traces, with the real libraries."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import sentry_sdk
from fastapi import FastAPI
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from sentry_sdk.envelope import Envelope
from sentry_sdk.transport import Transport

from mizan_core.client import client
from mizan_core.interface.tracing import tracers
from mizan_core.registry import Registry
from mizan_fastapi import create_router


@client(affects="user")
def rename(request: Any, name: str) -> str:
    return name


@client(context="user")
async def user_profile(request: Any) -> str:
    raise RuntimeError("said by the test")


@client(context="user")
def user_orders(request: Any) -> int:
    return 0


REQUESTS = {
    "call": ("POST", "/call/", {"fn": "rename", "args": {"name": "x"}}),
    "named call": ("POST", "/call/rename/", {"args": {"name": "x"}}),
    "unknown": ("POST", "/call/", {"fn": "nobody-knows"}),
    "bundle": ("GET", "/ctx/user/", None),
}
NAMES = {"call": "call/rename", "named call": "call/rename", "bundle": "ctx/user"}


def ask(kind: str) -> None:
    registry = Registry()
    for function in (rename, user_profile, user_orders):
        registry.register(function)
    app = FastAPI()
    app.include_router(create_router(registry))
    method, path, body = REQUESTS[kind]

    async def send() -> None:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as http:
            await http.request(method, path, json=body)

    asyncio.run(send())


@pytest.mark.parametrize("kind", REQUESTS)
def test_opentelemetrys_current_span(kind: str) -> None:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    with provider.get_tracer("server").start_as_current_span("POST"):
        ask(kind)
    (span,) = exporter.get_finished_spans()
    assert span.name == NAMES.get(kind, "POST")
    expected = {"call": {"mizan.function": "rename"}, "bundle": {"mizan.context": "user"}}
    assert dict(span.attributes or {}) == expected.get(kind.removeprefix("named "), {})


def test_without_a_span_nothing_happens() -> None:
    assert not trace.get_current_span().is_recording()
    ask("call")


class Captured(Transport):
    """Keeps what would be sent."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[dict[str, Any]] = []

    def capture_envelope(self, envelope: Envelope) -> None:
        for item in envelope.items:
            self.events.append(item.payload.json or {})


@pytest.fixture
def captured() -> Iterator[Captured]:
    transport = Captured()
    client = sentry_sdk.Client(
        dsn="https://public@localhost/1",
        transport=transport,
        traces_sample_rate=1.0,
        auto_enabling_integrations=False,
        enable_backpressure_handling=False,  # which a thread sees to
    )
    with sentry_sdk.isolation_scope() as scope:
        scope.set_client(client)
        yield transport


@pytest.mark.parametrize("kind", REQUESTS)
def test_sentrys_transaction(captured: Captured, kind: str) -> None:
    with sentry_sdk.start_transaction(op="http.server", name="/api/mizan/call/", source="url"):
        ask(kind)
    transactions = [event for event in captured.events if event.get("type") == "transaction"]
    (transaction,) = transactions
    assert transaction["transaction"] == NAMES.get(kind, "/api/mizan/call/")


def test_sentrys_events_name_the_function_that_failed(captured: Captured) -> None:
    with sentry_sdk.start_transaction(op="http.server", name="/api/mizan/ctx/user/", source="url"):
        ask("bundle")
    (failure,) = (event for event in captured.events if event.get("type") != "transaction")
    assert failure["transaction"] == "ctx/user"
    assert failure["exception"]["values"][-1]["value"] == "said by the test"
    assert failure["logentry"]["params"] == ["The function user_profile of the context user failed"]
    assert (failure["extra"]["mizan_function"], failure["extra"]["mizan_context"]) == ("user_profile", "user")
    assert failure["tags"]["mizan.context"] == "user"


def test_who_uses_neither_pays_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("opentelemetry.trace", "sentry_sdk"):
        monkeypatch.delitem(sys.modules, module)
    assert tracers() == ()
