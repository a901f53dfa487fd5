"""How deep JSON may be nested: more would be a danger for whatever walks through it."""

from __future__ import annotations

from typing import Any

MAX_DEPTH = 64
_CONTAINERS = (dict, list)


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
