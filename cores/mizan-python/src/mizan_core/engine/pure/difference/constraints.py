"""Differences between the limits of a value."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

Limits: TypeAlias = Literal["same", "wider", "tighter"]

_LOWER = ("min", "exclusive_min", "min_length")
_UPPER = ("max", "exclusive_max", "max_length", "max_digits", "decimal_places", "max_bytes", "max_files")
_NUMBER = re.compile(r"[+-]?(?:inf|infinity|nan|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?)", re.IGNORECASE)


def compare_limits(before: Mapping[str, Any], after: Mapping[str, Any]) -> Limits:
    """What the change does to the values: the same remain, all that there were and others, or not all that there were.
    What nobody can tell is tighter.
    """
    if any(_tightens(name, before, value) for name, value in after.items()) or _whole(after) < _whole(before):
        return "tighter"
    same = before.keys() == after.keys() and all(same_value(before[name], after[name]) for name in before)
    return "same" if same else "wider"


def same_value(one: Any, other: Any) -> bool:
    """Whether two scalars are written alike: 1 and 1.0 are not."""
    return type(one) is type(other) and bool(one == other)


def _tightens(name: str, before: Mapping[str, Any], value: Any) -> bool:
    if name not in before:
        return True
    old = before[name]
    return not same_value(old, value) and not _is_wider(name, _number(old), _number(value))


def _is_wider(name: str, old: float | None, new: float | None) -> bool:
    if old is None or new is None:
        return False
    return new < old if name in _LOWER else new > old if name in _UPPER else False


def _whole(limits: Mapping[str, Any]) -> float:
    """How many digits a decimal may have before its point."""
    digits = limits.get("max_digits")
    return math.inf if digits is None else digits - min(limits.get("decimal_places", 0), digits)


def _number(value: Any) -> float | None:
    """A bound: a number, or the text of a decimal."""
    if isinstance(value, str):
        return float(value) if _NUMBER.fullmatch(value) else None
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf
