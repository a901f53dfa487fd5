"""Subclasses of the built-in types: honest ones, and ones whose methods lie about what they hold.

An engine reads the storage of a value, so none of these may show one content to a check and another to the writer.
"""

from __future__ import annotations

import enum
from collections import OrderedDict, defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2**60


class Colour(str, enum.Enum):
    RED = "red"
    HEART = "❤"


class Point(NamedTuple):
    x: object
    y: object


class LyingText(str):
    """Says that it is something else, whoever asks."""

    __slots__ = ()

    def __str__(self) -> str:
        return "lie"

    __repr__ = __format__ = __str__  # type: ignore[assignment]  # a lie has no signature

    def __len__(self) -> int:
        return 3

    def __iter__(self) -> Iterator[str]:
        return iter("lie")

    def encode(self, encoding: str = "utf-8", errors: str = "strict") -> bytes:
        return b"lie"

    def isascii(self) -> bool:
        return True


class Key(str):
    """Equal to itself alone, so that one dict can hold the same text twice."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)

    def __lt__(self, other: object) -> bool:
        return id(self) < id(other)


class LyingInteger(int):
    def __int__(self) -> int:
        return 666

    __index__ = __trunc__ = __abs__ = __int__

    def __str__(self) -> str:
        return "666"

    __repr__ = __str__

    def __le__(self, other: object) -> bool:
        return True

    __ge__ = __lt__ = __gt__ = __eq__ = __le__

    def __hash__(self) -> int:
        return 666


class LyingFloat(float):
    def __float__(self) -> float:
        return 6.66

    def __repr__(self) -> str:
        return "6.66"

    __str__ = __repr__


class LyingList(list[Any]):
    def __iter__(self) -> Iterator[Any]:
        return iter(["lie"])

    def __len__(self) -> int:
        return 1

    def __getitem__(self, index: Any) -> Any:
        return "lie"


class LyingTuple(tuple[Any, ...]):
    __slots__ = ()

    def __iter__(self) -> Iterator[Any]:
        return iter(["lie"])

    def __len__(self) -> int:
        return 1

    def __getitem__(self, index: Any) -> Any:
        return "lie"


class LyingDict(dict[Any, Any]):
    def __iter__(self) -> Iterator[Any]:
        return iter(["lie"])

    keys = __iter__  # type: ignore[assignment]  # a lie has no signature

    def items(self) -> Any:
        return [("lie", "lie")]

    def values(self) -> Any:
        return ["lie"]

    def __len__(self) -> int:
        return 0

    def __contains__(self, key: object) -> bool:
        return True

    def __getitem__(self, key: Any) -> Any:
        return "lie"

    def get(self, key: Any, default: Any = None) -> Any:
        return "lie"


class LyingBytes(bytes):
    def __bytes__(self) -> bytes:
        return b"lie"

    def __buffer__(self, flags: int) -> memoryview:
        return memoryview(b"lie")

    def __len__(self) -> int:
        return 3

    def __getitem__(self, index: Any) -> Any:
        return b"lie"

    def startswith(self, *arguments: Any) -> bool:
        return True

    def __iter__(self) -> Iterator[int]:
        return iter(b"lie")

    def __eq__(self, other: object) -> bool:
        return True

    def __ne__(self, other: object) -> bool:
        return False

    def __hash__(self) -> int:
        return 3


class Claiming:
    """Says that it is of a class that it does not derive from; ``isinstance`` believes it."""

    def __init__(self, kind: type) -> None:
        self._kind = kind

    @property
    def __class__(self) -> type:
        return self._kind

    @__class__.setter
    def __class__(self, kind: type) -> None:
        self._kind = kind


CLAIMING = tuple(map(Claiming, (str, bytes, int, float, bool, list, tuple, dict, type(None))))
TEXT_TYPES = (LyingText, Key)
INTEGER_TYPES = (LyingInteger,)
FLOAT_TYPES = (LyingFloat,)
LIST_TYPES = (LyingList,)
TUPLE_TYPES = (LyingTuple,)
DICT_TYPES = (OrderedDict, LyingDict)
MEMBERS = (Level.LOW, Level.HIGH, Colour.RED, Colour.HEART)


def default_dict(members: dict[Any, Any]) -> defaultdict[Any, Any]:
    """A dict that makes up what it does not hold."""
    return defaultdict(lambda: "made up", members)
