"""Identities of validated arguments (protocol.md section 3): equal values share one, different values never do."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum, Flag, IntEnum
from itertools import product
from types import GenericAlias
from typing import Annotated, Any, Literal, NamedTuple, Union
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    PrivateAttr,
    SecretStr,
)
from typing_extensions import TypedDict

from mizan_core.engine import ENGINE
from mizan_core.identity import Identity, NoIdentity, identity_of

ZONES = [timezone.utc, timezone(timedelta(hours=2)), timezone(timedelta(hours=-11, minutes=-30)), None]


class Colour(Enum):
    RED = "red"
    BLUE = 2


class Level(IntEnum):
    LOW = 1


class Text(str, Enum):
    RED = "red"


class Right(Flag):
    READ = 1


class Inner(BaseModel):
    shown: int
    hidden: str = Field("", exclude=True)
    secret: SecretStr = SecretStr("")


class Outer(BaseModel):
    model_config = ConfigDict(extra="allow")
    inner: Inner
    rate: Annotated[float, PlainSerializer(round)] = 0.0
    tags: frozenset[str] = frozenset()


class Tree(BaseModel):
    children: list[Tree] = []


class Private(BaseModel):
    _held: int = PrivateAttr(0)


class Equal(BaseModel):
    number: int

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = None  # type: ignore[assignment]


class Cat(BaseModel):
    kind: Literal["cat"]


class Dog(BaseModel):
    kind: Literal["dog"]


class Cow(BaseModel):
    kind: str


class Options(TypedDict, total=False):
    since: date
    word: str


@dataclasses.dataclass
class Point:
    x: float
    y: float = 0.0


@dataclasses.dataclass
class Initialised:
    x: int
    y: dataclasses.InitVar[int] = 0


@dataclasses.dataclass
class Uncompared:
    x: int
    y: int = dataclasses.field(default=0, compare=False)


class Pair(NamedTuple):
    left: int


def identity(annotation: Any, value: Any) -> Any:
    return identity_of(annotation, {}).of(value)


@pytest.mark.parametrize(
    ("annotation", "value", "expected"),
    [
        (int, 5, 5),
        (bool, True, True),
        (str, "null", "null"),
        (float, 1e300, int(1e300)),
        (float, -0.0, 0),
        (float, 0.5, 0.5),
        (Decimal, Decimal("1.500"), "1.5"),
        (Decimal, Decimal("1E+2"), "100"),
        (Decimal, Decimal("-0.00"), "0"),
        (UUID, UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (date, date(2026, 1, 2), "2026-01-02"),
        (datetime, datetime(2026, 1, 2, tzinfo=None), "2026-01-02T00:00:00"),  # noqa: DTZ001 - naive on purpose
        (datetime, datetime(2026, 1, 2, tzinfo=ZONES[1]), "2026-01-01T22:00:00+00:00"),
        (time, time(1, 2), "01:02:00"),
        (timedelta, timedelta(seconds=90), "PT90S"),
        (timedelta, timedelta(milliseconds=-500), "-PT0.5S"),
        (SecretStr, SecretStr("x"), "x"),
        (Colour, Colour.BLUE, 2),
        (tuple[int, str], (1, "a"), [1, "a"]),
        (set[int], {10, 9}, [10, 9]),
        (dict[str, Any], {"a": [1.0, None]}, {"a": [1, None]}),
        (Options, {"since": date(2026, 1, 2)}, {"since": "2026-01-02"}),
        (Point, Point(1.0, 0.5), {"x": 1, "y": 0.5}),
        (Inner, Inner(shown=1, hidden="h", secret=SecretStr("s")), {"shown": 1, "hidden": "h", "secret": "s"}),
        (Tree, Tree(children=[Tree()]), {"children": [{"children": []}]}),
        (Cat | Dog, Dog(kind="dog"), {"kind": "dog"}),
        (list[int] | None, None, None),
    ],
)
def test_what_an_identity_is(annotation: Any, value: Any, expected: Any) -> None:
    found = identity(annotation, value)
    assert ENGINE.canonical_json(found) == ENGINE.canonical_json(expected)


@pytest.mark.parametrize(
    ("annotation", "value"),
    [
        (float, float("nan")),
        (Decimal, Decimal("Infinity")),
        (Decimal, Decimal("1E+1000000")),
        (time, time(1, tzinfo=timezone.utc)),
        (str, "\ud800"),
        (int, True),
        (int, Level.LOW),
        (Annotated[int, AfterValidator(str)], "5"),
        (date | str, "2026-01-02"),
        (Decimal | str, Decimal(1)),
        (Text | str, "red"),
        (tuple[int, ...] | list[int], [1]),
        (list[date] | list[str], ["x"]),
        (set[int] | frozenset[int], {1}),
        (Cat | Cow, Cat(kind="cat")),
        (Level | int, 1),
        (Right, Right.READ),
        (Private, Private()),
        (Equal, Equal(number=1)),
        (Initialised, Initialised(1)),
        (Uncompared, Uncompared(1)),
        (Pair, Pair(1)),
        (Iterable[int], iter([1])),
        (bytes, b"x"),
        (dict[int, int], {1: 1}),
        (Any, {1}),
        (Any, date(2026, 1, 2)),
    ],
)
def test_what_has_none(annotation: Any, value: Any) -> None:
    with pytest.raises(NoIdentity):
        identity(annotation, value)


def test_what_stands_beside_the_fields_counts() -> None:
    marked = Inner(shown=1)
    vars(marked)["mark"] = 1
    with pytest.raises(NoIdentity):
        identity(Inner, marked)
    extra = [Outer.model_validate({"inner": {"shown": 1}, "more": more}) for more in (1, 2)]
    assert identity(Outer, extra[0]) != identity(Outer, extra[1])


@pytest.mark.parametrize(
    ("annotation", "narrows"),
    [
        (int, True),
        (int | float | None, True),
        (int | str, True),
        (Literal["a", 1], True),
        (list[Tree], True),
        (bool | int, False),
        (int | Decimal, False),
        (list[bool | int], False),
        (Any, False),
        (dict[str, Any], False),
        (date | str, False),
        (bytes, False),
    ],
)
def test_what_narrows(annotation: Any, narrows: bool) -> None:
    assert identity_of(annotation, {}).narrows is narrows


def test_sets_are_the_same_in_every_process() -> None:
    program = (
        "from mizan_core.identity import identity_of\n"
        "print(identity_of(frozenset[str], {}).of(frozenset(map(str, range(50)))))"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", program], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(seen) == 1


# Types, and values that they validate.

Typed = tuple[Any, st.SearchStrategy[Any]]

INTEGERS = [0, 1, 2, 2**53, 2**53 + 1]
WORDS = ["", "0", "1", "1.5", "null", "true", "red", "é", "2026-01-02", "2026-01-02T09:00:00", "PT1S", "{}"]
RATES = [0.0, -0.0, 1.0, 1.5, 2.0**53, 1e300]
INSTANTS = [datetime(2026, 1, 2, hour, tzinfo=zone) for hour in (9, 11) for zone in ZONES]
DECIMALS = list(map(Decimal, ("0", "-0.0", "1", "1.0", "1.50", "1.5", "1E+2", "100")))
LEAVES: list[tuple[Any, list[Any]]] = [
    (int, INTEGERS),
    (str, WORDS),
    (bool, [False, True]),
    (None, [None]),
    (float, RATES),
    (Annotated[float, PlainSerializer(round)], RATES),
    (Decimal, DECIMALS),
    (date, [date(2026, 1, 2), date(2026, 1, 3)]),
    (datetime, INSTANTS),
    (timedelta, [timedelta(0), timedelta(seconds=1), timedelta(microseconds=-1)]),
    (SecretStr, list(map(SecretStr, WORDS))),
    (Colour, list(Colour)),
    (Text, list(Text)),
    (Level, list(Level)),
    (Inner, [Inner(shown=1, hidden=hidden, secret=SecretStr(secret)) for hidden in "ab" for secret in "ab"]),
    (Point, [Point(x, y) for x in RATES[:3] for y in RATES[:3]]),
    (Initialised, [Initialised(1, 2)]),
    (Cat, [Cat(kind="cat")]),
    (Dog, [Dog(kind="dog")]),
    (Cow, [Cow(kind="cat"), Cow(kind="dog")]),
    (frozenset[str], [frozenset(), frozenset("ab"), frozenset("ba"), frozenset("c")]),
    (set[int], [set(), {1, 2}, {2, 1}, {0}]),
    (list[str], [[], ["1"], ["a", "b"]]),
    (list[float], [[], [1.0], [-0.0], [0.0]]),
    (tuple[int, ...], [(), (1,), (1, 2)]),
    (dict[str, int], [{}, {"kind": 1}, {"a": 1, "b": 2}, {"b": 2, "a": 1}]),
    (dict[str, Any], [{}, {"kind": "cat"}, {"a": None}, {"a": "null"}, {"a": True}, {"a": 1}]),
]


def _larger(inner: st.SearchStrategy[Typed]) -> st.SearchStrategy[Typed]:
    return st.one_of(
        inner.map(lambda typed: (GenericAlias(list, (typed[0],)), st.lists(typed[1], max_size=2))),
        inner.map(lambda typed: (GenericAlias(tuple, (typed[0], ...)), st.lists(typed[1], max_size=2).map(tuple))),
        inner.map(
            lambda typed: (
                GenericAlias(dict, (str, typed[0])),
                st.dictionaries(st.sampled_from(WORDS), typed[1], max_size=2),
            )
        ),
        st.tuples(inner, inner).map(_joined),
    )


def _joined(pair: tuple[Typed, Typed]) -> Typed:
    (left, values), (right, others) = pair
    return Union[left, right], values | others  # noqa: UP007 - None beside None cannot be written with a bar


def same(left: Any, right: Any) -> bool:
    """Equal, and of one class, at every depth."""
    if type(left) is not type(right):
        # 1 and 1.0 are one number; True is another thing to a function, although Python says that it equals 1.
        return {type(left), type(right)} == {int, float} and left == right
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list | tuple):
        return len(left) == len(right) and all(map(same, left, right))
    return bool(left == right)


def check(known: Identity, left: Any, right: Any) -> None:
    """Both share an identity exactly when they are the same; or one of them has none."""
    try:
        identities = [ENGINE.canonical_json(known.of(value)) for value in (left, right)]
    except NoIdentity:
        return
    assert (identities[0] == identities[1]) is same(left, right), (left, right)
    if known.narrows:
        assert (identities[0] == identities[1]) is bool(left == right), (left, right)


@pytest.mark.parametrize("one", LEAVES, ids=lambda leaf: str(leaf[0]))
def test_any_two_values_of_any_two_types(one: tuple[Any, list[Any]]) -> None:
    for other in LEAVES:
        known = identity_of(Union[one[0], other[0]], {})  # noqa: UP007 - None beside None cannot be written with a bar
        lists = identity_of(GenericAlias(list, (one[0],)) | GenericAlias(list, (other[0],)), {})
        for left, right in product([*one[1], *other[1]], repeat=2):
            check(known, left, right)
            check(lists, [left], [right])


TYPES: st.SearchStrategy[Typed] = st.sampled_from(LEAVES).map(lambda leaf: (leaf[0], st.sampled_from(leaf[1])))


@given(typed=st.recursive(TYPES, _larger, max_leaves=4), data=st.data())
def test_values_of_random_types(typed: Typed, data: st.DataObject) -> None:
    annotation, values = typed
    check(identity_of(annotation, {}), data.draw(values), data.draw(values))
