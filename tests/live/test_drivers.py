"""The scenarios over every driver: real servers, real sockets, two processes with one broker between them."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest
from websockets.frames import Frame, Opcode

from tests.cache.redis.servers import Server
from tests.extent import IS_CI, IS_THOROUGH
from tests.live.functions import DATABASE, state
from tests.live.overload import SUBSCRIPTIONS, a_reader_that_stops, ten_thousand_subscriptions
from tests.live.scenarios import SCENARIOS, SMALL, Entry, Scenario, a_reader_that_stops_keeps_nobody_waiting
from tests.live.servers import running
from tests.live.worlds import ServerWorld, begin_anew, play
from tests.programs.finding import ROOT

LIMITS = {**SMALL, "subscriptions": SUBSCRIPTIONS}
SERVERS = ("uvicorn", "granian", "daphne", "hypercorn")
_DJANGO = "tests.live.django_scenarios"
APPLICATIONS = {
    "django": f"{_DJANGO}.asgi:application",
    "channels": f"{_DJANGO}.asgi:channels",
    "fastapi": "tests.live.fastapi_project:app",
}


class Driver(NamedTuple):
    """What carries a socket."""

    server: str
    application: str

    def __str__(self) -> str:
        return f"{self.server}-{self.application}"


class Played(NamedTuple):
    """A driver, and how many processes of it there are: two with Redis between them, or one with its own memory."""

    driver: Driver
    processes: int

    def __str__(self) -> str:
        return f"{self.driver}-{'memory' if self.processes == 1 else 'redis'}"


DRIVERS = [
    *(Driver(server, application) for application in ("django", "fastapi") for server in SERVERS),
    Driver("daphne", "channels"),
    Driver("uvicorn", "channels"),
]


IN_CI = ("uvicorn-django", "granian-fastapi", "hypercorn-django", "daphne-channels")
"""Every server and every application once; ``make drivers`` and ``make thorough`` play all of them."""
OVERLOADED = ("uvicorn-django-redis", "granian-fastapi-redis")
"""One server of each framework is enough."""


def _usual() -> Sequence[str]:
    if IS_THOROUGH:
        return ["all"]
    return IN_CI if IS_CI else [str(DRIVERS[0])]


def _played() -> list[Played]:
    """At home one driver: drivers only move bytes. ``LIVE_DRIVERS="daphne-django granian-fastapi"`` names others."""
    named = os.environ.get("LIVE_DRIVERS", "").split() or _usual()
    chosen = [driver for driver in DRIVERS if str(driver) in named or named == ["all"]]
    return [
        *(Played(driver, 2) for driver in chosen),
        *(Played(driver, 1) for driver in chosen if driver in DRIVERS[:1]),
    ]


PLAYED = _played()


def _over(played: Sequence[Played]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("world", played, ids=str, indirect=True, scope="module")


@pytest.fixture(scope="module")
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerWorld]:
    (server, application), processes = request.param
    folder = tmp_path_factory.mktemp("live")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(DATABASE, str(folder / "live.sqlite3"))
        if application != "fastapi":
            _prepare_django()
        redis = Server(folder / "redis") if processes > 1 else None
        try:
            if redis is not None:
                redis.start()
            broker = "memory://" if redis is None else redis.url
            with running(
                server, APPLICATIONS[application], folder, processes=processes, broker=broker, limits=LIMITS
            ) as found:
                yield found
        finally:
            if redis is not None:
                redis.kill()


def _prepare_django() -> None:
    command = [sys.executable, "-m", f"{_DJANGO}.prepare"]
    subprocess.run(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=True, timeout=250)


# ``test_overload`` has one of them with more to read.
_OTHERS = [entry for entry in SCENARIOS if entry.scenario is not a_reader_that_stops_keeps_nobody_waiting]


@_over(PLAYED)
@pytest.mark.parametrize("entry", _OTHERS, ids=str)
def test_scenarios(world: ServerWorld, entry: Entry) -> None:
    begin_anew(world)
    play(world, entry.scenario)


@_over([played for played in PLAYED if str(played) in OVERLOADED])
@pytest.mark.parametrize("overload", [a_reader_that_stops, ten_thousand_subscriptions], ids=lambda each: each.__name__)
def test_overload(world: ServerWorld, overload: Scenario) -> None:
    play(world, overload)


@_over([played for played in PLAYED if played.processes > 1])
def test_the_client_for_people(world: ServerWorld, request: pytest.FixtureRequest) -> None:
    begin_anew(world)
    played: Played = request.node.callspec.params["world"]
    module = ["mizan_fastapi.live"] if played.driver.application == "fastapi" else ["django", "mizan_live"]
    asked = ["--watch", "user", "user_id=1", "--subscribe", "chat", "room=blue", "--say", "chat", "text=hi"]
    command = [sys.executable, "-m", *module, f"{world.urls[0]}/api/mizan/", *asked]
    call = ["--call", "rename", "user_id=1", "name=Eve"]
    # Whoever was started in a shell's background ignores it, and so would the client.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with subprocess.Popen(
        [*command, *call], cwd=ROOT, env=_of_the_project(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as talking:
        assert talking.stdout is not None
        assert talking.stderr is not None
        lines: list[str] = []
        while not (lines and 'answer    user user_id=1: {"user": "Eve"}' in lines[-1]):
            line = talking.stdout.readline()
            assert line, (lines, talking.stderr.read())
            lines.append(line[len("00:00:00.000 ") :].rstrip())
        talking.send_signal(signal.SIGINT)
        try:
            assert (talking.wait(60), talking.stderr.read()) == (0, "")
        finally:
            talking.kill()
    assert lines[0].startswith("   open ws://")
    assert lines[1:3] == ["-> watch     user user_id=1", '<- answer    user user_id=1: {"user": "Ada"}']
    assert any(line.startswith("<- message   chat room=blue ") and line.endswith(': {"text": "hi"}') for line in lines)
    assert "-> rpc       rename user_id=1 name=Eve" in lines
    assert lines.index("<- stale     user user_id=1") < len(lines) - 1


def _of_the_project() -> dict[str, str]:
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        "DJANGO_SETTINGS_MODULE": f"{_DJANGO}.settings",
        "MIZAN_MWT_SECRET": "",
        "MIZAN_BROKER_URL": "",
        "MIZAN_LIVE": "{}",
    }


@_over(PLAYED)
def test_what_a_refused_client_says_all_the_same_is_not_heard(world: ServerWorld) -> None:
    """A client that does not wait for the handshake's end."""
    begin_anew(world)
    url = urlsplit(world.urls[0])
    call = {"action": "rpc", "id": 1, "fn": "rename", "args": {"user_id": 1, "name": "Eve"}}
    upgrade = (
        f"GET /api/mizan/ws/ HTTP/1.1\r\nHost: {url.netloc}\r\nOrigin: https://evil.example\r\n"
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: mizan.v1\r\n\r\n"
    )
    frame = Frame(Opcode.TEXT, json.dumps(call).encode()).serialize(mask=True)
    with socket.create_connection((str(url.hostname), int(url.port or 0)), timeout=60) as client:
        client.sendall(upgrade.encode() + frame)
        # hypercorn asks nobody: to it such a handshake is none.
        assert client.recv(65_536).startswith((b"HTTP/1.1 403 ", b"HTTP/1.1 400 "))
    # What is asked later is answered: it would have been heard by now.
    asyncio.run(world.call("sleep", {"seconds": 0.2}))
    assert state().names()[1] == "Ada"
