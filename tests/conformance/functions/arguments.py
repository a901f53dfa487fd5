"""Functions that show what became of their arguments."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from tests.conformance.functions.results import Colour, Level, Person, Point
from tests.conformance.functions.serving import both

SHOUTED = "shouted-5b2c"
"""The message of a validator of our own."""


class Window(BaseModel):
    """Nested, and with constraints."""

    low: int = Field(ge=0)
    high: int


class Circle(BaseModel):
    radius: int
    label: str


class Square(BaseModel):
    side: int
    label: str


class Ring(BaseModel):
    """The names that it knows, and no others."""

    model_config = ConfigDict(extra="forbid")

    inner: int
    outer: int


class Strict(BaseModel):
    """Takes the JSON form of everything, and no other."""

    model_config = ConfigDict(strict=True)

    moment: dt.datetime
    day: dt.date
    ref: UUID
    pair: tuple[int, str]
    marks: set[int]
    colour: Colour
    price: Decimal
    lasting: dt.timedelta
    prices: dict[int, Decimal] = {}


class Measure(BaseModel):
    size: float


class Typed(BaseModel):
    """Everything that ``typed`` takes, as it came in; None for what did not come."""

    count: int | None = None
    ratio: float | None = None
    flag: bool | None = None
    text: str | None = None
    moment: dt.datetime | None = None
    day: dt.date | None = None
    ref: UUID | None = None
    price: Decimal | None = None
    colour: Colour | None = None
    level: Level | None = None
    numbers: list[int] | None = None
    texts: list[str] | None = None
    colours: list[Colour] | None = None
    window: Window | None = None
    windows: list[Window] | None = None
    limits: dict[str, int] | None = None
    either: int | str | None = None


@both()
def echo(request: Any, text: str) -> str:
    return text


@both()
def add(request: Any, a: int, b: int = 2) -> int:
    return a + b


@both()
def subtract(request: Any, *, a: int, b: int) -> int:
    return a - b


@both()
def nothing(request: Any) -> None:
    return None


@both()
def maybe(request: Any, text: str | None) -> str:
    return "none" if text is None else f"text:{text}"


@both()
def maybe_not(request: Any, text: str | None = "left out") -> str:
    return "none" if text is None else f"text:{text}"


@both()
def befriend(request: Any, person: Person, friends: list[Person]) -> list[str]:
    return [person.name, *(friend.name for friend in friends)]


@both()
def count_shapes(
    request: Any,
    shapes: list[Circle | Square | Ring] = [],  # noqa: B006
    named: dict[str, Ring] = {},  # noqa: B006
    numbers: list[int] = [],  # noqa: B006
) -> int:
    return len(shapes) + len(named) + len(numbers)


@both()
def norm(request: Any, point: Point) -> int:
    return abs(point.x) + abs(point.y)


@both()
def types_of(request: Any, count: int, day: dt.date, price: Decimal, colour: Colour, person: Person) -> list[str]:
    return [type(value).__name__ for value in (count, day, price, colour, person)]


@both()
def measure(request: Any, value: Any) -> int:
    """How deep *value* is nested."""
    depth, level = 0, [value]
    while level := [item for item in level if isinstance(item, list | dict)]:
        depth += 1
        level = [child for item in level for child in (item.values() if isinstance(item, dict) else item)]
    return depth


@both()
def length(request: Any, text: str) -> int:
    return len(text)


@both()
def typed_call(
    request: Any,
    count: int | None = None,
    ratio: float | None = None,
    flag: bool | None = None,
    text: str | None = None,
    moment: dt.datetime | None = None,
    day: dt.date | None = None,
    ref: UUID | None = None,
    price: Decimal | None = None,
    colour: Colour | None = None,
    level: Level | None = None,
    numbers: list[int] | None = None,
    texts: list[str] | None = None,
    colours: list[Colour] | None = None,
    window: Window | None = None,
    windows: list[Window] | None = None,
    limits: dict[str, int] | None = None,
    either: int | str | None = None,
) -> Typed:
    given = locals()
    return Typed(**{name: given[name] for name in Typed.model_fields})


@both(context="typed")
def typed(
    request: Any,
    count: int | None = None,
    ratio: float | None = None,
    flag: bool | None = None,
    text: str | None = None,
    moment: dt.datetime | None = None,
    day: dt.date | None = None,
    ref: UUID | None = None,
    price: Decimal | None = None,
    colour: Colour | None = None,
    level: Level | None = None,
    numbers: list[int] | None = None,
    texts: list[str] | None = None,
    colours: list[Colour] | None = None,
    window: Window | None = None,
    windows: list[Window] | None = None,
    limits: dict[str, int] | None = None,
    either: int | str | None = None,
) -> Typed:
    given = locals()
    return Typed(**{name: given[name] for name in Typed.model_fields})


@both(affects="typed")
def reprice(request: Any, price: Decimal | None = None, moment: dt.datetime | None = None) -> None:
    return None


@both()
def strict_call(request: Any, value: Strict, count: Annotated[int, Field(strict=True)] = 0) -> Strict:
    return value


@both()
def weigh(request: Any, value: Measure | None = None, anything: Any = None) -> bool:
    return True


@both(context="strict")
def strict(
    request: Any,
    count: Annotated[int, Field(strict=True)] = 0,
    ratio: Annotated[float, Field(strict=True)] = 0.0,
    flag: Annotated[bool, Field(strict=True)] = False,
    day: Annotated[dt.date, Field(strict=True)] = dt.date(2026, 1, 1),
    counts: Annotated[list[Annotated[int, Field(strict=True)]] | None, Field()] = None,
    text: Annotated[str, Field(strict=True)] = "",
) -> list[Any]:
    return [count, ratio, flag, day.isoformat(), counts, text]
