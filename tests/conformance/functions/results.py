"""A function for every type of result, with the JSON that it must be answered with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum, IntEnum
from typing import Annotated, Any, Generic, Literal, NamedTuple, NewType, TypeVar, Union
from uuid import UUID

from pydantic import BaseModel, Field
from pydantic.dataclasses import dataclass as pydantic_dataclass
from typing_extensions import NotRequired, TypedDict

from tests.conformance.functions.serving import both

LEAK = "leak-7d1f0c"
"""Stands in undeclared members of results; no answer may hold it."""

Item = TypeVar("Item")


class Colour(str, Enum):
    RED = "red"
    BLUE = "blue"


class Level(IntEnum):
    LOW = 1
    HIGH = 3


class Size(Enum):
    SMALL = 10


class Address(BaseModel):
    street: str
    city: str | None = None


class Person(BaseModel):
    id: int
    name: str
    address: Address | None = None
    tags: list[str] = []


class Admin(Person):
    password: str


class Cat(BaseModel):
    kind: Literal["cat"]
    lives: int


class Dog(BaseModel):
    kind: Literal["dog"]
    good: bool


class Tree(BaseModel):
    label: str
    children: list[Tree] = []


class Page(BaseModel, Generic[Item]):
    items: list[Item]
    more: bool


@dataclass
class Point:
    x: int
    y: int = 0


@pydantic_dataclass
class Span:
    low: int
    high: int


class Movie(TypedDict):
    title: str
    year: NotRequired[int]


class Pair(NamedTuple):
    left: int
    right: str


@dataclass
class Row:
    """As an ORM gives it: attributes, more of them than the answer declares."""

    id: int = 1
    name: str = "Ada"
    address: None = None
    tags: list[str] = field(default_factory=list)
    password: str = LEAK


UserId = NewType("UserId", int)
Animal = Annotated[Union[Cat, Dog], Field(discriminator="kind")]  # noqa: UP007 - evaluated on Python 3.10 too


class Example(NamedTuple):
    """What a function is annotated with and returns, and the JSON of ``result``."""

    name: str
    annotation: Any
    value: Any
    json: str


ADA = '{"id":1,"name":"Ada","address":null,"tags":[]}'
_UTC = dt.timezone.utc
_EAST = dt.timezone(dt.timedelta(hours=2))

EXAMPLES = (
    Example("model", Person, Person(id=1, name="Ada"), ADA),
    Example(
        "model_nested",
        Person,
        Person(id=2, name="Bo", address=Address(street="High St"), tags=["a", "b"]),
        '{"id":2,"name":"Bo","address":{"street":"High St","city":null},"tags":["a","b"]}',
    ),
    Example(
        "model_recursive",
        Tree,
        Tree(label="a", children=[Tree(label="b")]),
        '{"label":"a","children":[{"label":"b","children":[]}]}',
    ),
    Example(
        "model_generic",
        Page[Person],
        Page[Person](items=[Person(id=1, name="Ada")], more=False),
        f'{{"items":[{ADA}],"more":false}}',
    ),
    Example("list_of_models", list[Person], [Person(id=1, name="Ada")], f"[{ADA}]"),
    Example("list_of_integers", list[int], [3, 1, 2], "[3,1,2]"),
    Example("list_empty", list[Person], [], "[]"),
    Example("tuple_fixed", tuple[int, str], (1, "a"), '[1,"a"]'),
    Example("set", set[int], {7}, "[7]"),
    Example("mapping", dict[str, Person], {"first": Person(id=1, name="Ada")}, f'{{"first":{ADA}}}'),
    Example(
        "containers_nested", dict[str, list[dict[str, int | None]]], {"a": [{"b": None}, {}]}, '{"a":[{"b":null},{}]}'
    ),
    Example("optional_present", Person | None, Person(id=1, name="Ada"), ADA),
    Example("optional_absent", Person | None, None, "null"),
    Example("union_first", Cat | Dog, Cat(kind="cat", lives=9), '{"kind":"cat","lives":9}'),
    Example("union_second", Cat | Dog, Dog(kind="dog", good=True), '{"kind":"dog","good":true}'),
    Example("union_discriminated", Animal, Dog(kind="dog", good=True), '{"kind":"dog","good":true}'),
    Example("union_of_plain_text", int | str, "five", '"five"'),
    Example("union_of_plain_number", int | str, 5, "5"),
    Example("dataclass", Point, Point(1, 2), '{"x":1,"y":2}'),
    Example("dataclass_of_pydantic", Span, Span(1, 2), '{"low":1,"high":2}'),
    Example("typed_dict", Movie, {"title": "Metropolis", "year": 1927}, '{"title":"Metropolis","year":1927}'),
    Example("typed_dict_partial", Movie, {"title": "Metropolis"}, '{"title":"Metropolis"}'),
    Example("named_tuple", Pair, Pair(1, "b"), '[1,"b"]'),
    Example("enum_of_text", Colour, Colour.RED, '"red"'),
    Example("enum_of_integers", Level, Level.HIGH, "3"),
    Example("enum_plain", Size, Size.SMALL, "10"),
    Example("literal", Literal["on", "off"], "on", '"on"'),
    Example("datetime_utc", dt.datetime, dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=_UTC), '"2026-01-02T03:04:05Z"'),
    Example(
        "datetime_offset",
        dt.datetime,
        dt.datetime(2026, 1, 2, 3, 4, 5, 600, tzinfo=_EAST),
        '"2026-01-02T03:04:05.000600+02:00"',
    ),
    Example(
        "datetime_naive",
        dt.datetime,
        dt.datetime(2026, 1, 2, 3, 4, 5),  # noqa: DTZ001 - that is the case
        '"2026-01-02T03:04:05"',
    ),
    Example("date", dt.date, dt.date(2026, 1, 2), '"2026-01-02"'),
    Example("time", dt.time, dt.time(3, 4, 5), '"03:04:05"'),
    Example("duration", dt.timedelta, dt.timedelta(days=1, hours=2, seconds=3), '"P1DT2H3S"'),
    Example("uuid", UUID, UUID("12345678-1234-5678-1234-567812345678"), '"12345678-1234-5678-1234-567812345678"'),
    Example("decimal", Decimal, Decimal("10.50"), '"10.50"'),
    Example("binary", bytes, b"ab", '"ab"'),
    Example("none", None, None, "null"),
    Example("boolean", bool, True, "true"),
    Example("integer", int, -42, "-42"),
    Example("integer_big", int, 2**70, "1180591620717411303424"),
    Example("number", float, 1.5, "1.5"),
    Example("number_whole", float, 2.0, "2.0"),
    Example("text", str, 'é"\n\u2028😀', '"é\\"\\n\u2028😀"'),
    Example("text_empty", str, "", '""'),
    Example("text_long", str, "x" * 200_000, '"' + "x" * 200_000 + '"'),
    Example("anything", Any, {"free": [1, None, {"deep": True}]}, '{"free":[1,null,{"deep":true}]}'),
    Example("new_type", UserId, UserId(5), "5"),
    Example("annotated", Annotated[int, Field(gt=0)], 5, "5"),
)
"""Results that are what the annotation says."""

_RAW_ADA = {"id": 1, "name": "Ada", "password": LEAK}

LOOSE_EXAMPLES = (
    Example("dict_for_model", Person, _RAW_ADA, ADA),
    Example("row_for_model", Person, Row(), ADA),
    Example("subclass_for_model", Person, Admin(id=1, name="Ada", password=LEAK), ADA),
    Example("dicts_for_models", list[Person], [_RAW_ADA], f"[{ADA}]"),
    Example("rows_for_models", list[Person], [Row(), Row()], f"[{ADA},{ADA}]"),
    Example("subclasses_for_models", list[Person], [Admin(id=1, name="Ada", password=LEAK)], f"[{ADA}]"),
    Example("dicts_in_mapping", dict[str, Person], {"first": _RAW_ADA}, f'{{"first":{ADA}}}'),
    Example("dict_for_optional", Person | None, _RAW_ADA, ADA),
    Example("row_for_optional", Person | None, Row(), ADA),
    Example("dict_for_union", Cat | Dog, {"kind": "dog", "good": True, "password": LEAK}, '{"kind":"dog","good":true}'),
    Example("dict_for_dataclass", Point, {"x": 1, "y": 2, "password": LEAK}, '{"x":1,"y":2}'),
    Example("surplus_in_typed_dict", Movie, {"title": "Metropolis", "password": LEAK}, '{"title":"Metropolis"}'),
    Example(
        "surplus_in_typed_dicts", list[Movie], [{"title": "Metropolis", "password": LEAK}], '[{"title":"Metropolis"}]'
    ),
    Example(
        "page_of_dicts",
        Page[Person],
        {"items": [_RAW_ADA], "more": True, "password": LEAK},
        f'{{"items":[{ADA}],"more":true}}',
    ),
    Example("text_for_enum", Colour, "red", '"red"'),
    Example("text_for_date", dt.date, "2026-01-02", '"2026-01-02"'),
    Example("tuple_for_list", list[int], (1, 2), "[1,2]"),
)
"""Results that have to be made what the annotation says before they may leave."""

MISMATCHES = (
    Example("field_missing", Person, {"name": LEAK}, ""),
    Example("field_of_wrong_type", Person, {"id": LEAK, "name": "Ada"}, ""),
    Example("text_for_integer", int, LEAK, ""),
    Example("none_for_model", Person, None, ""),
    Example("none_for_integer", int, None, ""),
    Example("none_for_text", str, None, ""),
    Example("none_in_list", list[Person], [None], ""),
    Example("none_in_mapping", dict[str, int], {"a": None}, ""),
    Example("none_for_enum", Colour, None, ""),
    Example("unknown_enum", Colour, LEAK, ""),
    Example("another_model", Cat, Person(id=1, name=LEAK), ""),
    Example("another_model_for_union", Cat | Dog, Person(id=1, name=LEAK), ""),
    Example("text_for_boolean", bool, LEAK, ""),
    Example("unknown_literal", Literal["on", "off"], LEAK, ""),
    Example("object_for_anything", Any, object(), ""),
    Example("lone_surrogate", str, "\ud800" + LEAK, ""),
    Example("model_for_none", None, {"password": LEAK}, ""),
)
"""Results that the annotation does not cover: the server's fault, never the client's to see."""

UNCHECKED = Example(
    "unchecked_model",
    Person,
    Person.model_construct(id=1, name="Ada", address={"street": "High St", "password": LEAK}, tags=[]),  # type: ignore[arg-type]
    "",
)
"""A result that says it is what the annotation says, and is not throughout."""


def _returning(example: Example) -> Callable[..., Any]:
    def give(request: Any) -> Any:
        return example.value

    give.__name__ = give.__qualname__ = f"give_{example.name}"
    give.__annotations__["return"] = example.annotation
    return give


for _example in (*EXAMPLES, *LOOSE_EXAMPLES, *MISMATCHES, UNCHECKED):
    both()(_returning(_example))
