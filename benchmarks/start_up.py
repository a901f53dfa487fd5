"""What a process pays before its first request.

Imports are timed inside fresh interpreters, with bytecode already compiled. The pair is `import mizan_native` in one
interpreter and `import pydantic` in another; and an application of one function, imported, made and asked once in
process, beside a FastAPI application of one endpoint. Freezing is timed in a running process: the graph alone, from a
specification of 1,000 functions, and the whole interface, which also reads their annotations. The validators and
serialisers of the functions, which pydantic makes once, are there from the first time.
"""

from __future__ import annotations

import subprocess
import sys
from typing import Any

from benchmarks.engines import NATIVE
from benchmarks.harness import Effort, Question, Samples, bounded, main, repeat
from benchmarks.registration import registry_of
from mizan_core.interface.interface import Interface
from mizan_core.introspection.description import describe
from mizan_core.introspection.specification import specification_of
from mizan_core.settings import Settings

COUNT = 1_000
MILLISECOND = 1e3
ALLOWED = 5 * MILLISECOND
"""What `import mizan_native` may take beyond `import pydantic`."""

_PROGRAM = """
from time import perf_counter
started = perf_counter()
import {module}
print((perf_counter() - started) * 1e6)
"""


def importing(effort: Effort) -> Samples:
    for module in ("mizan_native", "pydantic"):
        _import_time(module)
    ours, theirs = [], []
    for _ in range(effort.pairs):
        ours.append(_import_time("mizan_native"))
        theirs.append(_import_time("pydantic") + ALLOWED)
    return Samples(ours, theirs)


_FIRST = """
from time import perf_counter
started = perf_counter()
from benchmarks.services.first_answer import {module}
{module}()
print((perf_counter() - started) * 1e6)
"""


def first_answer(effort: Effort) -> Samples:
    for module in ("mizan", "fastapi"):
        _said(_FIRST, module)
    pairs = [(_said(_FIRST, "mizan"), _said(_FIRST, "fastapi")) for _ in range(effort.pairs)]
    return Samples([ours for ours, _ in pairs], [theirs for _, theirs in pairs])


def graph(effort: Effort) -> Samples:
    specification = specification_of(describe(registry_of(COUNT).get_all_functions()))
    assert len(NATIVE.compile_graph(specification).describe()["functions"]) == COUNT
    return bounded(repeat(lambda: NATIVE.compile_graph(specification)), 50 * MILLISECOND, effort)


def interface(effort: Effort) -> Samples:
    registry, settings = registry_of(COUNT), Settings()
    return bounded(repeat(lambda: Interface(registry, settings, _nobody, None)), 60 * MILLISECOND, effort)


def _import_time(module: str) -> float:
    """Microseconds that a fresh interpreter needs for the import."""
    return _said(_PROGRAM, module)


def _said(program: str, module: str) -> float:
    """The microseconds that a program says it has taken in a fresh interpreter."""
    command = [sys.executable, "-c", program.format(module=module)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout)


def _nobody(_: Any) -> None:
    return None


QUESTIONS = (
    Question("import mizan_native", "import pydantic and 5 ms", 1, importing, at_most=True),
    Question("import mizan_fastapi, first answer", "import fastapi, first answer", None, first_answer, at_most=True),
    Question("graph of 1,000 functions, compiled", "50 ms", 1, graph, at_most=True),
    Question(
        "interface of 1,000 functions, frozen",
        "60 ms",
        1,
        interface,
        at_most=True,
        note="Beyond the graph it reads annotations, names types and prepares endpoints.",
    ),
)

if __name__ == "__main__":
    raise SystemExit(main(QUESTIONS))
