"""The interface's mark is made beside the start, not by the first answer."""

from __future__ import annotations

import asyncio
from threading import Event
from typing import Any

import pytest
from fastapi import FastAPI

from mizan_core.client import client
from mizan_core.interface import interface as module
from mizan_core.interface.interface import Interface
from mizan_core.interface.marks import interface_mark
from mizan_core.registry import Registry
from mizan_core.settings import Settings
from mizan_fastapi import create_router, mount


@client
def one(request: Any) -> int:
    return 1


def registry() -> Registry:
    made = Registry()
    made.register(one)
    return made


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> tuple[Event, list[str | None]]:
    """Marks are made when the event says so, and listed."""
    may, marks = Event(), list[str | None]()

    def make(*arguments: Any) -> str | None:
        assert may.wait(60)
        marks.append(interface_mark(*arguments))
        return marks[-1]

    monkeypatch.setattr(module, "interface_mark", make)
    return may, marks


def test_it_is_made_once_in_the_background_or_by_who_asks(made: tuple[Event, list[str | None]]) -> None:
    may, marks = made
    interface = Interface(registry(), Settings(), lambda _: None, None)
    interface.prepare()
    assert marks == []
    may.set()
    assert [interface.mark, interface.mark] == marks * 2 != []
    another = Interface(registry(), Settings(), lambda _: None, None)
    assert [another.mark] == marks[:1] == marks[1:]


def test_an_application_that_starts_does_not_wait_for_it(made: tuple[Event, list[str | None]]) -> None:
    may, marks = made
    app, router = FastAPI(), create_router(registry(), Settings())
    mount(app, "/api/mizan", router)

    async def start() -> str | None:
        async with app.router.lifespan_context(app):
            assert marks == []
            may.set()
            return router._dispatcher.interface().mark

    assert [asyncio.run(start())] == marks
