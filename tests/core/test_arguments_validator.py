"""The bounded validators say what the ordinary one says, of everything but the masses."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from ipaddress import IPv4Address
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter
from pydantic_core import ValidationError, from_json, to_json
from typing_extensions import TypedDict

from mizan_core.client import client
from mizan_core.engine import ENGINE, Engine, pure
from mizan_core.errors import ValidationFailed
from mizan_core.interface.arguments import MAX_FEW, ArgumentsValidator, JsonArguments
from mizan_core.interface.bounded_schemas import NO_LIMIT, failing_fast, most_names
from mizan_core.interface.refusals import REST

MANY = 10_000


class Leaf(BaseModel):
    kind: Literal["leaf"] = "leaf"
    size: int = Field(ge=0)


class Branch(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: Literal["branch"]
    parts: list[Branch | Leaf] = []
    by_name: dict[str, Leaf] = {"type": Leaf(size=1)}
    """A default that looks like a schema is none."""


class Pair(TypedDict):
    type: int
    schema: list[int]


@dataclass
class Row:
    fields: tuple[int, ...]
    choices: set[str]
    pair: tuple[int, str] = (1, "a")


class Strict(BaseModel):
    """Takes from JSON what it would refuse in a dict, and nothing else."""

    model_config = ConfigDict(strict=True, extra="forbid")

    day: dt.date
    moments: list[dt.datetime] = []
    pair: tuple[int, UUID] | None = None
    marks: set[str] = set()
    prices: dict[int, Decimal] = {}
    inner: list[Strict] = []
    address: IPv4Address | None = None


class Everything(TypedDict, total=False):
    stricts: list[Strict]
    tree: Branch | Leaf
    tagged: Annotated[Branch | Leaf, Field(discriminator="kind")]
    pairs: list[Pair]
    rows: Sequence[Row]
    either: list[int] | dict[str, int] | Pair | None
    strict: Annotated[list[int], Field(strict=True, min_length=2)]
    days: Mapping[dt.date, frozenset[int]]
    anything: Any


def _function(annotation: Any) -> Any:
    def function(request: Any, value: Any) -> None: ...

    function.__annotations__ = {"request": Any, "value": annotation, "return": None}
    return client(function)


def _validator(annotation: Any) -> ArgumentsValidator:
    return ArgumentsValidator(_function(annotation).arguments)


def _outcome(validator: ArgumentsValidator, value: Any, values: int) -> Any:
    try:
        return validator.validate({"value": value}, values)
    except ValidationFailed as error:
        return error.details


EVERYTHING = _validator(Everything)
SCALARS = st.none() | st.booleans() | st.integers(-1, 3) | st.sampled_from(["", "x", "leaf", "branch", "2026-01-02"])
NAMES = st.sampled_from(
    ["kind", "size", "parts", "by_name", "type", "schema", "fields", "choices", "pair", "x", "2026-01-02"]
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=5), max_leaves=12
)
LEAVES = st.fixed_dictionaries({"size": SCALARS}, optional={"kind": SCALARS})
BRANCHES = st.recursive(
    LEAVES,
    lambda inner: st.fixed_dictionaries(
        {"kind": st.just("branch")},
        optional={
            "parts": st.lists(inner, max_size=3),
            "by_name": st.dictionaries(NAMES, LEAVES, max_size=3),
            "x": SCALARS,
        },
    ),
    max_leaves=6,
)
PAIRS = st.fixed_dictionaries({"type": SCALARS, "schema": st.lists(SCALARS, max_size=3)})
FEW = st.lists(SCALARS, max_size=5)
ROWS = st.fixed_dictionaries({"fields": FEW, "choices": FEW}, optional={"pair": VALUES})
UUIDS = st.just("12345678-1234-5678-1234-567812345678")
STRICTS = st.recursive(
    st.fixed_dictionaries({"day": st.just("2026-01-02")}),
    lambda inner: st.fixed_dictionaries(
        {"day": st.just("2026-01-02") | SCALARS},
        optional={
            "moments": st.lists(st.just("2026-01-02T03:04:05Z") | SCALARS, max_size=3),
            "pair": st.tuples(st.integers(0, 1) | SCALARS, UUIDS | SCALARS).map(list) | VALUES,
            "marks": st.lists(st.text(max_size=1) | SCALARS, max_size=3),
            "prices": st.dictionaries(st.sampled_from(["1", "2", "x"]), st.just("1.50") | SCALARS, max_size=2),
            "inner": st.lists(inner, max_size=2),
            "address": st.just("127.0.0.1") | SCALARS,
            "x": SCALARS,
        },
    ),
    max_leaves=4,
)
# Short lists: of errors beyond the hundred that are listed, the two ways say differently how many there are.
ARGUMENTS = st.fixed_dictionaries(
    {},
    optional={
        "stricts": st.lists(STRICTS, max_size=3) | VALUES,
        "tree": BRANCHES | VALUES,
        "tagged": BRANCHES | VALUES,
        "pairs": st.lists(PAIRS, max_size=3) | VALUES,
        "rows": st.lists(ROWS, max_size=3) | VALUES,
        "either": FEW | PAIRS | VALUES,
        "strict": st.lists(st.integers() | SCALARS, max_size=5) | VALUES,
        "days": st.dictionaries(NAMES, FEW, max_size=3) | VALUES,
        "anything": VALUES,
        "more": VALUES,
    },
)


@given(ARGUMENTS)
def test_the_same_is_said_of_the_same(value: Any) -> None:
    assert _outcome(EVERYTHING, value, MAX_FEW + 1) == _outcome(EVERYTHING, value, 0)


BOMBS: dict[str, tuple[Any, Any]] = {
    "list": (list[int], ["x"] * MANY),
    "union": (list[Branch | Leaf], [{}] * MANY),
    "tuple": (tuple[int, ...], ["x"] * MANY),
    "set": (set[int], [f"x{number}" for number in range(MANY)]),
    "frozenset": (frozenset[int], [f"x{number}" for number in range(MANY)]),
    "sequence": (Sequence[int], ["x"] * MANY),
    "mapping": (Mapping[str, int], dict.fromkeys(map(str, range(MANY)), "x")),
    "dict": (dict[str, int], dict.fromkeys(map(str, range(MANY)), "x")),
    "keys": (dict[int, int], {f"x{number}": 1 for number in range(MANY)}),
    "model": (Branch, {"kind": "branch", **dict.fromkeys(map(str, range(MANY)))}),
    "nested": (Branch, {"kind": "branch", "parts": [{"kind": "branch", "parts": [{}, {}, {}]}] * MANY}),
    "dataclass": (Row, {"fields": ["x"] * MANY, "choices": [1] * MANY}),
    "in a union": (list[int] | dict[str, int] | None, ["x"] * MANY),
    "lists of lists": (list[list[int]], [["x"] * 100] * 100),
    "a long name": (dict[str, list[int]], {"k" * 100_000: ["x"] * MANY}),
}


@pytest.mark.parametrize("name", [name for name in BOMBS if name != "model"])
def test_first_errors_are_few(name: str) -> None:
    """Of surplus names ``validate`` lets none come as far as here."""
    annotation, value = BOMBS[name]
    with pytest.raises(ValidationError) as caught:
        failing_fast(TypeAdapter(annotation).core_schema).validate_json(to_json(value))
    assert caught.value.error_count() <= 20


@pytest.mark.parametrize(("annotation", "value"), BOMBS.values(), ids=BOMBS)
def test_few_errors_become_objects(annotation: Any, value: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from mizan_core.interface import refusals

    counts: list[int] = []
    add_error = refusals.Refusals.add_error

    def counted(self: refusals.Refusals, error: ValidationError, **options: Any) -> None:
        counts.append(error.error_count())
        add_error(self, error, **options)

    monkeypatch.setattr(refusals.Refusals, "add_error", counted)
    details = _outcome(_validator(annotation), value, MANY)
    assert 1 <= sum(map(len, details.values())) <= 102
    assert sum(counts) <= 3_000


def test_what_was_not_checked_is_counted() -> None:
    details = _outcome(_validator(list[list[int]]), [["x"] * 100] * 100, MANY)
    assert any("were not checked" in text for text in details[REST])
    assert "value.0.0" in details


def _whole(value: Any) -> Any:
    if len(value) != MANY:
        raise ValueError("a part is missing")
    return value


def _whole_or_worse(value: Any) -> Any:
    if len(value) != MANY:
        raise ZeroDivisionError
    return value


SOUND: dict[str, Any] = {
    "a length": Annotated[list[int], Field(min_length=MANY)],
    "the length of a dict": Annotated[dict[str, int], Field(min_length=MANY)],
    "the length of a set": Annotated[set[int], Field(min_length=MANY)],
    "the length of a tuple": Annotated[tuple[int, ...], Field(min_length=MANY)],
    "a validator": Annotated[list[int], AfterValidator(_whole)],
    "a validator that fails": Annotated[list[int], AfterValidator(_whole_or_worse)],
    "anything": Annotated[list[Any], AfterValidator(_whole)],
}


@pytest.mark.parametrize("annotation", SOUND.values(), ids=SOUND)
def test_nothing_is_said_of_what_is_left_out(annotation: Any) -> None:
    values: Any = dict.fromkeys(map(str, range(MANY)), 1) if "dict" in str(annotation) else list(range(MANY))
    typed_dict: Any = TypedDict
    both = typed_dict("both", {"bad": list[int], "sound": annotation})
    details = _outcome(_validator(both), {"bad": ["x"] + [1] * MANY, "sound": values}, MANY)
    assert [path for path in details if path != REST] == ["value.bad.0"]


def test_an_own_validator_keeps_its_exception() -> None:
    def fail(value: Any) -> Any:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        _validator(Annotated[int, BeforeValidator(fail)]).validate({"value": 1}, MANY)


@pytest.mark.parametrize("value", [{"a": {}}, {"a": {"kind": "branch", **dict.fromkeys(map(str, range(MANY)), 1)}}])
def test_surplus_names_are_counted_before_they_are_noted(value: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each that is noted repeats the names around it."""
    counts: list[int] = []
    details = ArgumentsValidator._details

    def counted(self: ArgumentsValidator, text: bytes, values: int, error: ValidationError) -> Any:
        counts.append(error.error_count())
        return details(self, text, values, error)

    monkeypatch.setattr(ArgumentsValidator, "_details", counted)
    said = _outcome(_validator(dict[str, Branch]), value, MANY)
    assert [path for path in said if path != REST] == ["value.a" if len(value["a"]) else "value.a.kind"]
    assert counts == [1]


def test_only_objects_with_surplus_names_are_limited() -> None:
    assert most_names(_function(dict[str, Leaf]).arguments.core_schema) == NO_LIMIT
    assert most_names(_function(dict[str, Branch]).arguments.core_schema) == 2 * 3 + 16


GOOD = {
    "day": "2026-01-02",
    "moments": ["2026-01-02T03:04:05Z"],
    "pair": [1, "12345678-1234-5678-1234-567812345678"],
    "marks": ["a"],
    "prices": {"1": "1.50"},
    "inner": [{"day": "2026-01-03"}],
    "address": "127.0.0.1",
}


@pytest.mark.parametrize("values", [0, MANY])
def test_strict_models_are_read_as_json(values: int) -> None:
    taken = _validator(Strict).validate({"value": GOOD}, values)["value"]
    assert taken.pair == (1, UUID("12345678-1234-5678-1234-567812345678"))
    assert taken.prices == {1: Decimal("1.50")}


def test_of_many_strict_values_the_bad_one_is_named() -> None:
    values = [GOOD] * 1_000 + [GOOD | {"moments": ["2026-01-02T03:04:05Z", 5]}] + [GOOD] * 1_000
    details = _outcome(_validator(list[Strict]), values, MANY)
    assert [path for path in details if path != REST] == ["value.1000.moments.1"]


class Measure(BaseModel):
    size: float | None = None
    sizes: dict[str, list[float]] = {}
    count: int = 0
    anything: Any = None


HUGE = 10**400


@pytest.mark.parametrize("values", [0, MANY])
@pytest.mark.parametrize(
    ("value", "paths"),
    [
        ({"size": HUGE}, ["value.size"]),
        ({"size": -HUGE}, ["value.size"]),
        ({"sizes": {"a": [1.0, HUGE]}}, ["value.sizes.a.1"]),
        ({"size": float("inf")}, ["value.size"]),
        ({"sizes": {"a": [float("-inf")]}, "size": float("inf")}, ["value.sizes.a.0", "value.size"]),
        ({"anything": [float("inf")]}, ["value.anything.0"]),
    ],
)
def test_no_number_becomes_infinite(value: Any, paths: list[str], values: int) -> None:
    details = _outcome(_validator(Measure), value, values)
    assert details == {path: ["Input should be a finite number"] for path in paths}


@pytest.mark.parametrize("values", [0, MANY])
def test_huge_integers_are_integers(values: int) -> None:
    given = {"count": HUGE, "anything": HUGE, "size": int(1.7e308)}
    taken = _validator(Measure).validate({"value": given}, values)["value"]
    assert (taken.count, taken.anything, taken.size) == (HUGE, HUGE, 1.7e308)
    infinite = {"anything": "Infinity"}
    assert _validator(Measure).validate({"value": infinite}, values)["value"].anything == "Infinity"


class Spelled(BaseModel):
    model_config = ConfigDict(extra="allow")

    a: int = 0
    b: str = ""


SPELLINGS = [
    '{"value":-0}',
    '{"value":-0.0}',
    '{"value":1.0}',
    '{"value": 1 }',
    '{"value":1e2}',
    '{"value":1E+2}',
    '{"value":100000000000000000000}',
    '{"value":123456789012345678901234567890.0}',
    '{"value":1.10}',
    '{"value":0.1000000000000000055511151231257827}',
    '{"value":1760000000.5}',
    '{"value":1e999}',
    '{"value":' + "9" * 400 + "}",
    '{"value":"' + "9" * 400 + '"}',
    '{"value":"' + "\\u0039" * 400 + '"}',
    '{"value":"1.10"}',
    '{"value":"\\u0000"}',
    '{"value":"\\u00e9\\ud83d\\ude00\\/"}',
    '{"value":"2026-01-02T03:04:05\\u005a"}',
    '{"\\u0076alue":true}',
    '{"value":1,"value":2}',
    '{"value":"x","value":2}',
    '{"value":2,"value":"x"}',
    '{"more":1,"value":1,"more":2}',
    '{"value":{"a":"x","b":"y","a":1}}',
    '{"value":{"1":"x","c":1e2,"\\u0031":1}}',
    '{"value":{"c":1,"a":1.0,"c":2}}',
    '{"value":[1.0, 2,\n\t3e0]}',
    '{"value":[[1,"a"],{"b":[]}]}',
    "{ }",
]
ANNOTATIONS: list[Any] = [
    int,
    float,
    str,
    bytes,
    bool,
    Decimal,
    dt.datetime,
    dt.date,
    dt.timedelta,
    UUID,
    Any,
    object,
    Literal[1, 2, True],
    int | float,
    float | int | str,
    Annotated[int, Field(strict=True)],
    Annotated[float, Field(strict=True, ge=1)],
    Annotated[Decimal, Field(max_digits=3)],
    list[int],
    tuple[float, ...],
    dict[str, int],
    dict[int, int],
    dict[str, Any],
    Spelled,
    Spelled | dict[str, float],
    list[list[Any] | dict[str, Any]],
]


@pytest.mark.parametrize("annotation", ANNOTATIONS, ids=str)
@pytest.mark.parametrize("engine", [ENGINE, pure], ids=["chosen", "pure"])
@pytest.mark.parametrize("values", [0, MANY])
def test_what_is_sent_means_what_is_read_of_it(annotation: Any, engine: Engine, values: int) -> None:
    validator = _validator(annotation)
    for text in SPELLINGS:
        _, sent, is_plain, _, _ = engine.begin_call(f'{{"fn":"f","args":{text}}}'.encode())
        try:
            expected: Any = validator.validate(from_json(text), values)
        except ValidationFailed as error:
            expected = error.details
        try:
            found: Any = validator.validate_json(JsonArguments(sent, is_plain, values))
        except ValidationFailed as error:
            found = error.details
        assert repr(found) == repr(expected), text


@given(ARGUMENTS, st.sampled_from([None, 1]), st.booleans(), st.sampled_from([0, MAX_FEW + 1]))
def test_every_spelling_means_the_same(value: Any, indent: int | None, ensure_ascii: bool, values: int) -> None:
    body = json.dumps({"fn": "f", "args": {"value": value}}, indent=indent, ensure_ascii=ensure_ascii)
    _, text, is_plain, _, _ = ENGINE.begin_call(body.encode())
    try:
        found: Any = EVERYTHING.validate_json(JsonArguments(text, is_plain, values))
    except ValidationFailed as error:
        found = error.details
    assert found == _outcome(EVERYTHING, value, values)
