"""The interface document of 1,000 functions.

`emit_ir` writes the text of a document that has been read already. The whole export begins with the registered
functions: it reads their annotations, compiles the graph and writes the text.
"""

from __future__ import annotations

from benchmarks.engines import NATIVE, PURE
from benchmarks.harness import Effort, Question, Samples, bounded, interleaved, main, repeat
from benchmarks.registration import registry_of
from mizan_core.engine import current
from mizan_core.introspection.description import describe
from mizan_core.introspection.document import document_of
from mizan_core.ir import build_ir

COUNT = 1_000
SECOND = 1e6


def emission(effort: Effort) -> Samples:
    document = document_of(describe(registry_of(COUNT).get_all_functions()))
    assert NATIVE.emit_ir(document) == PURE.emit_ir(document)
    ours, theirs = repeat(lambda: NATIVE.emit_ir(document)), repeat(lambda: PURE.emit_ir(document))
    return interleaved(ours, theirs, effort)


def export(effort: Effort) -> Samples:
    assert current().name == "native"
    registry = registry_of(COUNT)
    assert build_ir(registry).count("\nfunction ") == COUNT
    return bounded(repeat(lambda: build_ir(registry)), SECOND, effort)


QUESTIONS = (
    Question("emit_ir, 1,000 functions", "the pure engine", 15, emission),
    Question("whole export of 1,000 functions", "one second", 1, export, at_most=True),
)

if __name__ == "__main__":
    raise SystemExit(main(QUESTIONS))
