"""Commands as a server reads them (RESP), and what it says to those who listen: every text with its length in front."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

Command: TypeAlias = "tuple[str | bytes | int, ...]"


def packed(commands: Iterable[Command]) -> bytes:
    """The bytes of a pipeline. redis-py's own way takes several times as long, for the many forms that it accepts.

    :raises UnicodeEncodeError: for a text with a lone surrogate.
    """
    parts: list[bytes] = []
    for command in commands:
        parts.append(b"*%d\r\n" % len(command))
        for argument in command:
            value = argument if isinstance(argument, bytes) else str(argument).encode()
            parts.append(b"$%d\r\n%b\r\n" % (len(value), value))
    return b"".join(parts)


class Refused(ValueError):
    """The server does not do what it was asked.

    :ivar is_for_want_of_rights: whether the account lacks the right.
    """

    def __init__(self, reason: bytes) -> None:
        super().__init__("the server refuses what it was asked")
        self.is_for_want_of_rights = reason.startswith(b"NOPERM")


class Pushes:
    """Reads what a server says to whoever has subscribed, as it comes in pieces.

    redis-py's own way waits for each line of it, which takes several times as long.
    """

    def __init__(self) -> None:
        self._rest = b""

    def read(self, piece: bytes) -> list[list[bytes | int | None]]:
        """What is complete with *piece*: each a list of texts and numbers.

        :raises Refused: for an error.
        :raises ValueError: for anything else.
        """
        data = self._rest + piece
        found: list[list[bytes | int | None]] = []
        start = 0
        while (read := _read_list(data, start)) is not None:
            items, start = read
            found.append(items)
        self._rest = data[start:]
        return found


def _read_list(data: bytes, start: int) -> tuple[list[bytes | int | None], int] | None:
    """The list that begins at *start*, and where the next one does; None where it is not there as a whole."""
    if data[start : start + 1] == b"-" and (end := data.find(b"\r\n", start)) >= 0:
        raise Refused(data[start + 1 : end])
    head = _read_head(data, start)
    if head is None:
        return None
    kind, count, place = head
    if kind != b"*":
        raise ValueError("the server says something else than what those hear who listen")
    items: list[bytes | int | None] = []
    for _ in range(count):
        head = _read_head(data, place)
        if head is None:
            return None
        kind, number, place = head
        if kind == b":":
            items.append(number)
        elif kind != b"$":
            raise ValueError("the server says something else than texts and numbers")
        elif number < 0:
            items.append(None)
        else:
            end = place + number
            if len(data) < end + 2:
                return None
            items.append(data[place:end])
            place = end + 2
    return items, place


def _read_head(data: bytes, start: int) -> tuple[bytes, int, int] | None:
    """The kind of what begins at *start*, its number, and where the line ends."""
    end = data.find(b"\r\n", start)
    return None if end < 0 else (data[start : start + 1], int(data[start + 1 : end]), end + 2)
