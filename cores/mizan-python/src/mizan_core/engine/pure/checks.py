"""Checks of single arguments; every message starts with the argument's name."""

from __future__ import annotations

import time

from mizan_core.engine.pure.canonical import checked_text
from mizan_core.engine.pure.path import Path, root

MAX_INTEGER = 2**53 - 1
"""The largest integer that every JSON reader keeps exactly (RFC 8259 section 6)."""


def text_argument(value: object, name: str) -> str:
    """*value* as an exact ``str`` of valid Unicode."""
    if not isinstance(value, str):
        raise TypeError(f"{name}: expected str, not {type(value).__name__}")
    return checked_text(value, root(name))


def filled_text_argument(value: object, name: str) -> str:
    """As ``text_argument``, and not empty."""
    text = text_argument(value, name)
    if not text:
        raise ValueError(f"{name}: must not be empty")
    return text


def optional_text_argument(value: object, name: str) -> str | None:
    """As ``text_argument``, or None."""
    return None if value is None else text_argument(value, name)


def integer_argument(value: object, name: str, low: int = 0, high: int = MAX_INTEGER) -> int:
    """*value* as an exact ``int`` in low..high; a bool is not an integer here."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name}: expected int, not {type(value).__name__}")
    number = int(value)
    if not low <= number <= high:
        raise ValueError(f"{name}: expected {low} to {high}")
    return number


def instant_argument(value: object, name: str, latest: int) -> int:
    """*value* as seconds since the epoch, at most *latest*; the clock's when None."""
    return int(time.time()) if value is None else integer_argument(value, name, 0, latest)


def flag_argument(value: object, name: str) -> bool:
    """*value*, which must be True or False."""
    if not isinstance(value, bool):
        raise TypeError(f"{name}: expected bool, not {type(value).__name__}")
    return value


def bytes_argument(value: object, name: str) -> bytes:
    """*value*, which must be ``bytes``."""
    if not isinstance(value, bytes):
        raise TypeError(f"{name}: expected bytes, not {type(value).__name__}")
    return value


def list_argument(value: object, name: str) -> list[object]:
    """*value*, which must be a list; its content is not looked at."""
    if not isinstance(value, list):
        raise TypeError(f"{name}: expected list, not {type(value).__name__}")
    return value


def dict_argument(value: object, name: str) -> dict[object, object]:
    """*value*, which must be a dict; its content is not looked at."""
    if not isinstance(value, dict):
        raise TypeError(f"{name}: expected dict, not {type(value).__name__}")
    return value


def secret_bytes(value: object, path: Path) -> bytes:
    """A secret as bytes, ``str`` as UTF-8."""
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return checked_text(value, path).encode("utf-8")
    raise TypeError(f"{path}: expected str or bytes, not {type(value).__name__}")
