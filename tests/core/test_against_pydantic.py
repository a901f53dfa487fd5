"""Shapes against pydantic itself: its JSON Schema says the same, and what it writes has the shape.

Annotations are made at random: scalars and words, in containers, in unions, in models that refer to one another.
"""

# ruff: noqa: PYI061, UP007, UP045 - annotations are test data, in every spelling

from __future__ import annotations

import dataclasses
import enum
import json
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Generic, Literal, NamedTuple, Optional, TypeVar, Union
from uuid import UUID

import pydantic
import pydantic.dataclasses
from hypothesis import given
from hypothesis import strategies as st
from pydantic import AliasChoices, BaseModel, Field, RootModel, TypeAdapter, computed_field
from pydantic.json_schema import GenerateJsonSchema
from typing_extensions import NotRequired, TypedDict

from mizan_core.introspection.shapes import Mode, Shape
from tests.core.inspecting import read
from tests.core.json_schema import Comparison, conforms

T = TypeVar("T")
MODES: dict[Mode, Literal["validation", "serialization"]] = {"input": "validation", "output": "serialization"}


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Node(BaseModel):
    value: int
    children: list[Node] = []
    peer: Optional[Other] = None


class Other(BaseModel):
    node: Optional[Node] = Field(default=None, validation_alias=AliasChoices("input-node", "n"))

    @computed_field(alias="isEmpty")  # type: ignore[prop-decorator]
    @property
    def is_empty(self) -> bool:
        return self.node is None


@dataclasses.dataclass
class Data(Generic[T]):
    first: T
    more: list[T] = dataclasses.field(default_factory=list)
    colour: Colour = Colour.RED


@pydantic.dataclasses.dataclass
class Checked:
    data: Data[float]
    name: str = Field(default="x", alias="Name")


class Table(TypedDict):
    node: Node
    note: NotRequired[Optional[str]]


class Pair(NamedTuple):
    left: int
    right: Optional[Table]


class Page(BaseModel, Generic[T]):
    items: list[T]
    next: Optional[str]


class Names(RootModel[dict[str, Node]]): ...


SCALARS: list[Any] = [int, float, str, bool, None, datetime, date, time, timedelta, UUID, Any, Colour]
WORDS: list[Any] = [Literal["a"], Literal["a", 1], Literal["b", None]]
CLASSES: list[Any] = [Node, Other, Checked, Table, Names, Data[int], Data[Node], Page[str], Page[Data[Node]]]


def any_annotation(*more: Any) -> st.SearchStrategy[Any]:
    return st.recursive(st.sampled_from([*SCALARS, *WORDS, *CLASSES, *more]), _around, max_leaves=5)


def any_annotation_with_tuples() -> st.SearchStrategy[Any]:
    """Annotations, and lists of tuples of two of them."""
    simple = any_annotation(Pair)
    return simple | st.tuples(simple, simple).map(lambda items: list[tuple[items]])  # type: ignore[valid-type]


def _around(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(
        inner.map(lambda item: list[item]),  # type: ignore[valid-type]
        inner.map(lambda item: dict[str, item]),  # type: ignore[valid-type]
        inner.map(lambda item: tuple[item, ...]),  # type: ignore[valid-type]
        inner.map(lambda item: Optional[item]),
        st.tuples(inner, inner).map(lambda items: Union[items]),
    )


@st.composite
def models(draw: st.DrawFn) -> Any:
    """A model with fields of any kind, each with or without default and aliases."""
    fields: dict[str, Any] = {}
    for index, annotation in enumerate(draw(st.lists(any_annotation_with_tuples(), max_size=4))):
        aliases: dict[str, Any] = draw(st.sampled_from([{}, {"alias": f"a{index}"}, {"validation_alias": f"v{index}"}]))
        default: dict[str, Any] = draw(st.sampled_from([{}, {"default": None}, {"default_factory": type(None)}]))
        fields[f"f{index}"] = (annotation, Field(**aliases, **default))
    return pydantic.create_model("Made", **fields)


class WithAnswers(GenerateJsonSchema):
    """Says that what has a default is there in an answer.

    Pydantic does so where a class asks for it (``json_schema_serialization_defaults_required``); here all of them do.
    """

    def field_is_required(self, field: Any, total: bool) -> bool:
        if self.mode == "serialization" and field["type"] != "typed-dict-field":
            return not field.get("serialization_exclude")
        return super().field_is_required(field, total)


@given(annotation=any_annotation_with_tuples() | models())
def test_its_json_schema_says_the_same(annotation: Any) -> None:
    for mode, schema_mode in MODES.items():
        shape, types = read(annotation, mode)
        schema = TypeAdapter[Any](annotation).json_schema(mode=schema_mode, schema_generator=WithAnswers)
        assert Comparison(types, schema.get("$defs", {})).differences(shape, schema) == []


@given(data=st.data(), annotation=any_annotation_with_tuples())
def test_what_it_writes_has_the_shape(data: st.DataObject, annotation: Any) -> None:
    adapter = TypeAdapter[Any](annotation)
    value = adapter.validate_python(data.draw(inputs(*read(annotation, "input"))))
    written = json.loads(adapter.dump_json(value, by_alias=True))
    assert conforms(written, *read(annotation, "output"))


@given(data=st.data(), annotation=any_annotation_with_tuples())
def test_it_takes_what_has_the_shape(data: st.DataObject, annotation: Any) -> None:
    TypeAdapter[Any](annotation).validate_json(json.dumps(data.draw(inputs(*read(annotation, "input")))))


EXAMPLES = {
    "date-time": "2020-01-02T03:04:05Z",
    "date": "2020-01-02",
    "time": "03:04:05",
    "duration": "P1DT2H",
    "uuid": "12345678-1234-5678-1234-567812345678",
}
DEEP = 3


def inputs(shape: Shape, types: Mapping[str, Shape], depth: int = 0) -> st.SearchStrategy[Any]:
    """JSON values of a shape; optional things are left out further down, so that recursion ends."""
    kind = shape["kind"]
    if kind == "ref":
        return inputs(types[shape["name"]], types, depth + 1)
    if kind == "alias":
        return inputs(shape["shape"], types, depth)
    if kind == "enum":
        return st.sampled_from(shape["values"])
    if kind == "union":
        return st.one_of([inputs(item, types, depth) for item in shape["items"]])
    if kind == "struct":
        return _structs(shape["fields"], types, depth)
    if kind == "tuple":
        return st.tuples(*(inputs(item, types, depth) for item in shape["items"])).map(list)
    if kind in ("optional", "map", "list"):
        return _wrapped(shape, types, depth)
    return _scalars(shape)


def _wrapped(shape: Shape, types: Mapping[str, Shape], depth: int) -> st.SearchStrategy[Any]:
    kind = shape["kind"]
    if depth > DEEP:
        return st.just({"optional": None, "map": {}, "list": []}[kind])
    inner = inputs(shape["value" if kind == "map" else "item"], types, depth)
    if kind == "optional":
        return st.none() | inner
    return st.lists(inner, max_size=2) if kind == "list" else st.dictionaries(st.text("ab"), inner, max_size=2)


def _structs(fields: list[Any], types: Mapping[str, Shape], depth: int) -> st.SearchStrategy[Any]:
    required = {member["name"]: inputs(member["shape"], types, depth) for member in fields if member["required"]}
    others = [member for member in fields if not member["required"] and depth <= DEEP]
    return st.fixed_dictionaries(
        required, optional={member["name"]: inputs(member["shape"], types, depth) for member in others}
    )


def _scalars(shape: Shape) -> st.SearchStrategy[Any]:
    if shape.get("format") in EXAMPLES:
        return st.just(EXAMPLES[shape["format"]])
    scalars: dict[str, st.SearchStrategy[Any]] = {
        "integer": st.integers(-(2**53), 2**53),
        "number": st.floats(allow_nan=False, allow_infinity=False),
        "string": st.text("abc"),
        "boolean": st.booleans(),
        "null": st.none(),
        "any": st.sampled_from([None, 1, "x", [1], {"a": None}]),
    }
    return scalars[str(shape.get("name", shape["kind"]))]
