"""The answer of one mutation: the native engine against the pure one.

`encode_response` does what a call ends with: it computes what is invalidated, formats the header, fills the merges, and
splices the serialised result into the envelope. The mutation affects a function of a context, scoped by the user, and
its result is merged into another.
"""

from __future__ import annotations

import itertools
import json
from time import process_time

from benchmarks.engines import NATIVE, PURE
from benchmarks.harness import Effort, Question, Run, Samples, interleaved, main
from benchmarks.registration import GROUP, registry_of
from mizan_core.engine import Engine
from mizan_core.introspection.description import describe
from mizan_core.introspection.specification import specification_of

MUTATION = "update_0"
ARGUMENTS = {"user_id": 5, "note": "Ring twice."}
SPECIFICATION = specification_of(describe(registry_of(20 * GROUP).get_all_functions()))


def small(effort: Effort) -> Samples:
    return _measure(_result(1_000), effort)


def large(effort: Effort) -> Samples:
    return _measure(_result(100_000), effort)


def _result(size: int) -> bytes:
    """A result of so many bytes."""
    frame = {"user_id": 5, "note": ""}
    return json.dumps({**frame, "note": "x" * (size - len(json.dumps(frame)))}).encode()


def _measure(result: bytes, effort: Effort) -> Samples:
    ours, theirs = (
        engine.encode_response(engine.compile_graph(SPECIFICATION), MUTATION, ARGUMENTS, result)
        for engine in (NATIVE, PURE)
    )
    body, header, entries = ours
    assert ours == theirs
    assert entries
    assert header == "shop_0;user_id=5"
    assert body.count(result) == 2, "the result is there, and merged"
    return interleaved(_encoding(NATIVE, result), _encoding(PURE, result), effort)


def _encoding(engine: Engine, result: bytes) -> Run:
    encode, graph = engine.encode_response, engine.compile_graph(SPECIFICATION)

    def run(repetitions: int) -> float:
        rounds = itertools.repeat(None, repetitions)
        started = process_time()
        for _ in rounds:
            encode(graph, MUTATION, ARGUMENTS, result)
        return process_time() - started

    return run


QUESTIONS = (
    Question("answer of a mutation, 1 KB result", "the pure engine", 8, small),
    Question("answer of a mutation, 100 KB result", "the pure engine", 1, large),
)

if __name__ == "__main__":
    raise SystemExit(main(QUESTIONS))
