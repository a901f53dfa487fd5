"""Subclasses of the built-in types, as applications hand them over: enums, marked-up text, named tuples."""

from __future__ import annotations

import enum
from collections import OrderedDict, defaultdict
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


class SafeText(str):
    """As Django's ``SafeString``: text that prints itself in its own way."""

    __slots__ = ()

    def __str__(self) -> str:
        return self

    def __repr__(self) -> str:
        return f"SafeText({super().__repr__()})"


class Count(int):
    def __repr__(self) -> str:
        return f"Count({super().__repr__()})"

    __str__ = __repr__


class Ratio(float):
    def __repr__(self) -> str:
        return f"Ratio({super().__repr__()})"

    __str__ = __repr__


class Rows(list[Any]):
    pass


class Payload(bytes):
    pass


TEXT_TYPES = (SafeText,)
INTEGER_TYPES = (Count,)
FLOAT_TYPES = (Ratio,)
LIST_TYPES = (Rows,)
DICT_TYPES = (OrderedDict,)
MEMBERS = (Level.LOW, Level.HIGH, Colour.RED, Colour.HEART)


def default_dict(members: dict[Any, Any]) -> defaultdict[Any, Any]:
    """A dict that makes up what it does not hold."""
    return defaultdict(lambda: "made up", members)
