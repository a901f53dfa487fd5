"""Canonical JSON (protocol.md section 2), the plain form of values (section 3) and their text form (section 6).

Checking and writing are two steps: ``exact``, ``plain`` and ``texts`` turn whatever was passed into exact built-in
types or refuse it with the place named; ``dump`` writes what they return.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import TypeAlias

from mizan_core.engine.pure.path import Path, root

MAX_DEPTH = 64
MAX_EXACT_INTEGER = 2**53
"""Beyond it two integers may be one float."""

Json: TypeAlias = "None | bool | int | float | str | list[Json] | dict[str, Json]"
_Scalar: TypeAlias = "Callable[[object, Path], Json]"


def canonical_json(value: object) -> bytes:
    """The one byte form of *value*.

    :raises TypeError: for a key that is not a string or a value that is no JSON value, with its path.
    :raises ValueError: for NaN, infinities, lone surrogates and nesting beyond 64 levels.
    """
    return dump(exact(value, root("value"))).encode("ascii")


def exact(value: object, path: Path, depth: int = 1) -> Json:
    """*value* as exact built-in types; *depth* is the level it stands on."""
    return _walk(value, path, depth, _exact_scalar)


def plain(value: object, path: Path, depth: int = 1) -> Json:
    """*value* with every float that is an integer of at most 2^53 in magnitude replaced by that integer (section 3)."""
    return _walk(value, path, depth, _plain_scalar)


def texts(value: object, path: Path, depth: int = 1) -> Json:
    """*value* with every scalar replaced by its text (section 6)."""
    return _walk(value, path, depth, _text_scalar)


def dump(value: Json) -> str:
    """Write what ``exact``, ``plain`` or ``texts`` returned."""
    try:
        return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)
    except ValueError:  # CPython refuses to print integers beyond sys.get_int_max_str_digits()
        return _dump_large(value)


def _exact_scalar(value: object, path: Path) -> Json:
    if isinstance(value, str):
        return checked_text(value, path)
    if value is None or value is True or value is False:
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return _finite(value, path)
    raise TypeError(f"{path}: expected a JSON value, not {type(value).__name__}")


def _plain_scalar(value: object, path: Path) -> Json:
    """A scalar; numbers that are equal are one, as far as a float can tell all integers apart."""
    scalar = _exact_scalar(value, path)
    if isinstance(scalar, float) and scalar.is_integer() and abs(scalar) <= MAX_EXACT_INTEGER:
        return int(scalar)
    return scalar


def _text_scalar(value: object, path: Path) -> str:
    """The text of a scalar: a string is itself, the others as JSON writes them."""
    scalar = _exact_scalar(value, path)
    return scalar if isinstance(scalar, str) else dump(scalar)


def checked_text(value: str, path: Path) -> str:
    """*value* as an exact ``str``, or ``ValueError`` when it is not valid Unicode."""
    text = str.__str__(value)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise ValueError(f"{path}: the string holds a lone surrogate") from None
    return text


def _finite(value: float, path: Path) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"{path}: NaN and infinities have no JSON form")
    return number


def _walk(value: object, path: Path, depth: int, scalar: _Scalar) -> Json:
    if not isinstance(value, dict | list | tuple):
        return scalar(value, path)
    if depth > MAX_DEPTH:
        raise ValueError(f"{path}: nested deeper than {MAX_DEPTH} levels")
    if isinstance(value, dict):
        members = _members(value, path)
        return {key: _walk(item, path / key, depth + 1, scalar) for key, item in members}
    return [_walk(item, path / index, depth + 1, scalar) for index, item in enumerate(value)]


def _members(value: dict[object, object], path: Path) -> list[tuple[str, object]]:
    members = []
    for key, item in value.items():
        if not isinstance(key, str):
            raise TypeError(f"{path}: keys must be str, not {type(key).__name__}")
        members.append((checked_text(key, path), item))
    return sorted(members, key=lambda member: member[0])


def _dump_large(value: Json) -> str:
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(key)}:{_dump_large(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_dump_large, value)) + "]"
    if isinstance(value, int) and not isinstance(value, bool):
        # Hardly anybody needs it, and so a subinterpreter has an extension module less to load.
        from decimal import Decimal

        return str(Decimal(value))
    return json.dumps(value)
