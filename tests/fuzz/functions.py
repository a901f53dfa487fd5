"""The interface under fire: every kind of parameter, and nothing that fails by itself."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import TypedDict

from mizan_core.client import client
from mizan_core.registry import register


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


class Circle(BaseModel):
    kind: Literal["circle"] = "circle"
    radius: int


class Square(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: Literal["square"] = "square"
    side: float = Field(ge=0)


class Node(BaseModel):
    name: str = Field(max_length=20)
    children: list[Node] = []
    notes: dict[str, list[int]] = {}


class Options(TypedDict, total=False):
    limit: int
    colours: list[Colour]


Shape = Annotated[Circle | Square, Field(discriminator="kind")]


@client(affects="things")
def scalars(
    request: Any,
    number: int = 0,
    ratio: float = 0.0,
    flag: bool = False,
    text: str = "",
    price: Decimal = Decimal(0),
    colour: Colour = Colour.RED,
    word: Annotated[str, Field(pattern=r"^[a-z]+$")] = "a",
    nothing: None = None,
) -> list[str]:
    return [str(number)[:20] if abs(number) < 10**18 else "", str(flag), text[:20], colour.value, word]


@client(affects=["things", "times"])
def times(
    request: Any,
    moment: dt.datetime | None = None,
    day: dt.date | None = None,
    hour: dt.time | None = None,
    span: dt.timedelta | None = None,
    ref: UUID | None = None,
    data: bytes = b"",
) -> int:
    return len(data)


@client(affects="things", merge="things")
def shapes(
    request: Any,
    items: list[Circle | Square] = [],  # noqa: B006
    tagged: list[Shape] = [],  # noqa: B006
    root: Node | None = None,
    options: Options | None = None,
    pairs: dict[str, tuple[int, str]] = {},  # noqa: B006
    numbers: set[int] = set(),  # noqa: B006
    text: str = "",
) -> list[Circle | Square]:
    return items


@client
def anything(request: Any, value: Any = None, more: dict[str, Any] = {}) -> str:  # noqa: B006
    return type(value).__name__


@client(auth=True, affects="things")
def for_members(request: Any, number: int = 0) -> int:
    return number % 1_000


@client(auth="staff")
async def for_staff(request: Any) -> str:
    return "staff"


@client(private=True)
def hidden(request: Any) -> str:
    return "hidden"


@client(context="things")
def thing(
    request: Any,
    number: int = 0,
    ratio: float = 0.0,
    flag: bool = False,
    text: str = "",
    price: Decimal = Decimal(0),
    colour: Colour = Colour.RED,
) -> list[str]:
    return [text[:20], colour.value]


@client(context="things")
async def listed(request: Any, text: str = "") -> list[Circle | Square]:
    return [Circle(radius=len(text))]


@client(context="times")
def at_times(
    request: Any,
    moment: dt.datetime | None = None,
    day: dt.date | None = None,
    ref: UUID | None = None,
    numbers: list[int] = [],  # noqa: B006
    colours: list[Colour] = [],  # noqa: B006
) -> int:
    return len(numbers)


@client(context="trees")
def tree(
    request: Any,
    root: Node | None = None,
    options: Options | None = None,
    pairs: dict[str, tuple[int, str]] = {},  # noqa: B006
    either: int | str | None = None,
    value: Any = None,
) -> str:
    return "tree"


@client(context="members", auth=True)
def member(request: Any, number: int = 0) -> int:
    return number % 1_000


FUNCTIONS = (
    scalars, times, shapes, anything, for_members, for_staff, hidden, thing, listed, at_times, tree, member,
)  # fmt: skip


def register_all() -> None:
    for function in FUNCTIONS:
        register(function)
