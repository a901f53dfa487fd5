"""The plain form of values, as protocol.md section 3 words it."""

from __future__ import annotations

from typing import Any

from mizan_core.engine import pure


def plain(value: Any) -> Any:
    """*value* with every float that is an integer of at most 2^53 in magnitude replaced by that integer."""
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, float) and -(2.0**53) <= value <= 2.0**53 and value == int(value):
        return int(value)
    return value


def hashed(value: Any) -> bytes:
    """What is hashed of a value whose members are plain already."""
    return pure.canonical_json(value)
