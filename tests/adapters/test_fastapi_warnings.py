"""What a FastAPI application says when it starts, where Django has system checks."""

from __future__ import annotations

import asyncio
import logging

import pytest
from fastapi import FastAPI

from mizan_core.registry import Registry
from mizan_core.settings import Settings
from mizan_fastapi import create_router

SECRET = "a-secret-of-these-tests-0123456789"
PASSWORD = "only-for-this-test"


@pytest.mark.parametrize(
    ("settings", "workers", "warning"),
    [
        (Settings(cache_secret=SECRET), "2", "2 worker processes"),
        (Settings(cache_secret=SECRET, cache_url="memory://"), "16", "16 worker processes"),
        (Settings(cache_secret=SECRET), "1", None),
        (Settings(cache_secret=SECRET), "many", None),
        (Settings(cache_secret=SECRET), None, None),
        (Settings(cache_secret=SECRET, cache_url=f"redis://:{PASSWORD}@localhost"), "2", None),
        (Settings(cache_url=f"redis://:{PASSWORD}@localhost"), None, "MIZAN_CACHE_SECRET is missing"),
        (Settings(cache_url="memory://"), None, "MIZAN_CACHE_SECRET is missing"),
        (Settings(), "2", None),
    ],
)
def test_a_doubtful_cache_is_named_once_when_the_application_starts(
    settings: Settings,
    workers: str | None,
    warning: str | None,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    if workers is None:
        monkeypatch.delenv("WEB_CONCURRENCY", raising=False)
    else:
        monkeypatch.setenv("WEB_CONCURRENCY", workers)
    with caplog.at_level(logging.WARNING, "mizan.cache"):
        asyncio.run(_start_and_stop(settings))
    messages = [record.getMessage() for record in caplog.records if record.name == "mizan.cache"]
    assert len(messages) == (warning is not None)
    assert all(warning is not None and warning in message for message in messages)
    assert not any(secret in message for message in messages for secret in (SECRET, PASSWORD))


async def _start_and_stop(settings: Settings) -> None:
    app = FastAPI()
    app.include_router(create_router(Registry(), settings))
    async with app.router.lifespan_context(app):
        pass
