"""Timing two operations side by side."""

from __future__ import annotations

import gc
import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from time import process_time
from typing import TypeAlias

from benchmarks.measurement import FEWEST_PAIRS, Effort, Samples

Run: TypeAlias = "Callable[[int], float]"
"""Does an operation so many times; returns the seconds that took."""
Clock: TypeAlias = "Callable[[], float]"
"""Seconds: of the processor's time, or where an operation waits for another process, of the time that passes."""


def interleaved(ours: Run, theirs: Run, effort: Effort) -> Samples:
    """Pairs of samples of two operations, in microseconds per operation.

    The two are measured in turn and take turns in going first, so that whatever else the machine does in that moment
    slows both. A sample repeats its operation for `effort.sample_seconds`, in parts that take turns as well; the
    quickest part is the sample, as an interruption only adds. The calibration before is the warm-up.
    """
    own, others = rounds((ours, theirs), effort)
    return Samples(own, others)


def rounds(runs: Sequence[Run], effort: Effort) -> list[list[float]]:
    """Samples of each of several operations, as ``interleaved`` takes them of two."""
    with settled():
        sample, seconds = _sampler(runs, effort)
        samples = [sample(turn) for turn in range(_count(seconds, effort))]
    return [list(column) for column in zip(*samples, strict=True)]


def bounded(ours: Run, bound: float, effort: Effort) -> Samples:
    """Samples of one operation beside what it may take, in microseconds."""
    with settled():
        sample, seconds = _sampler([ours], effort)
        values = [sample(turn)[0] for turn in range(_count(seconds, effort))]
    return Samples(values, [bound] * len(values))


def quickest(parts: Iterable[Sequence[float]]) -> list[float]:
    """The best that each side has shown in the parts of one sample."""
    return [min(side) for side in zip(*parts, strict=True)]


def repeat(call: Callable[[], object], clock: Clock = process_time) -> Run:
    """A run that calls `call` in a plain loop."""

    def run(repetitions: int) -> float:
        rounds = itertools.repeat(None, repetitions)
        started = clock()
        for _ in rounds:
            call()
        return clock() - started

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


def _sampler(runs: Sequence[Run], effort: Effort) -> tuple[Callable[[int], list[float]], float]:
    """What takes one sample of each, in the turn of that number; and the seconds that this takes."""
    wanted = [_calibrate(run, effort.sample_seconds) for run in runs]
    parts = min(effort.parts, *wanted)
    counts = [math.ceil(count / parts) for count in wanted]

    def part(order: int) -> list[float]:
        sides = list(enumerate(zip(runs, counts, strict=True)))
        taken = {side: run(count) / count * 1e6 for side, (run, count) in (sides if order % 2 == 0 else sides[::-1])}
        return [taken[side] for side, _ in sides]

    def sample(turn: int) -> list[float]:
        with collected():
            return quickest([part(turn + number) for number in range(parts)])

    first = sample(0)
    return sample, parts * sum(each * count for each, count in zip(first, counts, strict=True)) / 1e6


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
