"""The nearest names to a mistyped one."""

from __future__ import annotations

from collections.abc import Iterable

from mizan_core.engine.pure.path import quoted
from mizan_core.names import MAX_NAME_LENGTH

MAX_SUGGESTIONS = 3


def did_you_mean(wanted: str, names: Iterable[str]) -> str:
    """``; did you mean "a" or "b"?`` with the nearest names first, or an empty string."""
    if len(wanted) > MAX_NAME_LENGTH:
        return ""
    limit = max(1, len(wanted) // 3)
    ranked = sorted((edit_distance(wanted, name), name) for name in set(names))
    near = [quoted(name) for distance, name in ranked if distance <= limit][:MAX_SUGGESTIONS]
    return f"; did you mean {' or '.join(near)}?" if near else ""


def edit_distance(left: str, right: str) -> int:
    """Levenshtein distance in code points."""
    previous = list(range(len(right) + 1))
    for row, character in enumerate(left, start=1):
        current = [row]
        for column, other in enumerate(right, start=1):
            substitution = previous[column - 1] + (character != other)
            current.append(min(previous[column] + 1, current[-1] + 1, substitution))
        previous = current
    return previous[-1]
