"""The soak's checker, on a directed schedule: silent on the build as it is, and loud on every build that is broken on
purpose. That luck finds them, too, is shown by ``make soak ARGS="--break all"``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from tests.cache.soak.database import Database
from tests.cache.soak.directed import FRONTS
from tests.cache.soak.faults import FAULTS, HARMLESS
from tests.cache.soak.processes import environment
from tests.forking.client import ForkServer

Play: TypeAlias = "Callable[..., dict[str, Any]]"
_CACHE = {"MIZAN_CACHE_URL": "memory://"}
_LEAST_HIT_SHARE = 0.4

pytestmark = pytest.mark.timeout(400)


@pytest.fixture(scope="module")
def play(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Play]:
    """The directed schedule on one of ``FRONTS``, with a fault or without; each application is loaded once."""
    folder = tmp_path_factory.mktemp("soak")
    servers: dict[str, ForkServer] = {}

    def play(front: str, fault: str = "") -> dict[str, Any]:
        kind = front.partition("-")[0]
        database = folder / f"{kind}.sqlite3"
        if kind not in servers:
            variables = environment({**_CACHE, "SOAK_DATABASE": str(database)})
            servers[kind] = ForkServer(f"tests.cache.soak.{kind}_app", variables=variables)
        for file in folder.iterdir():
            file.unlink()
        Database(str(database)).create()
        ended = servers[kind].run(Path.cwd(), "-m", "tests.cache.soak.directed", front, fault, folder)
        assert ended.returncode == 0, ended.stderr
        said: dict[str, Any] = json.loads(ended.stdout)
        return said

    yield play
    for server in servers.values():
        server.close()


@pytest.mark.parametrize("front", FRONTS)
def test_the_build_as_it_is_serves_nothing_stale(play: Play, front: str) -> None:
    said = play(front)
    assert said["wrong"] == 0, said
    assert said["hit_share"] > _LEAST_HIT_SHARE, said


@pytest.mark.parametrize("fault", FAULTS)
def test_a_broken_build_is_found_out(play: Play, fault: str) -> None:
    said = play("django-wsgi" if "django" in FAULTS[fault].world else "fastapi", fault)
    assert said["wrong"] > 0, said


def test_a_build_that_stores_nothing_is_not_used(play: Play) -> None:
    [fault] = HARMLESS
    said = play("fastapi", fault)
    assert (said["wrong"], said["hit_share"]) == (0, 0), said
