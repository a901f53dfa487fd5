"""One server process, its clients and those who change things: ``worker KIND NAME FOLDER FAULT``.

It does what it is told on its standard input, a word a line: ``go`` lets everybody play, ``quiet`` lets them finish
what they have begun, ``check`` compares what the clients show with the database. It answers each with a line of JSON.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import sys
import time
from asyncio import Task
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.cache.soak.clients import end_tasks
from tests.cache.soak.database import Database
from tests.cache.soak.errors import Errors, unforeseen_errors
from tests.cache.soak.history import Writer
from tests.cache.soak.in_process import ask_asgi
from tests.cache.soak.players import WARMING, Player, Request
from tests.cache.soak.world import CELLS, FETCHES, LANGUAGES, VIEWERS
from tests.live.soak.clients import Client
from tests.live.soak.faults import FAULTS

CLIENTS = 6
MUTATORS = 2
VIEWS = 12
PATIENCE, SHORT_PATIENCE = 45.0, 2.0
"""Seconds after which what a client shows is wrong and not late: longer than from one comparison to the next, and less
where a build is broken on purpose."""
_PAUSE = 0.02
"""Seconds between two changes of one who changes things, on average."""
_CUT = 0.15
"""Seconds between two cuts, on average."""
_OUTLIVING = 20.0
"""Seconds that what outlives its request may take."""


class Mutator(Player):
    """A player that changes things alone, over HTTP."""

    def choose(self) -> Request:
        self._settle_outliving()
        return self._mutation()

    @property
    def has_settled(self) -> bool:
        self._settle_outliving()
        return not self._outliving


class Worker:
    """Everybody in this process."""

    def __init__(self, application: Any, name: str, folder: Path, patience: float, errors: Errors) -> None:
        self._patience = patience
        self._errors = errors
        self._application = application
        self._random = random.Random(name)  # noqa: S311 - a game
        self._database = Database(os.environ["SOAK_DATABASE"])
        self._clients = [self._client(f"{name}-{number}") for number in range(CLIENTS)]
        self._mutators = [
            Mutator(f"{name}-m{number}", Writer(folder / f"{name}-m{number}.history")) for number in range(MUTATORS)
        ]
        self._staying: list[Task[None]] = []
        self._playing: list[Task[None]] = []
        self._is_playing = False

    async def begin(self) -> None:
        """Open the connections."""
        for request in WARMING:
            await ask_asgi(self._application, request)
        self._staying = [asyncio.create_task(client.run()) for client in self._clients]

    async def go(self) -> dict[str, Any]:
        """Let everybody play."""
        self._is_playing = True
        works = [
            *(self._change(mutator) for mutator in self._mutators),
            *(self._call(client) for client in self._clients),
            self._cut(),
        ]
        self._playing = [asyncio.create_task(work) for work in works]
        return {}

    async def quiet(self) -> dict[str, Any]:
        """Let everybody finish."""
        self._is_playing = False
        await asyncio.gather(*self._playing)
        await end_tasks()
        end = time.monotonic() + _OUTLIVING
        while not (
            all(mutator.has_settled for mutator in self._mutators) and all(client.is_quiet for client in self._clients)
        ):
            if time.monotonic() > end:
                raise AssertionError("what was begun does not end")
            await asyncio.sleep(0.01)
        self._look()
        return {}

    async def check(self) -> dict[str, Any]:
        """How many views there are, how many were not what the database has, and how many never became so."""
        self._look()
        versions = await asyncio.to_thread(self._versions)
        views = [view for client in self._clients for view in client.views.values()]
        late = [view for view in views if not view.shows(versions)]
        wrong, longest, begin = late, 0.0, time.monotonic()
        while wrong and longest < self._patience:
            await asyncio.sleep(0.05)
            self._look()
            wrong = [view for view in wrong if not view.shows(versions)]
            longest = time.monotonic() - begin
        examples = [f"{view.fetch}: {json.dumps(view.data)[:200]} is not {_selected(view, versions)}" for view in wrong]
        return {
            "compared": len(views),
            "late": len(late) - len(wrong),
            "wrong": len(wrong),
            "longest": longest,
            "examples": examples[:3],
            "watches": sum(view.asked for view in views),
            "changes": sum(mutator.operations for mutator in self._mutators),
            "calls": sum(client.calls for client in self._clients),
            "cuts": sum(client.cuts for client in self._clients),
            "signals": sum(client.signals for client in self._clients),
        }

    def _look(self) -> None:
        """:raises Exception: what one of those who stay connected has met, or the server has."""
        self._errors.check()
        for task in self._staying:
            if task.done():
                task.result()

    def _client(self, seed: str) -> Client:
        viewer, language = self._random.choice(VIEWERS), self._random.choice(LANGUAGES)
        shown = [
            place
            for place, fetch in enumerate(FETCHES)
            if fetch.viewer == viewer and fetch.language in (None, language)
        ]
        return Client(self._application, viewer, language, self._random.sample(shown, VIEWS), seed)

    async def _change(self, mutator: Mutator) -> None:
        while self._is_playing:
            request = mutator.choose()
            begin = time.monotonic_ns()
            answer = await ask_asgi(self._application, request, mutator.patience(request))
            mutator.record(request, answer, begin, time.monotonic_ns())
            await self._pause(_PAUSE)

    async def _call(self, client: Client) -> None:
        while self._is_playing:
            await client.call()
            await self._pause(4 * _PAUSE)

    async def _cut(self) -> None:
        while self._is_playing:
            await self._pause(_CUT)
            self._random.choice(self._clients).cut()

    async def _pause(self, mean: float) -> None:
        await asyncio.sleep(self._random.uniform(0, 2 * mean))

    def _versions(self) -> dict[int, int]:
        with closing(self._database.connect()) as connection:
            return dict(connection.execute(self._database.selecting(range(CELLS))).fetchall())


def _selected(view: Any, versions: dict[int, int]) -> list[int]:
    return [versions[cell] for cell in view.fetch.cells]


def _application(kind: str) -> Any:
    """The application, whose purges are announced."""
    if kind == "fastapi":
        from tests.cache.soak import fastapi_app

        return fastapi_app.app
    import mizan
    from tests.cache.soak import django_app

    return mizan.wrap_asgi(django_app.asgi)


async def _serve(kind: str, name: str, folder: Path, patience: float) -> None:
    worker = Worker(_application(kind), name, folder, patience, unforeseen_errors())
    await worker.begin()
    _say({})
    words: dict[str, Callable[[], Any]] = {"go": worker.go, "quiet": worker.quiet, "check": worker.check}
    while word := (await asyncio.to_thread(sys.stdin.readline)).strip():
        _say(await words[word]())


def _say(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def main(kind: str, name: str, folder: str, fault: str = "") -> int:
    if fault:
        FAULTS[fault].install()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(kind, name, Path(folder), SHORT_PATIENCE if fault else PATIENCE))
    # What has outlived its request may hold threads.
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
