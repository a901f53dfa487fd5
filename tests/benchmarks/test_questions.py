"""Questions that need none of the peers still find what they measure: they are asked once, as briefly as can be."""

from __future__ import annotations

import pytest

from benchmarks import cache_key, create_mwt, decode_mwt, mutation_answer, purge, threads
from benchmarks.measurement import Effort, Question

GLANCE = Effort("quick", processes=1, pairs=1, sample_seconds=0.0, budget_seconds=0.0)
ASKED = [
    question
    for file in (cache_key, create_mwt, decode_mwt, mutation_answer, threads)
    for question in file.QUESTIONS
    if question.missing() is None
]


@pytest.mark.parametrize("question", ASKED, ids=lambda question: question.name)
def test_a_question_can_be_answered(question: Question) -> None:
    assert question.measure(GLANCE).ours


def test_purges_can_be_measured_on_a_filled_store(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(purge, "MANY_IN_A_HURRY", 100)
    assert purge.purge(GLANCE).ours
