"""JSON that clients send, read within limits."""

from __future__ import annotations

from typing import Any

from pydantic_core import from_json

from mizan_core.errors import BadRequest

MAX_DEPTH = 64
_LONG = 64
_CONTAINERS = (dict, list)


def read_json(body: bytes) -> tuple[Any, int]:
    """The value, and how many there are inside it, at most; a long one counts as several.

    :raises BadRequest: for what is no JSON, or nested too deeply.
    """
    try:
        value = from_json(body, allow_inf_nan=False)
    except ValueError:
        raise BadRequest("The body is not valid JSON.") from None
    containers = body.count(b"[") + body.count(b"{")
    if containers > MAX_DEPTH and is_deeper(value, MAX_DEPTH):
        raise BadRequest(f"The body is nested deeper than {MAX_DEPTH} levels.")
    return value, containers + body.count(b",") + len(body) // _LONG


def is_deeper(value: Any, limit: int) -> bool:
    """Whether containers are nested in *value*, a JSON value of built-in types, beyond *limit* levels."""
    level = [value] if type(value) in _CONTAINERS else []
    for _ in range(limit):
        if not level:
            return False
        level = [
            item
            for container in level
            for item in (container.values() if type(container) is dict else container)
            if type(item) in _CONTAINERS
        ]
    return bool(level)
