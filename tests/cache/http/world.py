"""What the functions under test read and change, so that a test can watch, stop and count them."""

from __future__ import annotations

import threading
from asyncio import to_thread
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

PATIENCE = 60.0
"""Seconds after which whoever waits for another gives up."""


class Gate(AbstractContextManager["Gate"]):
    """A place where runs of a function stop, having read, until the gate is opened; leaving the block opens it."""

    def __init__(self) -> None:
        self._arrivals = threading.Semaphore(0)
        self._open = threading.Event()

    def wait_for_arrival(self) -> None:
        """Return once another run has come to the gate."""
        assert self._arrivals.acquire(timeout=PATIENCE), "nobody has come to the gate"

    def open(self) -> None:
        self._open.set()

    def pass_through(self) -> None:
        """What a run does."""
        self._arrivals.release()
        assert self._open.wait(PATIENCE), "the gate has not been opened"

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.open()


@dataclass
class World:
    """Numbers by name, the runs of each function, and the gates that they pass."""

    numbers: Counter[Any] = field(default_factory=Counter)
    runs: Counter[str] = field(default_factory=Counter)
    gates: dict[str, Gate] = field(default_factory=dict)
    failures: dict[str, Exception] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def clear(self) -> None:
        for part in (self.numbers, self.runs, self.gates, self.failures):
            part.clear()

    def read(self, function: str, key: Any = None) -> int:
        """The number of *key*, for *function*, which has run once more."""
        with self._lock:
            self.runs[function] += 1
            return self.numbers[key]

    def change(self, key: Any) -> int:
        with self._lock:
            self.numbers[key] += 1
            return self.numbers[key]

    def gate(self, function: str) -> Gate:
        self.gates[function] = gate = Gate()
        return gate

    def pause(self, function: str) -> None:
        """Stop at the function's gate, if it has one, and fail if it is told to."""
        gate = self.gates.get(function)
        if gate is not None:
            gate.pass_through()
        failure = self.failures.pop(function, None)
        if failure is not None:
            raise failure

    async def apause(self, function: str) -> None:
        if function in self.gates or function in self.failures:
            await to_thread(self.pause, function)


WORLD = World()


def in_threads(count: int, work: Callable[[], Any]) -> list[Any]:
    """What *count* threads that do *work* at once give."""
    outcomes: list[Any] = []
    threads = [threading.Thread(target=lambda: outcomes.append(work()), daemon=True) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert len(outcomes) == count, f"{count - len(outcomes)} threads have failed or hang"
    return outcomes


class Background:
    """*work* in a thread of its own."""

    def __init__(self, work: Callable[[], Any]) -> None:
        self._outcome: list[Any] = []
        self._thread = threading.Thread(target=lambda: self._outcome.append(work()), daemon=True)
        self._thread.start()

    def result(self) -> Any:
        self._thread.join(PATIENCE)
        assert self._outcome, "the thread has failed or hangs"
        return self._outcome[0]
