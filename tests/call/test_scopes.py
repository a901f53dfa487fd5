"""A bundle's scope and what mutations say: equal values are spelled alike, so that a client knows what concerns it."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from mizan_core.call.dispatcher import Dispatcher
from mizan_core.client import client
from mizan_core.errors import ValidationFailed
from mizan_core.interface.interface import Interface
from mizan_core.registry import Registry
from tests.call.fakes import SETTINGS


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


class Level(Enum):
    LOW = 1
    HIGH = 2


class Point(BaseModel):
    x: int
    y: float = 0.5


class Hidden(BaseModel):
    shown: int
    hidden: int = Field(exclude=True)


Slug = Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True)]
Rounded = Annotated[float, AfterValidator(lambda number: round(number, 1))]
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
NUMBERS = st.floats(-1e9, 1e9)
KINDS: list[tuple[Any, st.SearchStrategy[Any]]] = [
    (str, TEXTS),
    (Slug, TEXTS),
    (int, st.integers(-(2**70), 2**70)),
    (bool, st.booleans()),
    (float, NUMBERS),
    (Rounded, NUMBERS),
    (Decimal, st.decimals(allow_nan=False, allow_infinity=False, places=3).map(str)),
    (Colour, st.sampled_from(["red", "blue"])),
    (Level, st.sampled_from([1, 2])),
    (dt.date, st.dates().map(str)),
    (dt.datetime, st.datetimes(timezones=st.just(dt.timezone.utc)).map(str)),
    (dt.time, st.times().map(str)),
    (dt.timedelta, st.timedeltas(dt.timedelta(), dt.timedelta(days=99)).map(lambda delta: delta.total_seconds())),
    (UUID, st.uuids().map(lambda uuid: uuid.hex)),
    (list[int], st.lists(st.integers(), max_size=3)),
    (dict[str, Decimal], st.dictionaries(TEXTS, st.sampled_from(["1.50", "2"]), max_size=2)),
    (Point, st.builds(lambda x: {"x": x}, st.integers(-9, 9))),
]


def _interface(annotation: Any) -> Interface:
    def read(request: Any, value: Any = None) -> int:
        return 0

    def other(request: Any, value: Any = None, page: int = 1) -> int:
        return 0

    def write(request: Any, value: Any = None) -> None: ...

    registry = Registry()
    for function, declare in ((read, client(context="c")), (other, client(context="c")), (write, client(affects="c"))):
        function.__annotations__ = {
            name: annotation | None if name == "value" else kind for name, kind in _hints(function).items()
        }
        registry.register(declare(function), name=function.__name__)
    return Dispatcher(registry, lambda: SETTINGS, lambda _: None).interface()


def _hints(function: Any) -> dict[str, Any]:
    returns = None if function.__name__ == "write" else int
    hints: dict[str, Any] = {"request": Any, "value": None, "return": returns}
    return hints | ({"page": int} if function.__name__ == "other" else {})


INTERFACES = [(_interface(annotation), values) for annotation, values in KINDS]


def _texts(header: str) -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in header.split(";")[1:])


@given(data=st.data())
@pytest.mark.parametrize("kind", range(len(KINDS)), ids=lambda kind: re.sub(" at 0x.*?>", ">", str(KINDS[kind][0])))
def test_equal_values_are_spelled_alike(kind: int, data: st.DataObject) -> None:
    interface, values = INTERFACES[kind]
    value = data.draw(values | st.none())
    endpoint, bundle = interface.endpoint("write"), interface.bundle("c")
    arguments = {} if value is None else {"value": value}
    try:
        read = bundle.scope(bundle.validate(arguments, 9))
    except ValidationFailed:
        return
    plan = interface.plan(endpoint, endpoint.validate(arguments, 9))
    _, header = plan.finish(b"null")
    assert header is not None
    if read is None:
        return
    scope = _texts(read)
    assert scope["page"] == "1"
    for name, text in _texts(header).items():
        assert scope.get(name, text) == text
    if value is None:
        assert scope["value"] == "null"


def test_the_case_that_it_is_for() -> None:
    interface = _interface(Slug)
    endpoint, bundle = interface.endpoint("write"), interface.bundle("c")
    arguments = {"value": " ABC"}
    assert bundle.scope(bundle.validate(arguments, 1)) == "c;page=1;value=abc"
    assert interface.plan(endpoint, endpoint.validate(arguments, 1)).finish(b"null")[1] == "c;value=abc"


def test_a_default_that_differs_is_left_out() -> None:
    def one(request: Any, limit: int = 1, page: int = 1) -> int:
        return 0

    def two(request: Any, limit: int = 2, page: int = 1) -> int:
        return 0

    registry = Registry()
    registry.register(client(context="c")(one), name="one")
    registry.register(client(context="c")(two), name="two")
    bundle = Dispatcher(registry, lambda: SETTINGS, lambda _: None).interface().bundle("c")
    assert bundle.scope(bundle.validate({}, 0)) == "c;page=1"
    assert bundle.scope(bundle.validate({"limit": 1}, 1)) == "c;limit=1;page=1"


def test_what_no_json_says_is_left_out() -> None:
    def secret(request: Any, point: Hidden, word: Any, tag: str = "a") -> int:
        return 0

    registry = Registry()
    registry.register(client(context="c")(secret), name="secret")
    bundle = Dispatcher(registry, lambda: SETTINGS, lambda _: None).interface().bundle("c")
    values = {"point": {"shown": 1, "hidden": 2}, "word": "w"}
    assert bundle.scope(bundle.validate(values, 4)) == "c;tag=a;word=w"
