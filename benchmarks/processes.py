"""Asking a benchmark file its questions, each time in a fresh process.

What a process cannot help (its hash seed, where its memory lies) shifts all its samples a little. Several processes
with different seeds, pooled, show that shift as spread.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

from benchmarks.measurement import Claim, Effort, Failure, Missing, Samples
from benchmarks.results import pooled

ROOT = Path(__file__).parents[1]
TIMEOUT = 900.0
"""Seconds that one process may take."""

Outcome: TypeAlias = "Samples | Missing | Failure"
_OUTCOMES = {kind.__name__: kind for kind in (Samples, Missing, Failure)}


def ask(file: str, effort: Effort) -> Iterator[tuple[Claim, Outcome]]:
    """What came of each question of *file*, in all processes together.

    A process that dies is a failure of its own, named after the file.
    """
    claims: dict[str, Claim] = {}
    outcomes: dict[str, list[Outcome]] = {}
    for number in range(effort.processes):
        _show(f"{file}: process {number + 1} of {effort.processes}")
        for claim, outcome in _answers(file, effort, number):
            claims[claim.name] = claim
            outcomes.setdefault(claim.name, []).append(outcome)
    _show("")
    for name, claim in claims.items():
        yield claim, merged(outcomes[name])


def merged(outcomes: list[Outcome]) -> Outcome:
    """One outcome for several processes: a failure is a failure, and what is missing in one is missing."""
    for kind in (Failure, Missing):
        for outcome in outcomes:
            if isinstance(outcome, kind):
                return outcome
    return pooled([outcome for outcome in outcomes if isinstance(outcome, Samples)])


def _answers(file: str, effort: Effort, number: int) -> Iterator[tuple[Claim, Outcome]]:
    command = [sys.executable, "-m", f"benchmarks.{file}", "--json", *(["--quick"] if effort.name == "quick" else [])]
    lines, status = _output(command, {"PYTHONHASHSEED": str(number)})
    failed = False
    for line in lines:
        answered = json.loads(line)
        outcome = _outcome(answered)
        failed |= isinstance(outcome, Failure)
        yield Claim(**answered.pop("claim")), outcome
    if status != 0 and not failed:
        yield Claim(file, "", None, at_most=False, note=""), Failure(f"the process ended with {status}")


def _outcome(answered: dict[str, Any]) -> Outcome:
    fields = {name: value for name, value in answered.items() if name not in ("claim", "outcome")}
    outcome: Outcome = _OUTCOMES[answered["outcome"]](**fields)
    return outcome


def _output(command: list[str], environment: dict[str, str]) -> tuple[list[str], int | str]:
    """The lines that a command prints, and how it ended. What it has started ends with it."""
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**_neutral_environment(), **environment},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        output, _ = process.communicate(timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        return [], f"no answer after {TIMEOUT:g} seconds"
    finally:
        _end(process)
    return output.splitlines(), process.returncode


def _end(process: subprocess.Popen[str]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _neutral_environment() -> dict[str, str]:
    """Without the settings of whoever runs the benchmarks."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MIZAN_")}
    return kept | {name: value for name, value in os.environ.items() if name.startswith("MIZAN_BENCH_")}


def _show(progress: str) -> None:
    """A line that the next one replaces; only for someone who watches."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{progress}", end="", file=sys.stderr, flush=True)
