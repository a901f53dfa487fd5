"""Two sides measured in turn. The runs here say what time they took: nothing is timed."""

from __future__ import annotations

import gc
from dataclasses import replace
from itertools import cycle

import pytest

from benchmarks.measurement import FEWEST_PAIRS, Effort
from benchmarks.timing import Run, bounded, interleaved, repeat

EFFORT = Effort("quick", processes=1, pairs=8, sample_seconds=1.0, budget_seconds=100)


class Operation:
    """An operation that takes so many seconds, and writes down who ran and how often."""

    def __init__(self, name: str, seconds: float, log: list[tuple[str, int]]) -> None:
        self._name = name
        self._seconds = seconds
        self._log = log
        self.collecting: set[bool] = set()

    def __call__(self, repetitions: int) -> float:
        self._log.append((self._name, repetitions))
        if repetitions * self._seconds >= EFFORT.sample_seconds:
            self.collecting.add(gc.isenabled())
        return repetitions * self._seconds


def test_samples_are_microseconds_of_one_operation() -> None:
    samples = interleaved(Operation("ours", 0.001, []), Operation("theirs", 0.25, []), EFFORT)
    assert samples.ours == [pytest.approx(1_000)] * EFFORT.pairs
    assert samples.theirs == [pytest.approx(250_000)] * EFFORT.pairs


def test_a_sample_lasts_as_long_as_the_effort_says() -> None:
    log: list[tuple[str, int]] = []
    interleaved(Operation("ours", 1 / 1024, log), Operation("theirs", 0.25, log), EFFORT)
    assert set(log[-2 * EFFORT.pairs :]) == {("ours", 1024), ("theirs", 4)}


def test_the_sides_take_turns_in_going_first() -> None:
    log: list[tuple[str, int]] = []
    interleaved(Operation("ours", 0.25, log), Operation("theirs", 0.25, log), EFFORT)
    order = [name for name, _ in log[-2 * EFFORT.pairs :]]
    assert order == ["ours", "theirs", "theirs", "ours"] * (EFFORT.pairs // 2)


def test_the_parts_of_a_sample_take_turns() -> None:
    log: list[tuple[str, int]] = []
    effort = replace(EFFORT, parts=4)
    interleaved(Operation("ours", 1 / 1024, log), Operation("theirs", 1 / 64, log), effort)
    ours, theirs = ("ours", 256), ("theirs", 16)
    turns = [ours, theirs, theirs, ours] * 2 + [theirs, ours, ours, theirs] * 2
    assert log[-2 * 4 * EFFORT.pairs :] == turns * (EFFORT.pairs // 2)


def test_an_operation_that_is_slower_than_a_part_has_fewer() -> None:
    log: list[tuple[str, int]] = []
    interleaved(Operation("ours", 1 / 1024, log), Operation("theirs", 0.5, log), replace(EFFORT, parts=4))
    assert set(log[-2 * 2 * EFFORT.pairs :]) == {("ours", 512), ("theirs", 1)}


def test_the_quickest_part_is_the_sample() -> None:
    disturbed = cycle([3, 1, 2])

    def run(repetitions: int) -> float:
        return repetitions * 0.25 * next(disturbed)

    samples = bounded(run, 1, replace(EFFORT, parts=3))
    assert samples.ours == [pytest.approx(250_000)] * len(samples.ours)


@pytest.mark.parametrize(("seconds", "pairs"), [(2.5, 8), (10, FEWEST_PAIRS), (8, 6), (1_000, FEWEST_PAIRS)])
def test_slow_operations_get_as_many_pairs_as_the_budget_allows(seconds: float, pairs: int) -> None:
    run: Run = Operation("both", seconds, [])
    assert len(interleaved(run, run, EFFORT).ours) == pairs


def test_no_garbage_is_collected_in_a_sample() -> None:
    operation = Operation("ours", 1 / 1024, [])
    interleaved(operation, operation, EFFORT)
    assert False in operation.collecting
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0


def test_the_collector_works_again_after_a_failure() -> None:
    def fail(_: int) -> float:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        interleaved(fail, fail, EFFORT)
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0


def test_a_bound_stands_beside_every_sample() -> None:
    samples = bounded(Operation("ours", 0.5, []), 50_000, EFFORT)
    assert samples.ours == [pytest.approx(500_000)] * EFFORT.pairs
    assert samples.theirs == [50_000] * EFFORT.pairs


def test_repeat_calls_as_often_as_it_is_told() -> None:
    calls: list[None] = []
    assert repeat(lambda: calls.append(None))(7) > 0
    assert len(calls) == 7
