"""Throughput of eight threads, beside that of one.

The operation is what the engine does for one authenticated request: it checks the token, derives the cache key, and
encodes the answer, with one verifier, one keyer and one graph for all threads. With a GIL eight threads can do no more
than one, and should do no less; without it they should use the cores that there are.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from functools import partial
from threading import Barrier, Thread
from time import perf_counter
from typing import Any

from benchmarks.engines import NATIVE, PURE
from benchmarks.harness import Effort, Question, Run, Samples, interleaved, main
from benchmarks.worker import worker
from mizan_core.engine import Engine

MANY = 8
_FLOOR = "What the interpreter's switches take from any Python code: the floor of the figure above."
_SWITCHES = (
    "What is missing is what the interpreter takes for switching between eight threads, whatever they do: the pure "
    "engine loses as much (the next figure)."
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


def threads(count: int, engine: Engine = NATIVE) -> Run:
    """A run that shares its repetitions among so many threads."""
    token = engine.create_mwt("42", "0" * 32, secret=SECRET, ttl=86_400)
    decode, derive = engine.MWTVerifier(SECRET).decode, engine.CacheKeyer(SECRET).derive
    encode, graph = engine.encode_response, engine.compile_graph(SPECIFICATION)

    def work(repetitions: int, start: Barrier) -> None:
        start.wait()
        for _ in range(repetitions):
            claims = decode(token)
            derive("users", ARGUMENTS, claims.sub)
            encode(graph, "update", ARGUMENTS, RESULT)

    def run(repetitions: int) -> float:
        start = Barrier(count + 1)
        shares = [(repetitions + number) // count for number in range(count)]
        workers = [Thread(target=work, args=(share, start)) for share in shares]
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


def in_python(effort: Effort) -> Samples:
    return interleaved(threads(MANY, PURE), threads(1, PURE), _patient(effort))


def free_threaded(effort: Effort) -> Samples:
    make = partial(worker, "benchmarks.threads:threads", python=os.environ[VARIABLE])
    with make(argument=MANY) as ours, make(argument=1) as theirs:
        return interleaved(ours, theirs, _patient(effort))


def _patient(effort: Effort) -> Effort:
    """With samples that last many turns of the interpreter's threads, so that their start and end hardly count."""
    return replace(effort, sample_seconds=10 * effort.sample_seconds)


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
    Question("8 threads, with the GIL", "one thread", 1, here, note=_SWITCHES, missing=_has_no_gil),
    Question(
        "8 threads, with the GIL, the pure engine", "one thread", None, in_python, note=_FLOOR, missing=_has_no_gil
    ),
    Question("8 threads, free-threaded", "one thread", 1, free_threaded, missing=_not_free_threaded),
)

if __name__ == "__main__":
    raise SystemExit(main(QUESTIONS))
