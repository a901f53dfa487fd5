"""Cache keys: the native engine against the pure one.

One context, three parameters, a viewer. The one-off function prepares the secret on every call; a `CacheKeyer` has
done so before.
"""

from __future__ import annotations

import itertools
from time import process_time

from benchmarks.engines import NATIVE, PURE
from benchmarks.harness import Effort, Question, Run, Samples, interleaved, main
from mizan_core.engine.contract import Engine, Keyer

SECRET = "a benchmark's secret of 32 bytes "
CONTEXT = "user_orders"
PARAMETERS = {"user_id": 5, "page": 2, "status": "open"}
VIEWER = "42"


def one_off(effort: Effort) -> Samples:
    keys = [engine.derive_cache_key(SECRET, CONTEXT, PARAMETERS, VIEWER) for engine in (NATIVE, PURE)]
    assert keys[0] == keys[1]
    return interleaved(_one_off(NATIVE), _one_off(PURE), effort)


def prepared(effort: Effort) -> Samples:
    ours, theirs = NATIVE.CacheKeyer(SECRET), PURE.CacheKeyer(SECRET)
    assert ours.derive(CONTEXT, PARAMETERS, VIEWER) == theirs.derive(CONTEXT, PARAMETERS, VIEWER)
    return interleaved(_prepared(ours), _prepared(theirs), effort)


def _one_off(engine: Engine) -> Run:
    derive = engine.derive_cache_key

    def run(repetitions: int) -> float:
        rounds = itertools.repeat(None, repetitions)
        started = process_time()
        for _ in rounds:
            derive(SECRET, CONTEXT, PARAMETERS, VIEWER)
        return process_time() - started

    return run


def _prepared(keyer: Keyer) -> Run:
    derive = keyer.derive

    def run(repetitions: int) -> float:
        rounds = itertools.repeat(None, repetitions)
        started = process_time()
        for _ in rounds:
            derive(CONTEXT, PARAMETERS, VIEWER)
        return process_time() - started

    return run


QUESTIONS = (
    Question("derive_cache_key, 3 parameters", "the pure engine", 10, one_off),
    Question("CacheKeyer.derive, 3 parameters", "the pure engine", 12, prepared),
)

if __name__ == "__main__":
    raise SystemExit(main(QUESTIONS))
