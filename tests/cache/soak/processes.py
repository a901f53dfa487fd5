"""The worker processes of a world, started together, watched, and stopped."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Thread
from typing import Any

from tests.cache.soak.world import TOKEN_SECRET

ROOT = Path(__file__).parents[3]
_PATIENCE = 60.0
"""Seconds that a start or an end may take."""
_GLANCE = 0.5
"""Seconds from one look at the workers to the next."""
_CACHE_SECRET = "soak-cache-secret-0123456789-abcdef"


class WorkerFailed(Exception):
    """A worker has ended by itself; the message holds what it has said."""


class Worker:
    """One worker process.

    :param settings: ``MIZAN_*`` variables.
    """

    def __init__(self, kind: str, name: str, folder: Path, fault: str, settings: dict[str, str]) -> None:
        self._log = folder / f"{name}.log"
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.cache.soak.worker", kind, name, str(folder), fault],
                cwd=ROOT,
                env=environment(settings),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        self.is_ready = False
        self.operations = 0
        self.hits = 0
        self.stats: dict[str, int] | None = None
        self._listener = Thread(target=self._listen, daemon=True)
        self._listener.start()

    def tell(self, word: str) -> None:
        """Begin, or end: the worker waits for a line."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(word + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            self.check()

    def check(self) -> None:
        """:raises WorkerFailed: when it has ended without an account of itself."""
        if self._process.poll() not in (None, 0):
            raise WorkerFailed(self._log.read_text())

    def finish(self) -> dict[str, int]:
        """Wait for its end; what its cache has done."""
        self._process.wait(_PATIENCE)
        self._listener.join(_PATIENCE)
        self.check()
        assert self.stats is not None
        return self.stats

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        self._listener.join()
        for stream in (self._process.stdin, self._process.stdout):
            assert stream is not None
            stream.close()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            word, _, rest = line.rstrip("\n").partition(" ")
            if word == "ready":
                self.is_ready = True
            elif word == "at":
                self.operations, self.hits = map(int, rest.split())
            elif word == "done":
                self.stats = json.loads(rest)


def play(workers: Sequence[Worker], is_over: Callable[[float, int, int], bool]) -> list[dict[str, int]]:
    """Let workers play together; what the cache of each has done.

    :param is_over: told the seconds, operations and hits so far, about twice a second; True ends it.
    """
    _wait_until_ready(workers)
    for worker in workers:
        worker.tell("start")
    begin = time.monotonic()
    operations = hits = 0
    while not is_over(time.monotonic() - begin, operations, hits):
        time.sleep(_GLANCE)
        for worker in workers:
            worker.check()
        operations, hits = (sum(getattr(worker, name) for worker in workers) for name in ("operations", "hits"))
    for worker in workers:
        worker.tell("stop")
    return [worker.finish() for worker in workers]


def _wait_until_ready(workers: Sequence[Worker]) -> None:
    end = time.monotonic() + _PATIENCE
    while not all(worker.is_ready for worker in workers):
        for worker in workers:
            worker.check()
        if time.monotonic() > end:
            raise WorkerFailed("It did not start in time.")
        time.sleep(0.02)


def environment(settings: dict[str, str]) -> dict[str, str]:
    kept: dict[str, Any] = {
        name: value for name, value in os.environ.items() if not name.startswith("MIZAN_") or name == "MIZAN_ENGINE"
    }
    return {
        **kept,
        "MIZAN_CACHE_SECRET": _CACHE_SECRET,
        "MIZAN_MWT_SECRET": TOKEN_SECRET,
        **settings,
    }
