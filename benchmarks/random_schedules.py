"""Random schedules: how often a page ends up showing what is not so.

A server that does one thing at a time, a page that reads, writes and hears of others' writes, and every step of theirs
delivered in a random order: 1,000 schedules, the same for both sides. Mizan's kernel is checked after every step.
TanStack Query is used as its documentation recommends, by a developer who forgets no invalidation, and is looked at
when nothing is under way any more. No read fails there, and what it does by itself it does at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, partial

from benchmarks.harness import Effort, Question, Samples, main
from benchmarks.services import typed_projects

SCHEDULES = 1_000
RECIPES = {
    "invalidate": "invalidate when it is settled",
    "optimistic": "its optimistic updates",
    "set": "set what was answered, invalidate",
    "cancelAndSet": "cancel, set what was answered, invalidate",
}


def wrong_endings(recipe: str, _: Effort) -> Samples:
    assert _wrong("kernel") == 0, "a rule of the kernel is broken"
    return Samples([_wrong("kernel")], [_wrong(recipe)], "wrong endings")


@cache
def _wrong(recipe: str) -> float:
    return float(typed_projects.script("schedules.mjs", recipe, str(SCHEDULES)))


def _questions() -> Iterator[Question]:
    for recipe, words in RECIPES.items():
        name = f"wrong endings of 1,000 schedules: {words}"
        measure = partial(wrong_endings, recipe)
        yield Question(name, "TanStack Query", None, measure, at_most=True, missing=typed_projects.missing)


QUESTIONS = tuple(_questions())

if __name__ == "__main__":
    raise SystemExit(main(QUESTIONS))
