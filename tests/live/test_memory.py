"""What a socket that only watches keeps of ours, beside what its server and its framework keep."""

from __future__ import annotations

import asyncio
import gc
import tracemalloc
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from mizan_fastapi import Settings
from tests.live.asgi_client import AsgiSocket, scope_of
from tests.live.fastapi_app import SECRET, make_app
from tests.live.functions import DATABASE

SOCKETS = 20
MOST = 4_800
"""Bytes; with copies of its scope, and with what is kept for requests that have been answered, it was 6,900."""
OURS = ("*/mizan_core/*", "*/mizan_fastapi/*")


@pytest.fixture(autouse=True)
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DATABASE, str(tmp_path / "live.sqlite3"))


def test_a_socket_that_only_watches_keeps_little() -> None:
    assert asyncio.run(_kept()) < MOST


async def _kept() -> float:
    """Bytes for each."""
    app = make_app(Settings(mwt_secret=SECRET))
    async with AsyncExitStack() as sockets:
        await sockets.enter_async_context(_watching(app, 0))
        gc.collect()
        tracemalloc.start()
        try:
            for number in range(1, SOCKETS + 1):
                await sockets.enter_async_context(_watching(app, number))
            gc.collect()
            snapshot = tracemalloc.take_snapshot()
        finally:
            tracemalloc.stop()
        own = snapshot.filter_traces([tracemalloc.Filter(inclusive=True, filename_pattern=pattern) for pattern in OURS])
        return sum(each.size for each in own.statistics("filename")) / SOCKETS


@asynccontextmanager
async def _watching(app: object, user: int) -> AsyncIterator[None]:
    async with AsgiSocket(app, scope_of()) as socket:
        assert (await socket.ask(action="watch", id=7, context="user", params={"user_id": user}))["ok"]
        yield
