"""Signals without a socket, in FastAPI; ``django_socket_cases`` has what Django does."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from functools import wraps
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from mizan_core.errors import BadRequest
from mizan_core.http import events
from mizan_core.http.events import EventStream, read_watched
from mizan_core.live.versions import version_of
from mizan_core.mwt import create_mwt
from mizan_fastapi import Settings
from tests.live.asgi_client import ORIGIN
from tests.live.asgi_events import AsgiEvents, listed, watched
from tests.live.fastapi_app import SECRET, make_app
from tests.live.functions import DATABASE

ADA = watched(7, "user", user_id=1)


@pytest.fixture(autouse=True)
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DATABASE, str(tmp_path / "live.sqlite3"))


def on_loop(test: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    @wraps(test)
    def run(**fixtures: Any) -> None:
        asyncio.run(asyncio.wait_for(test(**fixtures), 250))

    return run


async def rename(app: Any, socket: str | None = None) -> None:
    headers = {} if socket is None else {"X-Mizan-Socket": socket}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ORIGIN) as http:
        body = {"fn": "rename", "args": {"user_id": 1, "name": "Eve"}}
        (await http.post("/api/mizan/call/", json=body, headers=headers)).raise_for_status()


@pytest.mark.parametrize("is_mounted", [True, False])
@on_loop
async def test_what_has_changed_is_stale(is_mounted: bool) -> None:
    app = make_app(is_mounted=is_mounted)
    async with AsgiEvents(app, listed(ADA, watched(8, "user", user_id=2))) as stream:
        assert (stream.status, stream.headers["content-type"]) == (200, "text/event-stream")
        assert stream.headers["cache-control"] == "no-store, no-transform"
        assert await stream.receive() == {"action": "watching", "ids": [7, 8]}
        assert await stream.receive() == {"action": "stale", "ids": [7, 8]}
        await rename(app)
        assert await stream.receive() == {"action": "stale", "ids": [7]}


@on_loop
async def test_who_has_the_bundle_is_told_nothing_before_it_changes() -> None:
    app = make_app()
    same, other = version_of(b'{"user":"Ada"}'), version_of(b'{"user":"Eve"}')
    async with AsgiEvents(app, listed(watched(7, "user", same, user_id=1), watched(8, "user", other, user_id=1))) as it:
        assert await it.receive() == {"action": "watching", "ids": [7, 8]}
        assert await it.receive() == {"action": "stale", "ids": [8]}


@on_loop
async def test_you_may_watch_what_you_may_fetch() -> None:
    app = make_app()
    async with AsgiEvents(app, listed(ADA, watched(8, "members"), watched(9, "none"))) as stream:
        refused = [await stream.receive(), await stream.receive()]
        assert [(each["id"], each["ok"], each["error"]["code"]) for each in refused] == [
            (8, False, "UNAUTHORIZED"),
            (9, False, "NOT_FOUND"),
        ]
        assert await stream.receive() == {"action": "watching", "ids": [7]}
    token = create_mwt({"id": "ada"}, SECRET)
    async with AsgiEvents(app, listed(watched(8, "members")), {"X-Mizan-Token": token}) as stream:
        assert await stream.receive() == {"action": "watching", "ids": [8]}


@on_loop
async def test_whoever_has_changed_it_is_not_told() -> None:
    app, name = make_app(), "abcdefghijklmnop"
    async with AsgiEvents(app, listed(ADA), {"X-Mizan-Socket": name}) as own, AsgiEvents(app, listed(ADA)) as other:
        for stream in (own, other):
            assert [(await stream.receive())["action"] for _ in range(2)] == ["watching", "stale"]
        await rename(app, name)
        assert await other.receive() == {"action": "stale", "ids": [7]}
        await rename(app)
        assert await other.receive() == {"action": "stale", "ids": [7]}
        assert await own.receive() == {"action": "stale", "ids": [7]}


@pytest.mark.parametrize(
    ("settings", "headers", "watch", "status"),
    [
        ({"live": "off"}, {}, listed(ADA), 501),
        ({}, {"X-Mizan-Token": "no token"}, listed(ADA), 401),
        ({}, {"Content-Type": "text/plain"}, listed(ADA), 415),
        ({}, {}, {"watch": []}, 400),
    ],
)
@on_loop
async def test_where_there_is_nothing_to_tell(settings: Any, headers: Any, watch: Any, status: int) -> None:
    app = make_app(Settings(mwt_secret=SECRET, **settings))
    async with AsgiEvents(app, watch, headers) as stream:
        assert stream.status == status
        assert (await stream.body())["error"]["code"]


@pytest.mark.parametrize("end", ["its token", "a while"])
@on_loop
async def test_it_ends_with(end: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which is over as soon as a second has gone by after the first events."""
    has_heard, on_tick = asyncio.Event(), EventStream.on_tick
    monkeypatch.setattr(EventStream, "on_tick", lambda stream: on_tick(stream) if has_heard.is_set() else None)
    if end == "a while":
        monkeypatch.setattr(events, "LONGEST", 0.1)
    else:
        monkeypatch.setattr(events, "time", SimpleNamespace(time=lambda: time.time() + 60))
    token = create_mwt({"id": "ada"}, SECRET, ttl=60)
    async with AsgiEvents(make_app(), listed(ADA), {"X-Mizan-Token": token}) as stream:
        assert [(await stream.receive())["action"] for _ in range(2)] == ["watching", "stale"]
        has_heard.set()
        await stream.ended()


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b'{"watch": {}}',
        b'{"watch": [], "more": 1}',
        b'{"watch": [{}]}',
        b'{"watch": [{"id": -1, "context": "a", "params": {}}]}',
        b'{"watch": [{"id": true, "context": "a", "params": {}}]}',
        b'{"watch": [{"id": 1, "context": 5, "params": {}}]}',
        b'{"watch": [{"id": 1, "context": "a", "params": []}]}',
        b'{"watch": [{"id": 1, "context": "a", "params": {}, "version": 5}]}',
        b'{"watch": [{"id": 1, "context": "a", "params": {}, "other": 5}]}',
        b'{"watch": [{"id": 1, "context": "a", "params": {}}, {"id": 1, "context": "b", "params": {}}]}',
        b'{"watch": [' + b",".join(b'{"id": %d, "context": "a", "params": {}}' % n for n in range(101)) + b"]}",
    ],
)
def test_bad_lists(body: bytes) -> None:
    with pytest.raises(BadRequest):
        read_watched(body)
