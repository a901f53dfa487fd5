"""What a primitive holds more precisely, and the limits that the server sets to values (protocol.md section 11)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mizan_core.engine.pure.reader import Reader

PRIMITIVES = ("integer", "number", "boolean", "string")
INT64 = "int64"
"""The format of an integer that may lie beyond 2^53."""
FORMATS = {
    "integer": (INT64,),
    "string": ("date-time", "date", "time", "duration", "uuid", "decimal", "binary", "email", "uri"),
}

MAX_COUNT = 2**53 - 1
"""The greatest length, number of digits, bytes, files or seconds."""

LENGTHS = ("min_length", "max_length")
"""What a list or a map may have."""
UPLOADS = ("max_bytes", "max_files")
"""What an upload may have."""
_BOUNDS = ("min", "exclusive_min", "max", "exclusive_max", "multiple_of")
_DIGITS = ("max_digits", "decimal_places")
_STEPS = ("min", "max", "step")
CHECKS = (*_STEPS, *LENGTHS, *_DIGITS)
"""What a form's field may have, in the order that it is written in."""
CONSTRAINTS = (*_BOUNDS, *LENGTHS, "pattern", *_DIGITS, *UPLOADS)
"""In the order that they are written in."""


def constraints_of(primitive: Mapping[str, Any]) -> tuple[str, ...]:
    """The constraints that a primitive of this name and format may have."""
    if primitive["name"] in ("integer", "number"):
        return _BOUNDS
    if primitive["name"] == "boolean":
        return ()
    return (*_BOUNDS, *_DIGITS) if primitive.get("format") == "decimal" else (*LENGTHS, "pattern")


def read_constraints(
    members: Mapping[str, Reader], allowed: tuple[str, ...], wire_format: str | None = None
) -> dict[str, Any]:
    """The constraints among *members*. A decimal's bounds are texts."""
    return {name: _read(name, members[name], wire_format) for name in allowed if name in members}


def read_checks(members: Mapping[str, Reader]) -> dict[str, Any]:
    """The checks among the *members* of a form's field. A decimal's bounds are texts."""
    found = [name for name in CHECKS if name in members]
    return {name: _read_step(members[name]) if name in _STEPS else read_count(members[name]) for name in found}


def _read_step(reader: Reader) -> str | int | float:
    if isinstance(reader.value, bool) or not isinstance(reader.value, str | int | float):
        raise reader.fail("a number or a string")
    return reader.value


def _read(name: str, reader: Reader, wire_format: str | None) -> str | int | float:
    if name in (*LENGTHS, *_DIGITS, *UPLOADS):
        return read_count(reader)
    return reader.text() if name == "pattern" or wire_format == "decimal" else _read_number(reader)


def read_count(reader: Reader) -> int:
    value = reader.value
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MAX_COUNT:
        raise reader.fail(f"an integer from 0 to {MAX_COUNT}")
    return value


def _read_number(reader: Reader) -> int | float:
    value = reader.value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise reader.fail("a number")
    return value
