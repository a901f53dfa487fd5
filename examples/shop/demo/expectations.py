"""What must be so, said in a way that tells what was expected when it is not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

ABSENT = "(absent)"
"""Stands for what an answer does not hold."""


class Unexpected(Exception):
    """Something is not what it must be: the message says what was looked at, what was expected and what came."""


@dataclass(frozen=True, slots=True)
class Such:
    """Stands for every value that *holds* says yes to."""

    description: str
    holds: Callable[[Any], bool]

    def __repr__(self) -> str:
        return self.description


def expect(what: str, got: Any, expected: Any) -> None:
    """:raises Unexpected: unless *got* equals *expected*, or is such a value."""
    agrees = expected.holds(got) if isinstance(expected, Such) else type(got) is type(expected) and got == expected
    if not agrees:
        raise Unexpected(f"{what}\n    expected {expected!r}\n    got      {got!r}")
