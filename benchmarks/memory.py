"""What the engine weighs, in memory and on the wire.

Memory is what the resident set of a fresh interpreter grows by: when it imports an engine, and when it also compiles a
graph of 1,000 functions and keeps it; the specification was there before. The wheel is the one that `make bench` has
just built.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from benchmarks.harness import Effort, Question, Samples, main
from benchmarks.registration import registry_of
from mizan_core.introspection.description import describe
from mizan_core.introspection.specification import specification_of

ROOT = Path(__file__).parents[1]
STATUS = Path("/proc/self/statm")
COUNT = 1_000
MEGABYTE = 1_000_000
WHEEL_LIMIT = 2.0

_IMPORT = """
import mizan_core.errors, mizan_core.types
before = resident()
import {engine}
print(resident() - before)
"""
_GRAPH = """
import json, sys
import mizan_core.errors, mizan_core.types
specification = json.load(sys.stdin)
before = resident()
import {engine} as engine
graph = engine.compile_graph(specification)
print(resident() - before)
"""
_RESIDENT = """
import os
def resident():
    with open("/proc/self/statm") as status:
        return int(status.read().split()[1]) * os.sysconf("SC_PAGESIZE")
"""


def importing(effort: Effort) -> Samples:
    return _measure(_IMPORT, "", effort)


def with_graph(effort: Effort) -> Samples:
    return _measure(_GRAPH, json.dumps(specification_of(describe(registry_of(COUNT).get_all_functions()))), effort)


def wheel(_: Effort) -> Samples:
    return Samples([_wheel_of(_folder()).stat().st_size / MEGABYTE], [WHEEL_LIMIT], "MB")


def _measure(program: str, given: str, effort: Effort) -> Samples:
    count = 1 if effort.name == "quick" else 3
    ours = [_growth(program, "mizan_native", given) for _ in range(count)]
    theirs = [_growth(program, "mizan_core.engine.pure", given) for _ in range(count)]
    return Samples(ours, theirs, "MB")


def _growth(program: str, engine: str, given: str) -> float:
    """Megabytes that a fresh interpreter grows by."""
    command = [sys.executable, "-c", _RESIDENT + program.format(engine=engine)]
    result = subprocess.run(command, check=True, capture_output=True, text=True, input=given, timeout=120)
    return float(result.stdout) / MEGABYTE


def _no_statm() -> str | None:
    return None if STATUS.exists() else f"there is no {STATUS} to read the resident set from"


def _no_wheel() -> str | None:
    return None if list(_folder().glob("mizan_native-*.whl")) else "there is no wheel in dist: make wheels"


def _folder() -> Path:
    return ROOT / os.environ.get("MIZAN_BENCH_WHEELS", "dist")


def _wheel_of(folder: Path) -> Path:
    """The newest."""
    return max(folder.glob("mizan_native-*.whl"), key=lambda path: path.stat().st_mtime)


QUESTIONS = (
    Question("memory of an engine", "the pure engine", None, importing, at_most=True, missing=_no_statm),
    Question(
        "memory of an engine with a graph of 1,000 functions",
        "the pure engine",
        None,
        with_graph,
        at_most=True,
        missing=_no_statm,
    ),
    Question("wheel of mizan-native", "2 MB", 1, wheel, at_most=True, missing=_no_wheel),
)

if __name__ == "__main__":
    raise SystemExit(main(QUESTIONS))
