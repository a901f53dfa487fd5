"""One server process and the players that use it: ``worker KIND NAME FOLDER FAULT``.

It says ``ready`` when it can begin, begins and ends as it is told on its standard input, and tells on its standard
output how far it is.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from threading import Event, Thread
from typing import TypeAlias

from tests.cache.soak.clients import end_tasks, end_threads
from tests.cache.soak.errors import unforeseen_errors
from tests.cache.soak.history import Writer
from tests.cache.soak.in_process import ask_asgi, ask_asgi_with_timeout, ask_wsgi
from tests.cache.soak.players import WARMING, Answer, Player, Request

Ask: TypeAlias = "Callable[[Request], Answer]"
AsyncAsk: TypeAlias = "Callable[[Request, float | None], Awaitable[Answer | None]]"

TASKS = 6
THREADS = 6
LOOPS = 2


class Worker:
    """The players of one process."""

    def __init__(self, name: str, folder: Path) -> None:
        self._name = name
        self._folder = folder
        self._players: list[Player] = []
        self._threads: list[Thread] = []
        self._stopped = Event()
        self.has_failed = False

    @property
    def operations(self) -> int:
        return sum(player.operations for player in self._players)

    @property
    def hits(self) -> int:
        return sum(player.hits for player in self._players)

    def add_threads(self, count: int, ask: Ask) -> None:
        """Players with a thread each."""
        for player in self._new_players(count):
            self._add(partial(self._play, player, ask))

    def add_loop(self, count: int, ask: AsyncAsk) -> None:
        """Players with a task each, on an event loop in a thread of its own."""
        players = self._new_players(count)

        async def play() -> None:
            await asyncio.gather(*(self._aplay(player, ask) for player in players))
            await end_tasks()

        self._add(lambda: asyncio.run(play()))

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let every player finish what it does, and close the histories."""
        self._stopped.set()
        for thread in self._threads:
            thread.join()
        end_threads()
        for player in self._players:
            player.close()

    def _new_players(self, count: int) -> list[Player]:
        keys = [f"{self._name}-{len(self._players) + index}" for index in range(count)]
        players = [Player(key, Writer(self._folder / f"{key}.history")) for key in keys]
        self._players += players
        return players

    def _add(self, run: Callable[[], None]) -> None:
        def run_guarded() -> None:
            try:
                run()
            except BaseException:  # noqa: BLE001 - one player that fails ends the whole run
                traceback.print_exc()
                self.has_failed = True
                self._stopped.set()

        self._threads.append(Thread(target=run_guarded))

    def _play(self, player: Player, ask: Ask) -> None:
        while not self._stopped.is_set():
            request = player.choose()
            begin = time.monotonic_ns()
            answer = ask(request)
            player.record(request, answer, begin, time.monotonic_ns())

    async def _aplay(self, player: Player, ask: AsyncAsk) -> None:
        while not self._stopped.is_set():
            request = player.choose()
            begin = time.monotonic_ns()
            answer = await ask(request, player.patience(request))
            player.record(request, answer, begin, time.monotonic_ns())
            await asyncio.sleep(0)


def _fill_fastapi(worker: Worker) -> None:
    from tests.cache.soak.fastapi_app import app

    for request in WARMING:
        asyncio.run(ask_asgi(app, request))
    for _ in range(LOOPS):
        worker.add_loop(TASKS, partial(ask_asgi_with_timeout, app))


def _fill_django(worker: Worker) -> None:
    from tests.cache.soak.django_app import asgi, wsgi

    for request in WARMING:
        ask_wsgi(wsgi, request)
    worker.add_threads(THREADS, partial(ask_wsgi, wsgi))
    worker.add_loop(TASKS, partial(ask_asgi, asgi))


_FILLERS = {"fastapi": _fill_fastapi, "django": _fill_django}


def main(kind: str, name: str, folder: str, fault: str) -> int:
    """Play until told to stop; 1 when a player has failed."""
    errors = unforeseen_errors()
    worker = Worker(name, Path(folder))
    if fault:
        from tests.cache.soak.faults import FAULTS, HARMLESS

        (FAULTS | HARMLESS)[fault].install()
    _FILLERS[kind](worker)
    _say("ready")
    sys.stdin.readline()
    worker.start()
    told = _told_to_stop()
    while not told.wait(0.5) and not worker.has_failed:
        _say(f"at {worker.operations} {worker.hits}")
    worker.stop()
    if not fault:
        errors.check()

    from mizan_core.cache import stats

    _say("done " + json.dumps({"operations": worker.operations, **asdict(stats())}))
    return int(worker.has_failed)


def _told_to_stop() -> Event:
    told = Event()

    def listen() -> None:
        sys.stdin.readline()
        told.set()

    Thread(target=listen, daemon=True).start()
    return told


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
