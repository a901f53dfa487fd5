"""Histories: what each player asked, when, and which versions it was shown; as 64-bit integers in a file per player."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from enum import IntEnum
from pathlib import Path
from typing import NamedTuple

_FLUSH = 512
"""Integers that wait in memory, at most."""
_HEAD = 4


class Kind(IntEnum):
    """What an operation was.

    WRITE: a mutation; its values are cells and the versions that it gave them, in turn. The others are fetches; their
    values are the bundle's number and the versions that it showed, none for FOREIGN: another's bundle.
    """

    WRITE = 0
    HIT = 1
    MISS = 2
    BYPASS = 3
    FOREIGN = 4


class Operation(NamedTuple):
    """*begin* and *end* are nanoseconds of the clock that all processes of the machine share."""

    kind: Kind
    begin: int
    end: int
    values: list[int]


class Writer:
    """Appends operations to a file, whole ones at a time; for one thread."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb", buffering=0)
        self._waiting = array("q")

    def write(self, kind: Kind, begin: int, end: int, values: Iterable[int]) -> None:
        own = array("q", values)
        self._waiting.extend((kind, begin, end, len(own)))
        self._waiting.extend(own)
        if len(self._waiting) > _FLUSH:
            self.flush()

    def close(self) -> None:
        self.flush()
        self._file.close()

    def flush(self) -> None:
        """Write what waits in memory."""
        self._file.write(self._waiting.tobytes())
        del self._waiting[:]


def read(path: Path) -> Iterator[Operation]:
    """The operations of one player, in order; while it plays, those that it has written down."""
    numbers = array("q")
    numbers.frombytes(path.read_bytes())
    place = 0
    while place < len(numbers):
        kind, begin, end, length = numbers[place : place + _HEAD]
        place += _HEAD
        yield Operation(Kind(kind), begin, end, numbers[place : place + length].tolist())
        place += length
