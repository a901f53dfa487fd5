"""A FastAPI application's socket, in this process."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from fastapi import BackgroundTasks, Depends, HTTPException, Request
from fastapi.responses import JSONResponse
from httpx import ASGITransport, AsyncClient
from pydantic import BaseModel

from mizan_core.cache import stats
from mizan_core.client import client
from mizan_core.errors import Unauthorized
from mizan_core.interface.interface import Interface
from mizan_core.live import hub
from mizan_core.live.channels import ReactChannel
from mizan_core.mwt import MWTUser, create_mwt
from mizan_core.registry import Registry
from mizan_fastapi import Settings
from tests.live.asgi_client import ORIGIN, AsgiSocket, Closed, Refusal, scope_of
from tests.live.fastapi_app import COOKIE, SECRET, Sessions, make_app
from tests.live.functions import DATABASE, state
from tests.live.scenarios import SCENARIOS, Entry
from tests.live.worlds import AsgiWorld, play


@pytest.fixture(autouse=True)
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DATABASE, str(tmp_path / "live.sqlite3"))
    monkeypatch.setattr(hub, "COMPARE", 3_600.0)  # which would make up for what nobody is told


@pytest.mark.parametrize("entry", SCENARIOS, ids=str)
def test_scenarios(entry: Entry) -> None:
    play(_world(Settings(mwt_secret=SECRET, live=entry.limits)), entry.scenario)


@pytest.mark.parametrize("entry", SCENARIOS[:8], ids=str)
@pytest.mark.parametrize("way", ["included", "cached"])
def test_scenarios_in_another_way(entry: Entry, way: str) -> None:
    settings = Settings(mwt_secret=SECRET, live=entry.limits, cache_secret=SECRET[::-1] if way == "cached" else None)
    play(_world(settings, is_mounted=way != "included"), entry.scenario)


def _world(settings: Settings, **options: Any) -> AsgiWorld:
    sessions = Sessions()
    app = make_app(settings, sessions=sessions, **options)
    return AsgiWorld(app, SECRET, lambda name: f"{COOKIE}={sessions.log_in(name)}", sessions.log_out)


def test_a_dependency_of_the_router_stands_before_the_socket() -> None:
    def refuse() -> None:
        raise HTTPException(403)

    app = make_app(dependencies=[Depends(refuse)])

    async def check() -> None:
        with pytest.raises((Refusal, Closed)):
            async with AsgiSocket(app, scope_of()):
                pass

    asyncio.run(check())


@pytest.mark.parametrize("change", [{"origin": "https://evil.example"}, {"subprotocols": ()}])
def test_what_is_not_ours_is_refused_before_it_opens(change: dict[str, Any]) -> None:
    async def check() -> int:
        with pytest.raises(Refusal) as refusal:
            async with AsgiSocket(make_app(), scope_of(**change)):
                pass
        return refusal.value.status

    assert asyncio.run(check()) == (403 if "origin" in change else 400)


def test_frames_before_the_handshake_has_ended_wait_for_it() -> None:
    """No client may send them; a server may hand them over all the same."""
    app = make_app()

    async def check() -> None:
        socket = AsgiSocket(app, scope_of())
        await socket.send(action="rpc", id=1, fn="rename", args={"user_id": 1, "name": "Eve"})
        # No server does that: nobody has asked for the socket.
        with pytest.raises(AssertionError, match="ended without a word"):
            async with socket:
                pass
        assert state().names()[1] == "Ada"
        async with AsgiSocket(app, scope_of()) as socket:
            assert (await socket.ask(action="rpc", id=1, fn="sleep", args={"seconds": 0}))["ok"]

    asyncio.run(check())


def test_what_connections_do_stands_beside_the_caches_counts() -> None:
    before = stats().live
    app = make_app()

    async def check() -> None:
        async with AsgiSocket(app, scope_of()) as socket:
            await socket.ask(action="rpc", id=1, fn="sleep", args={"seconds": 0})
        with pytest.raises(Refusal):
            async with AsgiSocket(app, scope_of(origin="https://evil.example")):
                pass

    asyncio.run(check())
    after = stats().live
    counted = {
        name: getattr(after, name) - getattr(before, name) for name in ("connections", "closed", "frames", "refused")
    }
    assert counted == {"connections": 1, "closed": 1, "frames": 1, "refused": 1}


def test_where_it_is_off_nothing_opens() -> None:
    async def check() -> int:
        with pytest.raises(Refusal) as refusal:
            async with AsgiSocket(make_app(Settings(live="off")), scope_of()):
                pass
        assert b"MIZAN_LIVE is off" in refusal.value.body
        return refusal.value.status

    assert asyncio.run(check()) == 501


def test_a_token_that_expires_while_the_socket_opens_ends_it_with_a_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """It was good when the socket was asked for, and is not when the conversation begins."""
    token, token_user = create_mwt({"id": "ada"}, SECRET), Interface.token_user
    seen: list[str] = []

    def expiring(self: Interface, text: str) -> MWTUser:
        seen.append(text)
        if len(seen) > 1:
            raise Unauthorized("The token is refused: it has expired.")
        return token_user(self, text)

    monkeypatch.setattr(Interface, "token_user", expiring)

    async def check() -> None:
        async with AsgiSocket(
            make_app(Settings(mwt_secret=SECRET)), scope_of(headers={"X-Mizan-Token": token})
        ) as socket:
            with pytest.raises(Closed) as closed:
                await socket.receive_any()
        assert closed.value.code == 4401

    asyncio.run(check())


def test_whoever_says_nothing_any_more_is_not_waited_for() -> None:
    """A peer that is dead answers neither pings nor the close; the server is told by its driver's end."""
    settings = Settings(mwt_secret=SECRET, live={"ping_seconds": 1, "pong_seconds": 1})

    async def check() -> None:
        socket = await AsgiSocket(make_app(settings), scope_of()).__aenter__()
        assert (await socket.receive_any())["action"] == "ping"
        with pytest.raises(Closed) as closed:
            await socket.receive_any()
        assert closed.value.code == 4408
        await socket.ended()

    asyncio.run(check())


def test_whoever_opens_a_page_of_several_processes_with_messages_in_memory_is_a_warning(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("WEB_CONCURRENCY", "2")
    app = make_app(Settings(mwt_secret=SECRET))

    async def check() -> None:
        for _ in range(2):
            async with AsgiSocket(app, scope_of()):
                pass

    asyncio.run(check())
    assert [record.getMessage()[:10] for record in caplog.records if record.name == "mizan.settings"] == ["mizan.W010"]


def test_an_application_that_cannot_tell_for_a_moment_takes_no_right_away() -> None:
    asked, right = asyncio.Event(), ["granted"]

    class FragileChannel(ReactChannel):
        class ServerMessage(BaseModel):
            text: str

        async def authorize(self, params: None) -> bool:
            asked.set()
            if right[0] == "unknown":
                raise RuntimeError("the database is away")
            return right[0] == "granted"

    registry = Registry()
    registry.register(FragileChannel)
    app = make_app(Settings(mwt_secret=SECRET, live={"check_seconds": 1}), registry=registry)

    async def check() -> None:
        async with AsgiSocket(app, scope_of()) as socket:
            assert (await socket.ask(action="subscribe", id=1, channel="fragile"))["ok"]
            right[0] = "unknown"
            asked.clear()
            await asyncio.wait_for(asked.wait(), 60)
            await FragileChannel.publish(None, {"text": "still here"})
            assert (await socket.receive())["data"] == {"text": "still here"}
            right[0] = "withdrawn"
            assert (await socket.receive())["action"] == "dropped"

    asyncio.run(check())


def test_what_a_task_changes_after_the_answer_its_own_socket_is_told() -> None:
    """Of what the function itself has changed the answer tells, and of the rest nothing else would."""
    registry, names = Registry(), ["Ada"]

    @registry.register
    @client(context="name")
    async def name(request: Any) -> str:
        return names[-1]

    @registry.register
    @client(affects="name")
    async def rename_later(request: Any, tasks: BackgroundTasks) -> None:
        tasks.add_task(names.append, "Eve")

    app = make_app(Settings(mwt_secret=SECRET), registry=registry)

    async def check() -> None:
        async with AsgiSocket(app, scope_of(query="socket=socket-0123456789")) as socket:
            await socket.ask(action="watch", id=7, context="name", params={})
            assert (await socket.ask(action="rpc", id=1, fn="rename_later", args={}))["invalidate"] == ["name"]
            assert await socket.receive() == {"action": "stale", "ids": [7]}
            assert (await socket.ask(action="watch", id=7, context="name", params={}))["data"] == {"name": "Eve"}

    asyncio.run(check())


class Refused(Exception):
    """One of the application's own, for which it has a handler."""


def test_failures_reach_the_handlers_and_the_log_that_they_reach_over_http(caplog: pytest.LogCaptureFixture) -> None:
    seen: list[str] = []
    registry, raised = Registry(), {"unforeseen": RuntimeError("why"), "own": Refused(), "status": HTTPException(404)}

    @registry.register
    @client
    def fail(request: Any, how: str) -> None:
        raise raised[how]

    app = make_app(Settings(mwt_secret=SECRET), registry=registry)

    @app.exception_handler(Refused)
    @app.exception_handler(Exception)
    async def handle(request: Request, error: Exception) -> JSONResponse:
        seen.append(f"{type(error).__name__} {request.url.path}")
        return JSONResponse({}, 409 if isinstance(error, Refused) else 500)

    def logged() -> list[str]:
        found = [record.getMessage() for record in caplog.records if record.name == "mizan.request"]
        caplog.clear()
        return found

    async def check() -> None:
        async with AsgiSocket(app, scope_of()) as socket:
            for how, code in (("unforeseen", "INTERNAL_ERROR"), ("own", "CONFLICT"), ("status", "NOT_FOUND")):
                await over_http(how)
                expected = logged(), [each.replace("call/", "ws/") for each in seen]
                seen.clear()
                answer = await socket.ask(action="rpc", id=1, fn="fail", args={"how": how})
                assert answer["error"]["code"] == code
                assert (logged(), seen) == expected, how
                assert len(expected[0]) == (how == "unforeseen")
                assert len(seen) == (how != "status")
                seen.clear()

    async def over_http(how: str) -> None:
        transport = ASGITransport(app, raise_app_exceptions=False)
        async with AsyncClient(transport=transport, base_url=ORIGIN) as http:
            await http.post("/api/mizan/call/", json={"fn": "fail", "args": {"how": how}})

    asyncio.run(check())
