"""The scenarios over every driver: real servers, real sockets, two processes with one broker between them."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest
from websockets.frames import Frame, Opcode

from tests.cache.redis.servers import Server
from tests.extent import IS_CI, IS_THOROUGH
from tests.live.functions import DATABASE, state
from tests.live.scenarios import SCENARIOS, Entry
from tests.live.servers import running
from tests.live.worlds import ServerWorld, play
from tests.programs.finding import ROOT

LIMITS = {"ping_seconds": 1, "pong_seconds": 4, "check_seconds": 1}
"""So that the scenarios in which time goes by are over soon, and a busy machine is not taken for a dead one."""
SETTLED = 0.2
"""Seconds after which nobody is told any more of what the scenario before has changed."""
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


@pytest.fixture(scope="module", params=_played(), ids=str)
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
    subprocess.run(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=True, timeout=60)


@pytest.mark.parametrize("entry", SCENARIOS, ids=str)
def test_scenarios(world: ServerWorld, entry: Entry) -> None:
    time.sleep(SETTLED)
    state().reset()
    play(world, entry.scenario)


def test_what_a_refused_client_says_all_the_same_is_not_heard(world: ServerWorld) -> None:
    """A client that does not wait for the handshake's end."""
    time.sleep(SETTLED)
    state().reset()
    url = urlsplit(world.urls[0])
    call = {"action": "rpc", "id": 1, "fn": "rename", "args": {"user_id": 1, "name": "Eve"}}
    upgrade = (
        f"GET /api/mizan/ws/ HTTP/1.1\r\nHost: {url.netloc}\r\nOrigin: https://evil.example\r\n"
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: mizan.v1\r\n\r\n"
    )
    frame = Frame(Opcode.TEXT, json.dumps(call).encode()).serialize(mask=True)
    with socket.create_connection((str(url.hostname), int(url.port or 0)), timeout=20) as client:
        client.sendall(upgrade.encode() + frame)
        # hypercorn asks nobody: to it such a handshake is none.
        assert client.recv(65_536).startswith((b"HTTP/1.1 403 ", b"HTTP/1.1 400 "))
    time.sleep(SETTLED)
    assert state().names()[1] == "Ada"
