"""The bounded validators say what the ordinary one says, of everything but the masses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter
from pydantic_core import ValidationError
from typing_extensions import TypedDict

from mizan_core.client import client
from mizan_core.dispatch.arguments import MAX_FEW, ArgumentsValidator
from mizan_core.dispatch.bounded_schemas import failing_fast
from mizan_core.dispatch.refusals import REST
from mizan_core.errors import ValidationFailed

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


class Everything(TypedDict, total=False):
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
ROWS = st.fixed_dictionaries({"fields": st.lists(SCALARS), "choices": st.lists(SCALARS)}, optional={"pair": VALUES})
ARGUMENTS = st.fixed_dictionaries(
    {},
    optional={
        "tree": BRANCHES | VALUES,
        "tagged": BRANCHES | VALUES,
        "pairs": st.lists(PAIRS) | VALUES,
        "rows": st.lists(ROWS, max_size=3) | VALUES,
        "either": st.lists(SCALARS) | PAIRS | VALUES,
        "strict": st.lists(st.integers() | SCALARS) | VALUES,
        "days": st.dictionaries(NAMES, st.lists(SCALARS)) | VALUES,
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


@pytest.mark.parametrize(("annotation", "value"), BOMBS.values(), ids=BOMBS)
def test_first_errors_are_few(annotation: Any, value: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        failing_fast(TypeAdapter(annotation).core_schema).validate_python(value)
    assert caught.value.error_count() <= 20


@pytest.mark.parametrize(("annotation", "value"), BOMBS.values(), ids=BOMBS)
def test_few_errors_become_objects(annotation: Any, value: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from mizan_core.dispatch import refusals

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
