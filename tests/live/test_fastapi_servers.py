"""The scenarios over uvicorn: two processes, one Redis."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cache.redis import conftest as redis
from tests.cache.redis.servers import Server
from tests.live.functions import DATABASE, state
from tests.live.scenarios import SCENARIOS, SMALL, Entry, Talk, opened
from tests.live.servers import running
from tests.live.worlds import ServerWorld, begin_anew, play

shared_server = redis.shared_server
LIMITS: dict[str, dict[str, int]] = {"plain": {}, "soon": SMALL}


@pytest.fixture(scope="module")
def world(
    request: pytest.FixtureRequest, shared_server: Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ServerWorld]:
    folder = tmp_path_factory.mktemp("servers")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(DATABASE, str(folder / "live.sqlite3"))
        with running(
            "uvicorn",
            "tests.live.fastapi_project:app",
            folder,
            processes=2,
            broker=shared_server.url,
            limits=LIMITS[request.param],
            MIZAN_CACHE_PREFIX=f"live-{secrets.token_hex(4)}:",
        ) as found:
            yield found


_WITH_LIMITS = [(name, entry) for name, limits in LIMITS.items() for entry in SCENARIOS if entry.limits == limits]


@pytest.mark.parametrize(("world", "entry"), _WITH_LIMITS, ids=str, indirect=["world"], scope="module")
def test_scenarios(world: ServerWorld, entry: Entry) -> None:
    begin_anew(world)
    play(world, entry.scenario)


@pytest.mark.parametrize("world", ["plain"], indirect=True, scope="module")
def test_a_connection_that_is_cut_leaves_the_room(world: ServerWorld) -> None:
    """Nobody says goodbye."""

    async def check() -> None:
        async with opened(world, user="ada") as ada:
            assert (await ada.ask(action="subscribe", id=1, channel="lobby", params={}))["ok"]
            assert "joined" in (await ada.receive())["presence"]
            async with world.open(user="bob", process=1) as client:
                bob = Talk(client)
                assert (await bob.ask(action="subscribe", id=1, channel="lobby", params={}))["ok"]
                assert "joined" in (await ada.receive())["presence"]
                client.abort()
                assert "left" in (await ada.receive())["presence"]

    asyncio.run(check())


def test_what_is_under_way_when_a_server_stops_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DATABASE, str(tmp_path / "live.sqlite3"))
    state()
    with running(
        "uvicorn", "tests.live.fastapi_project:app", tmp_path, processes=1, broker="memory://", limits={}
    ) as found:

        async def begin() -> None:
            async with opened(found) as talk:
                await talk.send(action="rpc", id=1, fn="rename_slowly", args={"user_id": 1, "name": "Eve"})
                await talk.ask(action="rpc", id=2, fn="sleep", args={"seconds": 0.05})

        asyncio.run(begin())
    assert state().names()[1] == "Eve"


def test_a_process_without_sockets_tells_the_others(
    shared_server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DATABASE, str(tmp_path / "live.sqlite3"))
    with running(
        "uvicorn", "tests.live.fastapi_project:app", tmp_path, processes=2, broker=shared_server.url, limits={}
    ) as found:

        async def check() -> None:
            async with opened(found, process=1) as talk:
                await talk.watch(7, "everybody")
                await found.call("rename", {"user_id": 1, "name": "Eve"}, process=0)
                assert await talk.receive() == {"action": "stale", "ids": [7]}

        asyncio.run(check())
