"""Timing two operations side by side."""

from __future__ import annotations

import gc
import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from time import perf_counter
from typing import TypeAlias

from benchmarks.measurement import FEWEST_PAIRS, Effort, Samples

Run: TypeAlias = "Callable[[int], float]"
"""Does an operation so many times; returns the seconds that took."""


def interleaved(ours: Run, theirs: Run, effort: Effort) -> Samples:
    """Pairs of samples of two operations, in microseconds per operation.

    The two are measured in turn and take turns in going first, so that whatever else the machine does in that moment
    slows both. A sample repeats its operation for `effort.sample_seconds`; the calibration before is the warm-up.
    """
    own, others = rounds((ours, theirs), effort)
    return Samples(own, others)


def rounds(runs: Sequence[Run], effort: Effort) -> list[list[float]]:
    """Samples of each of several operations, as ``interleaved`` takes them of two."""
    with settled():
        repetitions = [_calibrate(run, effort.sample_seconds) for run in runs]
        samplers = [_sampler(run, count) for run, count in zip(runs, repetitions, strict=True)]
        seconds = sum(sample() * count for sample, count in zip(samplers, repetitions, strict=True)) / 1e6
        columns: list[list[float]] = [[] for _ in runs]
        for turn in range(_count(seconds, effort)):
            sides = list(zip(samplers, columns, strict=True))
            for sample, column in sides if turn % 2 == 0 else reversed(sides):
                column.append(sample())
    return columns


def bounded(ours: Run, bound: float, effort: Effort) -> Samples:
    """Samples of one operation beside what it may take, in microseconds."""
    with settled():
        repetitions = _calibrate(ours, effort.sample_seconds)
        sample = _sampler(ours, repetitions)
        seconds = sample() * repetitions / 1e6
        values = [sample() for _ in range(_count(seconds, effort))]
    return Samples(values, [bound] * len(values))


def repeat(call: Callable[[], object]) -> Run:
    """A run that calls `call` in a plain loop."""

    def run(repetitions: int) -> float:
        rounds = itertools.repeat(None, repetitions)
        started = perf_counter()
        for _ in rounds:
            call()
        return perf_counter() - started

    return run


def _calibrate(run: Run, seconds: float) -> int:
    """The repetitions that take so many seconds, by the best of three attempts.

    A side that an interruption made look slow would get shorter samples than the other, and shorter samples are
    interrupted less often.
    """
    repetitions = 1
    while (taken := run(repetitions)) < seconds / 2:
        repetitions *= 2
    if repetitions == 1 and taken >= seconds:
        return 1
    best = min(taken, run(repetitions), run(repetitions))
    return max(1, math.ceil(repetitions * seconds / best))


def _count(seconds: float, effort: Effort) -> int:
    """The samples that the effort asks for and its budget allows, when one (or one pair) takes so long."""
    return max(FEWEST_PAIRS, min(effort.pairs, int(effort.budget_seconds / seconds)))


def _sampler(run: Run, repetitions: int) -> Callable[[], float]:
    def sample() -> float:
        with collected():
            return run(repetitions) / repetitions * 1e6

    return sample


@contextmanager
def settled() -> Iterator[None]:
    """With everything that is there now out of the collector's sight: to walk it empties the processor's caches."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


@contextmanager
def collected() -> Iterator[None]:
    """Without a garbage collection: neither side pays for what the other left behind."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
