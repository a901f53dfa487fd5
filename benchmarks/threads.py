"""Throughput of eight threads, beside that of one.

The operation is what the engine does for one authenticated request: it checks the token, derives the cache key, and
encodes the answer, with one verifier, one keyer and one graph for all threads. With a GIL eight threads can do no more
than one, and should do no less but for what the interpreter takes, which plain Python work shows that is as long;
without it they should use the cores that there are.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from threading import Barrier, Thread
from time import perf_counter
from typing import Any

from benchmarks.engines import NATIVE
from benchmarks.harness import Effort, Question, Run, Samples, interleaved, main, rounds
from benchmarks.worker import worker

MANY = 8
AS_MUCH = 0.98
"""As little is lost as is of plain Python, give or take what such a figure differs by from run to run."""
_SWITCHES = (
    "The interpreter's switches between eight threads, whatever they do, are in it: the next figure is without them."
)
VARIABLE = "MIZAN_BENCH_FREE_THREADED"
SECRET = "a benchmark's secret of 32 bytes "
RESULT = b'{"user_id":5,"note":"Ring twice."}'
ARGUMENTS = {"user_id": 5, "note": "Ring twice."}
_USER_ID = {"name": "user_id", "shape": {"kind": "primitive", "name": "integer"}, "required": True}
_NOTE = {"name": "note", "shape": {"kind": "primitive", "name": "string"}, "required": True}
_FUNCTION: dict[str, Any] = {
    "context": None,
    "output": {"kind": "ref", "name": "User"},
    "affects": [],
    "merge": [],
    "auto_scope": True,
    "private": False,
    "auth": None,
}


def _param(field: dict[str, Any]) -> dict[str, Any]:
    return {**field, "identity": field["shape"]["name"]}


SPECIFICATION = {
    "types": {"User": {"kind": "struct", "fields": [_USER_ID, _NOTE]}},
    "functions": [
        {**_FUNCTION, "name": "user", "context": "users", "params": [_param(_USER_ID)]},
        {**_FUNCTION, "name": "update", "params": [_param(_USER_ID), _param(_NOTE)], "merge": [{"name": "users"}]},
    ],
}


def threads(count: int) -> Run:
    """A run that shares its repetitions among so many threads."""
    token = NATIVE.create_mwt("42", "0" * 32, secret=SECRET, ttl=86_400)
    decode, derive = NATIVE.MWTVerifier(SECRET).decode, NATIVE.CacheKeyer(SECRET).derive
    encode, graph = NATIVE.encode_response, NATIVE.compile_graph(SPECIFICATION)

    def work() -> None:
        claims = decode(token)
        derive("users", ARGUMENTS, claims.sub)
        encode(graph, "update", ARGUMENTS, RESULT)

    return shared(count, work)


def plain(count: int) -> Run:
    """The same, with work that takes as long and is of the interpreter's alone."""
    numbers = range(20)

    def work() -> None:
        texts = {}
        for number in numbers:
            texts[number & 7] = f"{number} is plain"

    return shared(count, work)


def shared(count: int, work: Callable[[], None]) -> Run:
    def repeat(repetitions: int, start: Barrier) -> None:
        start.wait()
        for _ in range(repetitions):
            work()

    def run(repetitions: int) -> float:
        start = Barrier(count + 1)
        shares = [(repetitions + number) // count for number in range(count)]
        workers = [Thread(target=repeat, args=(share, start)) for share in shares]
        for each in workers:
            each.start()
        start.wait()
        started = perf_counter()
        for each in workers:
            each.join()
        return perf_counter() - started

    return run


def here(effort: Effort) -> Samples:
    return interleaved(threads(MANY), threads(1), _patient(effort))


def beside_plain(effort: Effort) -> Samples:
    many, one, plain_many, plain_one = rounds((threads(MANY), threads(1), plain(MANY), plain(1)), _patient(effort))
    return Samples(_shares(many, one), _shares(plain_many, plain_one), "of one thread's time")


def _shares(many: list[float], one: list[float]) -> list[float]:
    return [each / alone for each, alone in zip(many, one, strict=True)]


def free_threaded(effort: Effort) -> Samples:
    make = partial(worker, "benchmarks.threads:threads", python=os.environ[VARIABLE])
    with make(argument=MANY) as ours, make(argument=1) as theirs:
        return interleaved(ours, theirs, _patient(effort))


def _patient(effort: Effort) -> Effort:
    """With whole samples that last many turns of the interpreter's threads: their start and end hardly count."""
    return replace(effort, sample_seconds=10 * effort.sample_seconds / effort.parts, parts=1)


def _not_free_threaded() -> str | None:
    """What keeps the interpreter that the variable names from being measured."""
    python = os.environ.get(VARIABLE)
    if not python:
        return f"no free-threaded interpreter: name one that has mizan-native installed in {VARIABLE}"
    program = "import sys, mizan_native; print(sys._is_gil_enabled())"
    result = subprocess.run([python, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    if result.stdout.strip() == "False":
        return None
    return f"the interpreter in {VARIABLE} has a GIL, or no mizan-native"


def _has_no_gil() -> str | None:
    with_gil = getattr(sys, "_is_gil_enabled", lambda: True)()
    return None if with_gil else "this interpreter has no GIL"


QUESTIONS = (
    Question("8 threads, with the GIL", "one thread", None, here, note=_SWITCHES, missing=_has_no_gil),
    Question(
        "8 threads, with the GIL, what they lose",
        "what 8 threads of plain Python lose",
        AS_MUCH,
        beside_plain,
        note="Each side's time with eight threads, in units of its time with one; all four in turn.",
        missing=_has_no_gil,
    ),
    Question("8 threads, free-threaded", "one thread", 1, free_threaded, missing=_not_free_threaded),
)

if __name__ == "__main__":
    raise SystemExit(main(QUESTIONS))
