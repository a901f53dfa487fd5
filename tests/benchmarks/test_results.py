"""From samples to an answer."""

from __future__ import annotations

import pytest

from benchmarks.measurement import Claim, Failure, Missing, Samples
from benchmarks.processes import merged
from benchmarks.results import answer, pooled


def claim(target: float | None = 2, at_most: bool = False) -> Claim:
    return Claim("a question", "the other", target, at_most, "a note")


SAMPLES = Samples([1, 2, 1, 1, 2], [3, 4, 4, 5, 1])
"""Ratios 3, 2, 4, 5, 0.5."""


def test_the_ratio_is_the_median_of_the_paired_ratios() -> None:
    result = answer(claim(), SAMPLES)
    assert result.ratio == 3
    assert result.ratio_quartiles == (2.0, 4.0)
    assert result.worst_ratio == 0.5
    assert (result.median, result.their_median, result.pairs) == (1, 4, 5)


def test_at_most_turns_the_ratio_and_the_worst_pair_around() -> None:
    result = answer(claim(at_most=True), SAMPLES)
    assert result.ratio == pytest.approx(1 / 3)
    assert result.ratio_quartiles == (0.25, 0.5)
    assert result.worst_ratio == 2


@pytest.mark.parametrize(
    ("target", "at_most", "met"),
    [
        (2.9, False, True),
        (3, False, True),
        (3.1, False, False),
        (1 / 3, True, True),
        (0.3, True, False),
        (0.4, True, True),
        (None, False, None),
        (None, True, None),
    ],
)
def test_a_target_is_met_or_missed(target: float | None, at_most: bool, met: bool | None) -> None:
    assert answer(claim(target, at_most), Samples([1], [3])).met is met


def test_one_pair_is_its_own_spread() -> None:
    result = answer(claim(), Samples([2], [5]))
    assert (result.ratio, result.ratio_quartiles, result.worst_ratio) == (2.5, (2.5, 2.5), 2.5)


def test_what_was_not_measured_is_not_met() -> None:
    document = answer(claim(), Missing("no wrk")).document()
    assert document["not_measured"] == "no wrk"
    assert (document["ratio"], document["met"], document["median_us"]) == (None, None, None)


def test_a_place_in_the_file_of_results() -> None:
    assert answer(claim(), Samples([2, 2], [5, 7])).document() == {
        "against": "the other",
        "target": 2,
        "at_most": False,
        "note": "a note",
        "ratio": 3,
        "met": True,
        "median": 2,
        "their_median": 6,
        "unit": "us",
        "ratio_quartiles": (2.75, 3.25),
        "worst_ratio": 2.5,
        "pairs": 2,
        "median_us": 2,
        "their_median_us": 6,
    }


def test_only_times_are_microseconds() -> None:
    document = answer(claim(), Samples([2], [5], "MB")).document()
    assert (document["median"], document["unit"]) == (2, "MB")
    assert (document["median_us"], document["their_median_us"]) == (None, None)


def test_samples_come_in_pairs() -> None:
    for ours, theirs in (([], []), ([1.0], []), ([1.0], [1.0, 2.0])):
        with pytest.raises(ValueError, match="pairs"):
            Samples(ours, theirs)


def test_a_sample_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="too short for the clock"):
        answer(claim(), Samples([0], [1]))
    with pytest.raises(ValueError, match="too short for the clock"):
        answer(claim(at_most=True), Samples([1], [0]))


def test_processes_are_pooled_pair_by_pair() -> None:
    assert pooled([Samples([1, 2], [3, 4]), Samples([5], [6])]) == Samples([1, 2, 5], [3, 4, 6])
    with pytest.raises(ValueError, match="one unit"):
        pooled([Samples([1], [1]), Samples([1], [1], "MB")])
    with pytest.raises(ValueError, match="one unit"):
        pooled([])


def test_a_failure_in_one_process_is_a_failure() -> None:
    samples = Samples([1], [2])
    assert merged([samples, Failure("broken"), Missing("no wrk")]) == Failure("broken")
    assert merged([samples, Missing("no wrk")]) == Missing("no wrk")
    assert merged([samples, samples]) == Samples([1, 1], [2, 2])
