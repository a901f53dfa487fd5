"""Limits of values, descriptions and discriminators in shapes (protocol.md section 11)."""

# ruff: noqa: UP007 - annotations are test data, in every spelling
# mypy: disable-error-code="misc"

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Generic, Literal, TypeVar, Union

import annotated_types
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    TypeAdapter,
    ValidationError,
    field_validator,
    model_validator,
)
from typing_extensions import Doc, TypeAliasType, TypedDict

from tests.core.inspecting import (
    ANY,
    INTEGER,
    NUMBER,
    STRING,
    both,
    field,
    list_of,
    map_of,
    optional,
    read,
    ref,
    struct,
    text,
    union,
)

T = TypeVar("T")
SAFE = {"kind": "primitive", "name": "integer"}
DECIMAL = text("decimal")


def upper(value: Any) -> Any:
    return str(value).upper()


@pytest.mark.parametrize(
    ("annotation", "shape"),
    [
        (Annotated[int, Field(ge=0, le=9)], {**SAFE, "min": 0, "max": 9}),
        (Annotated[int, Field(gt=-(2**53), lt=2**53)], {**SAFE, "exclusive_min": -(2**53), "exclusive_max": 2**53}),
        (Annotated[int, Field(ge=0, le=2**53)], {**INTEGER, "min": 0, "max": 2**53}),
        (Annotated[int, Field(ge=-(2**53), le=0)], {**INTEGER, "min": -(2**53), "max": 0}),
        (Annotated[int, annotated_types.Interval(ge=1, lt=5)], {**SAFE, "min": 1, "exclusive_max": 5}),
        (Annotated[int, Field(multiple_of=3)], {**INTEGER, "multiple_of": 3}),
        (Annotated[float, Field(ge=0.5, le=math.inf)], {**NUMBER, "min": 0.5}),
        (Annotated[float, Field(gt=Decimal("1.5"))], {**NUMBER, "exclusive_min": 1.5}),
        (Annotated[int | None, Field(ge=1)], optional({**INTEGER, "min": 1})),
        (Annotated[Decimal, Field(ge=Decimal("0.10"), lt=5)], {**DECIMAL, "min": "0.10", "exclusive_max": "5"}),
        (Annotated[Decimal, Field(max_digits=5, decimal_places=2)], {**DECIMAL, "max_digits": 5, "decimal_places": 2}),
        (Annotated[Decimal, Field(le=Decimal("1E+3"))], {**DECIMAL, "max": "1000"}),
        (
            Annotated[str, Field(min_length=1, max_length=3, pattern="^a$")],
            {**STRING, "min_length": 1, "max_length": 3, "pattern": "^a$"},
        ),
        (Annotated[str, StringConstraints(pattern=re.compile("a"))], {**STRING, "pattern": "a"}),
        (
            Annotated[list[int], Field(min_length=1, max_length=2)],
            {**list_of(INTEGER), "min_length": 1, "max_length": 2},
        ),
        (list[Annotated[int, Field(ge=0, le=1)]], list_of({**SAFE, "min": 0, "max": 1})),
        (Annotated[dict[str, int], annotated_types.Len(1, 5)], {**map_of(INTEGER), "min_length": 1, "max_length": 5}),
        (Annotated[set[int], Field(min_length=1, max_length=2)], {**list_of(INTEGER), "min_length": 1}),
        (TypeAliasType("Age", Annotated[int, Field(ge=0, le=150)]), {**SAFE, "min": 0, "max": 150}),
        (Annotated[Annotated[int, Field(ge=0)], Field(le=9)], {**SAFE, "min": 0, "max": 9}),
        (Annotated[int, AfterValidator(abs), Field(ge=0)], INTEGER),
        (Annotated[int, Field(ge=0), AfterValidator(abs)], {**INTEGER, "min": 0}),
        (Union[Annotated[int, Field(ge=0)], Annotated[int, Field(le=9)], str], union(INTEGER, STRING)),
        (Union[Annotated[str, Field(max_length=3)], str], STRING),
    ],
    ids=repr,
)
def test_limits(annotation: Any, shape: Any) -> None:
    assert both(annotation) == (shape, {})


@pytest.mark.parametrize(
    ("annotation", "shape"),
    [
        (Annotated[int, BeforeValidator(int), Field(ge=0)], INTEGER),
        (Annotated[str, StringConstraints(strip_whitespace=True, max_length=3, pattern="^a")], STRING),
        (Annotated[str, StringConstraints(strip_whitespace=True, min_length=3)], {**STRING, "min_length": 3}),
        (Annotated[str, StringConstraints(to_upper=True, min_length=2)], STRING),
        (Annotated[str, Field(pattern=re.compile("a", re.IGNORECASE))], STRING),
        (Annotated[bytes, Field(max_length=3)], text("binary")),
        (Annotated[int | str, Field(union_mode="smart")], union(INTEGER, STRING)),
        (Annotated[Any, Field(max_length=3)], ANY),
    ],
    ids=repr,
)
def test_what_may_change_before_it_is_measured_has_no_limits(annotation: Any, shape: Any) -> None:
    assert both(annotation) == (shape, {})


def test_validators_of_the_class() -> None:
    class Model(BaseModel):
        before: str = Field(max_length=3)
        after: str = Field(max_length=3)

        @field_validator("before", mode="before")
        @classmethod
        def shorten(cls, value: str) -> str:
            return value.strip()

        @field_validator("after")
        @classmethod
        def check(cls, value: str) -> str:
            return value

    assert both(Model)[1]["Model"] == struct(before=STRING, after={**STRING, "max_length": 3})


def test_configuration_of_the_class() -> None:
    class Strips(BaseModel):
        model_config = ConfigDict(str_strip_whitespace=True)
        a: str = Field(min_length=1, max_length=3)

    class Python(BaseModel):
        model_config = ConfigDict(regex_engine="python-re")
        a: str = Field(pattern="(?<=a)b")

    assert both(Strips)[1]["Strips"] == struct(a={**STRING, "min_length": 1})
    assert both(Python)[1]["Python"] == struct(a=STRING)


_field: Any = Field
"""Its keywords are made at run time."""
BOUNDS = st.fixed_dictionaries(
    {}, optional={word: st.integers(-3, 3) for word in ("ge", "gt", "le", "lt")} | {"multiple_of": st.integers(1, 3)}
)
SIZES = st.fixed_dictionaries({}, optional={"min_length": st.integers(0, 3), "max_length": st.integers(0, 3)})
PATTERNS = st.fixed_dictionaries({}, optional={"pattern": st.sampled_from(("^a", "b$", "[ab]{2}"))})
CHANGING = st.sampled_from(({}, {"strip_whitespace": True}, {"to_lower": True}))


@st.composite
def _strings(draw: st.DrawFn) -> Any:
    said: dict[str, Any] = {**draw(SIZES), **draw(PATTERNS), **draw(CHANGING)}
    validators = draw(st.lists(st.sampled_from((BeforeValidator(upper), AfterValidator(upper))), max_size=1))
    metadata = draw(st.permutations([StringConstraints(**said), *validators]))
    annotation: Any = str
    for item in metadata:
        annotation = Annotated[annotation, item]
    return annotation


def _limited() -> Iterator[tuple[st.SearchStrategy[Any], st.SearchStrategy[Any]]]:
    yield BOUNDS.map(lambda said: Annotated[int, _field(**said)]), st.integers(-5, 5)
    yield BOUNDS.map(lambda said: Annotated[float, _field(**said)]), st.integers(-8, 8).map(lambda half: half / 2)
    yield (
        BOUNDS.map(lambda said: Annotated[Decimal, _field(**said)]),
        st.integers(-8, 8).map(lambda half: str(half / 2)),
    )
    yield _strings(), st.text("aAbB ", max_size=5)
    for container in (list, set, frozenset):
        yield (
            SIZES.map(lambda said, of=container: Annotated[of[int], _field(**said)]),
            st.lists(st.integers(0, 2), max_size=5),
        )
    yield (
        SIZES.map(lambda said: Annotated[dict[str, int], _field(**said)]),
        st.dictionaries(st.sampled_from("abcd"), st.just(1)),
    )


@pytest.mark.parametrize(("annotations", "values"), list(_limited()))
@given(data=st.data())
def test_what_a_client_refuses_the_server_refuses_too(
    data: st.DataObject, annotations: st.SearchStrategy[Any], values: st.SearchStrategy[Any]
) -> None:
    annotation, value = data.draw(annotations), data.draw(values)
    shape, _ = read(annotation, "input")
    if not _keeps(value, shape):
        with pytest.raises(ValidationError):
            TypeAdapter(annotation).validate_json(json.dumps(value))


def _keeps(value: Any, shape: Any) -> bool:
    """Whether a client that reads the limits of *shape* would send *value*."""
    number: Any = Decimal(str(value)) if isinstance(value, (int, float)) or "format" in shape else None
    size = len(value) if isinstance(value, (str, list, dict)) else 0
    kept: dict[str, Any] = {
        "min": lambda bound: number >= Decimal(str(bound)),
        "exclusive_min": lambda bound: number > Decimal(str(bound)),
        "max": lambda bound: number <= Decimal(str(bound)),
        "exclusive_max": lambda bound: number < Decimal(str(bound)),
        "multiple_of": lambda bound: number % Decimal(str(bound)) == 0,
        "min_length": lambda bound: size >= bound,
        "max_length": lambda bound: size <= bound,
        "pattern": lambda pattern: re.search(pattern, value) is not None,
    }
    return all(holds(shape[name]) for name, holds in kept.items() if name in shape)


class TestDiscriminators:
    def test_of_a_field_and_of_a_type(self) -> None:
        shape = {**union(ref("Cat"), ref("Dog")), "discriminator": "kind"}
        assert both(Owner)[1]["Owner"] == struct(pet=shape, perhaps=optional(shape))
        assert both(list[Annotated[Cat | Dog, Discriminator("kind")]])[0] == list_of(shape)

    def test_the_name_on_the_wire(self) -> None:
        class Left(BaseModel):
            kind: Literal["left"] = Field(alias="@type")

        class Right(BaseModel):
            kind: Literal["right"] = Field(alias="@type")

        class Other(BaseModel):
            kind: Literal["other"] = Field(serialization_alias="type")

        assert both(Annotated[Left | Right, Field(discriminator="kind")])[0]["discriminator"] == "@type"
        mixed = Annotated[Cat | Other, Field(discriminator="kind")]
        assert read(mixed, "input")[0]["discriminator"] == "kind"
        assert "discriminator" not in read(mixed, "output")[0], "the members do not agree"

    def test_unions_inside_stay_unions(self) -> None:
        pets = Annotated[Cat | Dog, Field(discriminator="kind")]
        shape, _ = both(Union[pets, Bird])
        assert shape == union({**union(ref("Cat"), ref("Dog")), "discriminator": "kind"}, ref("Bird"))

    def test_a_function_tells_nobody(self) -> None:
        def tell(value: Any) -> str:
            return "cat"

        annotation = Annotated[Annotated[Cat, Tag("cat")] | Annotated[Dog, Tag("dog")], Discriminator(tell)]
        assert both(annotation)[0] == union(ref("Cat"), ref("Dog"))


class Cat(BaseModel):
    kind: Literal["cat"]


class Dog(BaseModel):
    kind: Literal["dog"]


class Bird(TypedDict):
    wings: int


class Owner(BaseModel):
    pet: Cat | Dog = Field(discriminator="kind")
    perhaps: Annotated[Cat | Dog | None, Field(discriminator="kind")]


class TestDescriptions:
    def test_of_fields(self) -> None:
        class Model(BaseModel):
            a: int = Field(description="  The\n  first.  ")
            b: Annotated[int, Field(description="Inner.")]
            c: Annotated[int, Doc("Said beside it.")]
            d: int = Field(description="Kept.\fNot for clients.")
            e: int = Field(description="")

        described = [member.get("description") for member in both(Model)[1]["Model"]["fields"]]
        assert described == ["The\nfirst.", "Inner.", "Said beside it.", "Kept.", None]

    def test_of_a_dataclass(self) -> None:
        @dataclass
        class Data:
            a: Annotated[int, Field(description="A.")]

        assert both(Data)[1]["Data"]["fields"] == [{**field("a", INTEGER), "description": "A."}]

    def test_they_make_no_other_type(self) -> None:
        class Page(BaseModel, Generic[T]):
            item: T

        annotation = tuple[Page[Annotated[int, Field(description="X.")]], Page[int]]
        assert both(annotation)[1] == {"PageInt": struct(item=INTEGER)}

    def test_a_validator_of_the_whole_changes_nothing(self) -> None:
        class Model(BaseModel):
            a: int = Field(ge=0)

            @model_validator(mode="after")
            def check(self) -> Model:
                return self

        assert both(Model)[1]["Model"] == struct(a={**INTEGER, "min": 0})
