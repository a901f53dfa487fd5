"""Where a value stands inside an argument, for error messages: ``params.filter[2]``."""

from __future__ import annotations

import json
import re
from typing import NamedTuple

_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class Path(NamedTuple):
    """A linked path: rendering is left to the error that needs it."""

    parent: Path | None
    segment: str | int

    def __truediv__(self, segment: str | int) -> Path:
        return Path(self, segment)

    def __str__(self) -> str:
        if self.parent is None:
            return str(self.segment)
        return f"{self.parent}{_suffix(self.segment)}"


def root(label: str) -> Path:
    """The path of a whole argument."""
    return Path(None, label)


def quoted(name: str) -> str:
    """A name as messages show it: as an ASCII JSON string, so that no control character reaches a log."""
    return json.dumps(name)


def _suffix(segment: str | int) -> str:
    if isinstance(segment, int):
        return f"[{segment}]"
    if _PLAIN_KEY.fullmatch(segment):
        return f".{segment}"
    return f"[{quoted(segment)}]"
