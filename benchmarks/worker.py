"""A run that lives in a process of its own, when its two sides cannot share one.

``python -m benchmarks.worker MODULE:FUNCTION ARGUMENT`` makes the run with ``FUNCTION(int(ARGUMENT))``; then each line
that it reads is a number of repetitions, and each that it writes the seconds that they took.
"""

from __future__ import annotations

import gc
import importlib
import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.timing import Run, collected, settled

ROOT = Path(__file__).parents[1]
TIMEOUT = 120.0
"""Seconds that a worker may take to get ready, or for one sample."""


@contextmanager
def worker(maker: str, argument: int, python: str = sys.executable) -> Iterator[Run]:
    """The run that ``MODULE:FUNCTION`` makes of *argument*, in another process; it ends with the context."""
    process = subprocess.Popen(
        [python, "-m", "benchmarks.worker", maker, str(argument)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        _answer(process)
        yield lambda repetitions: _ask(process, repetitions)
    finally:
        process.kill()
        process.communicate()


def _ask(process: subprocess.Popen[bytes], repetitions: int) -> float:
    assert process.stdin is not None
    process.stdin.write(b"%d\n" % repetitions)
    process.stdin.flush()
    return _answer(process)


def _answer(process: subprocess.Popen[bytes]) -> float:
    assert process.stdout is not None
    if not select.select([process.stdout], [], [], TIMEOUT)[0]:
        raise TimeoutError(f"the worker said nothing for {TIMEOUT:g} seconds")
    line = process.stdout.readline()
    if not line:
        raise RuntimeError(f"the worker ended with {process.wait(TIMEOUT)}; what it said stands above")
    return float(line)


def serve(run: Run) -> None:
    """Do what standard input asks for, until it ends; the first answer says that the run is ready."""
    with settled():
        print(run(1), flush=True)
        for line in sys.stdin:
            with collected():
                seconds = run(int(line))
            print(seconds, flush=True)


def make(maker: str, argument: int) -> Run:
    """The run that ``MODULE:FUNCTION`` makes; a large application is made without walks through what is there."""
    module, _, function = maker.partition(":")
    gc.disable()
    run: Run = getattr(importlib.import_module(module), function)(argument)
    gc.enable()
    return run


if __name__ == "__main__":
    serve(make(sys.argv[1], int(sys.argv[2])))
