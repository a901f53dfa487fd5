"""What a FastAPI application says when it starts, where Django has system checks."""

from __future__ import annotations

import asyncio
import logging
import os

import pytest
from fastapi import FastAPI

from mizan_core.registry import Registry
from mizan_core.settings import Settings
from mizan_fastapi import MizanRouter, create_router

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
        (Settings(mwt_audience="x"), None, "mizan.W001: MIZAN_MWT_AUDIENCE is set, but MIZAN_MWT_SECRET is missing"),
        (Settings(mwt_secret=SECRET, cache_secret=SECRET), None, "mizan.W005: "),
        (Settings(mwt_secret={"v1": SECRET}, cache_secret=SECRET.encode()), None, "mizan.W005: "),
        (Settings(cache_secret=b"\0" * 32), None, "mizan.W007: MIZAN_CACHE_SECRET"),
        (Settings(cache_secret=SECRET, cache_url="memory://", cache_redis_url="redis://x"), None, "mizan.W009: "),
        (
            Settings(live="on"),
            "2",
            "mizan.W010: Live pages have their messages in memory, but WEB_CONCURRENCY asks for 2",
        ),
        (Settings(live={"running": 8}), "2", "mizan.W010: "),
        (Settings(live="on"), "1", None),
        (Settings(live="off"), "2", None),
        (Settings(live="on", broker_url="redis://localhost"), "2", None),
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
    messages = _warnings(create_router(Registry(), settings), caplog)
    assert len(messages) == (warning is not None)
    assert all(warning is not None and warning in message for message in messages)
    assert not any(secret in message for message in messages for secret in (SECRET, PASSWORD))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (
            "MIZAN_CACHE_SECERT",
            "mizan.W008: MIZAN_CACHE_SECERT is no setting of Mizan. Did you mean MIZAN_CACHE_SECRET?",
        ),
        ("MIZAN_QQ", "mizan.W008: MIZAN_QQ is no setting of Mizan. It has no effect."),
        ("MIZAN_ENGINE", None),
        ("UNMIZAN_QQ", None),
    ],
)
def test_an_unknown_variable_is_named(
    name: str, words: str | None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for other in [other for other in os.environ if other.startswith("MIZAN_")]:
        monkeypatch.delenv(other)
    monkeypatch.setenv(name, PASSWORD)
    assert _warnings(create_router(Registry()), caplog) == ([] if words is None else [words])


def _warnings(router: MizanRouter, caplog: pytest.LogCaptureFixture) -> list[str]:
    """What is logged when an application with the router starts."""
    with caplog.at_level(logging.WARNING, "mizan.settings"):
        asyncio.run(_start_and_stop(router))
    return [record.getMessage() for record in caplog.records if record.name == "mizan.settings"]


async def _start_and_stop(router: MizanRouter) -> None:
    app = FastAPI()
    app.include_router(router)
    async with app.router.lifespan_context(app):
        pass
