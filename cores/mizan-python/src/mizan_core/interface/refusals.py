"""What a client is told of its mistakes: enough to mend them, and no more (protocol.md section 9)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from pydantic import ValidationError

MAX_MESSAGES, MAX_ROOM = 100, 65_536
"""How many messages there are at most, and how many bytes they and their paths take in the answer."""
MAX_PATH, MAX_MESSAGE = 256, 1_024
"""Characters. Both may repeat what the client has sent."""
REST = "*"
"""The key under which the rest is counted; no parameter has this name."""
_ESCAPED = 6
_PUNCTUATION = 6


class Refusals:
    """Messages by path, up to the limits; beyond them they are counted."""

    __slots__ = ("_messages", "_number", "_room", "_surplus", "_unchecked")

    def __init__(self) -> None:
        self._messages: dict[str, list[str]] = {}
        self._number = 0
        self._room = MAX_ROOM
        self._surplus = 0
        self._unchecked = 0

    def add(self, path: str, message: str) -> None:
        """Note *message*, or count it when there is no room for it any more."""
        path, message = _shortened(path, MAX_PATH), _shortened(message, MAX_MESSAGE)
        needed = _room_of(message) + (0 if path in self._messages else _room_of(path))
        if self._number == MAX_MESSAGES or needed > self._room:
            self._number, self._room = MAX_MESSAGES, 0
            self._surplus += 1
            return
        self._number += 1
        self._room -= needed
        self._messages.setdefault(path, []).append(message)

    def add_error(self, error: ValidationError, leaving_out: Callable[[object], bool] | None = None) -> None:
        """Note what pydantic has found.

        :param leaving_out: of which inputs nothing is said.
        """
        for problem in error.errors(include_url=False, include_context=False, include_input=leaving_out is not None):
            if leaving_out is None or not leaving_out(problem["input"]):
                self.add(_path(problem["loc"]), problem["msg"])

    @property
    def is_empty(self) -> bool:
        """Whether there is no message yet."""
        return not self._messages

    def add_unchecked(self, values: int) -> None:
        """Count *values* that nobody has looked at, because there were problems enough."""
        self._unchecked += values

    def as_details(self) -> dict[str, list[str]]:
        """``{"field.path": ["message", ...]}``."""
        rest = []
        if self._surplus:
            rest.append(f"… and {self._surplus:,} more")
        if self._unchecked:
            rest.append(f"… and {self._unchecked:,} more values that were not checked")
        return self._messages | ({REST: self._messages.get(REST, []) + rest} if rest else {})


def _path(location: Iterable[Any]) -> str:
    """The parts of *location*, joined by dots, as far as they are needed."""
    path = ""
    for number, part in enumerate(location):
        text = part[: MAX_PATH + 1] if isinstance(part, str) else str(part)
        path = f"{path}.{text}" if number else text
        if len(path) > MAX_PATH:
            break
    return path


def _shortened(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _room_of(text: str) -> int:
    """Not less than *text* takes in an answer, where all but printable ASCII is escaped."""
    return _PUNCTUATION + len(text) * (1 if text.isascii() and text.isprintable() else _ESCAPED)
