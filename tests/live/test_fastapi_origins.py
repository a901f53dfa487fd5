"""Whose call a purge was, as FastAPI's adapter tells it. Django's is in ``tests/cache/django/cases.py``."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi import FastAPI

from mizan_core.client import client
from mizan_core.registry import Registry
from mizan_core.settings import Settings
from mizan_fastapi import create_router
from tests.adapters.in_process import asking
from tests.live.recording import Announced

SOCKET = "socket-0123456789abcdef"


@client(context="stock")
def stock(request: Any) -> int:
    return 1


@client(affects="stock")
def deliver(request: Any) -> int:
    return 1


@client(affects="stock")
async def deliver_async(request: Any) -> int:
    return 1


@pytest.mark.parametrize("function", ["deliver", "deliver_async"])
@pytest.mark.parametrize(
    ("headers", "origin"), [({"X-Mizan-Socket": SOCKET}, SOCKET), ({"X-Mizan-Socket": "short"}, None), ({}, None)]
)
def test_a_call_names_its_socket(function: str, headers: dict[str, str], origin: str | None) -> None:
    registry = Registry()
    for each in (stock, deliver, deliver_async):
        registry.register(each)
    router = create_router(registry, Settings(cache_secret="c" * 32))
    app, announced = FastAPI(), Announced()
    app.include_router(router)
    caching = router._dispatcher.interface().caching
    assert caching is not None
    caching.store.announce_by(announced)
    with asking(app) as http:
        response = http.post("/call/", json={"fn": function, "args": {}}, headers=headers)
    assert response.status_code == 200, response.text
    assert announced.told == [(["tag:stock"], origin)]
