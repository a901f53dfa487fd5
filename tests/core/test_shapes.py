"""Annotations as shapes (docs/engine-data.md, protocol.md section 11)."""

# ruff: noqa: PYI061, UP006, UP007, UP035, UP045 - annotations are test data, in every spelling
# mypy: disable-error-code="arg-type, misc, type-arg, type-var, valid-type"

from __future__ import annotations

import collections
import decimal
import enum
import ipaddress
import pathlib
import re
import sys
from collections.abc import Collection, Iterable, Mapping, MutableSequence, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import (
    Annotated,
    Any,
    Dict,
    Generic,
    List,
    Literal,
    NamedTuple,
    NewType,
    Optional,
    Set,
    Tuple,
    TypeVar,
    Union,
)
from uuid import UUID

import pydantic
import pytest
import typing_extensions
from pydantic import BaseModel, Field, PlainSerializer, RootModel
from typing_extensions import TypeAliasType

from tests.core.inspecting import (
    ANY,
    BOOLEAN,
    INTEGER,
    NULL,
    NUMBER,
    STRING,
    alias,
    both,
    field,
    list_of,
    map_of,
    optional,
    read,
    ref,
    struct,
    text,
    tuple_of,
    union,
    words,
)

T = TypeVar("T")
UserId = NewType("UserId", int)


class Item(BaseModel):
    sku: str


class Word(str, enum.Enum):
    A = "a"
    B = "b"


class Number(enum.IntEnum):
    ONE = 1
    TWO = 2


class Plain(enum.Enum):
    TEXT = "a"
    NUMBER = 1
    ALIAS = "a"  # noqa: PIE796 - an alias is no member


class Ratio(enum.Enum):
    HALF = 0.5


class Mixed(enum.Enum):
    PAIR = (1, 2)
    WORD = "a"


class Permission(enum.IntFlag):
    READ = 1
    WRITE = 2


class Arbitrary: ...


SCALARS = [
    (int, INTEGER),
    (float, NUMBER),
    (bool, BOOLEAN),
    (str, STRING),
    (None, NULL),
    (type(None), NULL),
    (Any, ANY),
    (object, ANY),
    (datetime, text("date-time")),
    (date, text("date")),
    (time, text("time")),
    (timedelta, text("duration")),
    (UUID, text("uuid")),
    (decimal.Decimal, text("decimal")),
    (bytes, text("binary")),
    (bytearray, text("binary")),
    (UserId, INTEGER),
    (pydantic.JsonValue, ANY),
]
WHAT_ONLY_PYDANTIC_KNOWS = [
    (pydantic.EmailStr, text("email")),
    (pydantic.AnyUrl, text("uri")),
    (pydantic.HttpUrl, text("uri")),
    (pydantic.AwareDatetime, text("date-time")),
    (pydantic.PastDate, text("date")),
    (pydantic.UUID4, text("uuid")),
    (pydantic.PositiveInt, {**INTEGER, "exclusive_min": 0}),
    (pydantic.StrictBool, BOOLEAN),
    (pydantic.SecretStr, STRING),
    (pydantic.Base64Str, STRING),
    (pydantic.conint(gt=1), {**INTEGER, "exclusive_min": 1}),
    (ipaddress.IPv4Address, STRING),
    (pathlib.Path, STRING),
    (re.Pattern[str], STRING),
    (Arbitrary, ANY),
    (type[int], ANY),
]
CONTAINERS = [
    (list[int], list_of(INTEGER)),
    (list, list_of(ANY)),
    (List[int], list_of(INTEGER)),
    (List, list_of(ANY)),
    (set[int], list_of(INTEGER)),
    (Set[int], list_of(INTEGER)),
    (frozenset[str], list_of(STRING)),
    (collections.deque[int], list_of(INTEGER)),
    (Sequence[int], list_of(INTEGER)),
    (MutableSequence[int], list_of(INTEGER)),
    (Collection[int], list_of(INTEGER)),
    (Iterable[int], list_of(INTEGER)),
    (tuple[int, ...], list_of(INTEGER)),
    (tuple[int, int], tuple_of(INTEGER, INTEGER)),
    (tuple[int, str], tuple_of(INTEGER, STRING)),
    (tuple[int, None], tuple_of(INTEGER, NULL)),
    (tuple[()], tuple_of()),
    (tuple, list_of(ANY)),
    (tuple[int, typing_extensions.Unpack[tuple[str, ...]]], list_of(ANY)),
    (Tuple[int, str], tuple_of(INTEGER, STRING)),
    (Tuple, list_of(ANY)),
    (dict[str, int], map_of(INTEGER)),
    (dict[int, list[str]], map_of(list_of(STRING))),
    (dict, map_of(ANY)),
    (Dict[str, int], map_of(INTEGER)),
    (Mapping[str, int], map_of(INTEGER)),
    (collections.OrderedDict[str, int], map_of(INTEGER)),
    (collections.defaultdict[str, list[int]], map_of(list_of(INTEGER))),
    (collections.Counter[str], map_of(INTEGER)),
]
ALTERNATIVES = [
    (Optional[int], optional(INTEGER)),
    (int | None, optional(INTEGER)),
    (Union[int, str], union(INTEGER, STRING)),
    (int | str, union(INTEGER, STRING)),
    (Union[int, str, None], optional(union(INTEGER, STRING))),
    (Optional[Any], optional(ANY)),
    (Union[int, UserId], INTEGER),
    (Union[Annotated[Optional[int], "note"], str], optional(union(INTEGER, STRING))),
    (Union[list[int], list[str]], union(list_of(INTEGER), list_of(STRING))),
    (Annotated[int, Field(gt=0)], {**INTEGER, "exclusive_min": 0}),
    (Annotated[Annotated[int, "a"], "b"], INTEGER),
]
WORDS = [
    (Literal["a", "b"], words("a", "b")),
    (Literal["a", 1], words("a", 1)),
    (Literal["a", None], optional(words("a"))),
    (Literal[None], NULL),
    (Literal[True], BOOLEAN),
    (Literal[True, "a"], union(words("a"), BOOLEAN)),
    (Literal[b"a"], text("binary")),
    (Literal[Word.A], words("a")),
    (Literal["b", "a"], words("b", "a")),
    (Ratio, NUMBER),
    (enum.Enum, ANY),
    (Permission, {"kind": "primitive", "name": "integer"}),
]
VARIABLES = [
    (TypeVar("Free"), ANY),
    (TypeVar("Bound", bound=int), INTEGER),
    (TypeVar("Either", int, str), union(INTEGER, STRING)),
    (typing_extensions.TypeVar("Usual", default=str), STRING),
    (typing_extensions.TypeVar("Nothing", default=None), NULL),
]
WRITTEN_IN_PLACE = [
    (TypeAliasType("Name", str), STRING),
    (TypeAliasType("Words", Literal["a", "b"]), words("a", "b")),
    (TypeAliasType("Anything", Any), ANY),
    (TypeAliasType("Outer", TypeAliasType("Inner", int)), INTEGER),
    (RootModel[int], INTEGER),
]


@pytest.mark.parametrize(
    ("annotation", "shape"),
    [
        *SCALARS,
        *WHAT_ONLY_PYDANTIC_KNOWS,
        *CONTAINERS,
        *ALTERNATIVES,
        *WORDS,
        *VARIABLES,
        *WRITTEN_IN_PLACE,
    ],
    ids=repr,
)
def test_without_types(annotation: Any, shape: Any) -> None:
    assert both(annotation) == (shape, {})


class TestMetadata:
    def test_serialisers_change_the_output(self) -> None:
        def to_text(value: int) -> str:
            return str(value)

        for annotation in (
            Annotated[int, PlainSerializer(to_text)],
            Annotated[int, PlainSerializer(str)],
            Annotated[int, PlainSerializer(lambda value: str(value), return_type=str)],  # noqa: PLW0108
            Annotated[int, PlainSerializer(to_text, when_used="json")],
            Annotated[int, pydantic.WrapSerializer(lambda value, handler: str(value), return_type=str)],
            Annotated[int, PlainSerializer(float, return_type=float), PlainSerializer(to_text)],
        ):
            assert read(annotation, "input") == (INTEGER, {})
            assert read(annotation, "output") == (STRING, {})

    def test_a_serialiser_that_does_not_say_changes_nothing(self) -> None:
        assert both(Annotated[int, PlainSerializer(lambda value: value)]) == (INTEGER, {})

    def test_a_serialiser_that_leaves_none_alone(self) -> None:
        annotation = Annotated[Optional[int], PlainSerializer(str, when_used="unless-none")]
        assert read(annotation, "output") == (optional(STRING), {})
        assert read(Annotated[Optional[int], PlainSerializer(str)], "output") == (STRING, {})

    def test_a_serialiser_that_returns_a_model(self) -> None:
        annotation = Annotated[int, PlainSerializer(lambda value: Item(sku=""), return_type=Item)]
        assert read(annotation, "output") == (ref("Item"), {"Item": struct(sku=STRING)})

    def test_validators_may_take_another_type(self) -> None:
        before = pydantic.BeforeValidator(lambda value: value, json_schema_input_type=Union[int, str])
        assert read(Annotated[int, before], "input") == (union(INTEGER, STRING), {})
        assert read(Annotated[int, before], "output") == (INTEGER, {})
        assert both(Annotated[int, pydantic.BeforeValidator(lambda value: value)]) == (INTEGER, {})
        assert both(Annotated[int, pydantic.PlainValidator(lambda value: value)]) == (INTEGER, {})

    def test_json_in_a_string(self) -> None:
        assert read(pydantic.Json[list[int]], "input") == (STRING, {})
        assert read(pydantic.Json[list[int]], "output") == (list_of(INTEGER), {})
        assert read(pydantic.Json, "input") == (STRING, {})
        assert read(pydantic.Json, "output") == (ANY, {})

    def test_a_schema_of_its_own(self) -> None:
        said = pydantic.WithJsonSchema({"type": "string", "format": "uuid"})
        assert both(Annotated[Arbitrary, said]) == (text("uuid"), {})
        assert both(Annotated[int, pydantic.WithJsonSchema({"type": "object"})]) == (ANY, {})
        output_only = pydantic.WithJsonSchema({"type": "string"}, mode="serialization")
        assert read(Annotated[int, output_only], "input") == (INTEGER, {})
        assert read(Annotated[int, output_only], "output") == (STRING, {})

    def test_a_foreign_type_that_metadata_makes_usable(self) -> None:
        class Handler:
            @classmethod
            def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
                from pydantic_core import core_schema

                return core_schema.no_info_after_validator_function(lambda _: Arbitrary(), core_schema.int_schema())

        assert read(Annotated[Arbitrary, Handler], "input") == (INTEGER, {})

    def test_types_that_bring_their_own_schema(self) -> None:
        class Code(str):
            __slots__ = ()

            @classmethod
            def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
                from pydantic_core import core_schema

                return core_schema.no_info_after_validator_function(cls, core_schema.str_schema())

        assert both(Code) == (STRING, {})
        assert both(list[Code]) == (list_of(STRING), {})

    def test_metadata_that_cannot_be_hashed(self) -> None:
        noted = Annotated[int, {"a": [1]}]
        assert both(dict[str, list[noted]]) == (map_of(list_of(INTEGER)), {})


class TestEnums:
    @pytest.mark.parametrize(
        ("cls", "values", "names"),
        [
            (Word, ["a", "b"], ["A", "B"]),
            (Number, [1, 2], ["ONE", "TWO"]),
            (Plain, ["a", 1], ["TEXT", "NUMBER"]),
        ],
    )
    def test_of_words(self, cls: Any, values: Any, names: Any) -> None:
        body = {"kind": "enum", "values": values, "names": names}
        assert both(cls) == (ref(cls.__name__), {cls.__name__: body})
        kinds = [*map(type, both(cls)[1][cls.__name__]["values"])]
        assert kinds == [*map(type, values)], "no subclass of str or int"

    def test_of_other_values(self) -> None:
        assert both(Mixed) == (ref("Mixed"), {"Mixed": alias(union(words("a"), ANY))})

    def test_under_another_name(self) -> None:
        assert both(RootModel[Word])[0] == ref("RootModelWord")
        assert both(TypeAliasType("Name", Word))[0] == ref("Word")


class TestNamedTypes:
    def test_model(self) -> None:
        assert both(Item) == (ref("Item"), {"Item": struct(sku=STRING)})

    def test_once(self) -> None:
        shape, types = both(dict[str, Union[Item, list[Item]]])
        assert shape == map_of(union(ref("Item"), list_of(ref("Item"))))
        assert list(types) == ["Item"]

    def test_recursive_model(self) -> None:
        fields = [field("next", optional(ref("NodeInput")), default=None)]
        assert read(Node, "input") == (ref("NodeInput"), {"NodeInput": {"kind": "struct", "fields": fields}})
        assert read(Node, "output") == (ref("Node"), {"Node": struct(next=optional(ref("Node")))})

    def test_mutually_recursive_models(self) -> None:
        shape, types = both(Left)
        assert shape == ref("Left")
        assert types == {"Left": struct(right=list_of(ref("Right"))), "Right": struct(left=optional(ref("Left")))}

    def test_recursive_dataclass_and_typed_dictionary(self) -> None:
        assert both(Branch)[1] == {"Branch": struct(branches=list_of(ref("Branch")))}
        assert both(Entry)[1] == {"Entry": struct(children=map_of(ref("Entry")))}

    def test_recursive_alias(self) -> None:
        assert both(Tree) == (ref("Tree"), {"Tree": alias(union(INTEGER, list_of(ref("Tree"))))})

    def test_alias_of_a_container(self) -> None:
        items = TypeAliasType("Items", list[Item])
        assert both(items) == (ref("Items"), {"Items": alias(list_of(ref("Item"))), "Item": struct(sku=STRING)})

    def test_alias_of_a_model_is_that_model(self) -> None:
        assert both(TypeAliasType("Thing", Item)) == (ref("Item"), {"Item": struct(sku=STRING)})

    def test_alias_that_says_nothing(self) -> None:
        assert both(Circle) == (ANY, {})

    def test_generic_alias(self) -> None:
        pair: Any = TypeAliasType("Pair", tuple[T, T], type_params=(T,))
        assert both(pair[int]) == (ref("PairInt"), {"PairInt": alias(tuple_of(INTEGER, INTEGER))})

    @pytest.mark.skipif(sys.version_info < (3, 12), reason="type statements are new in 3.12")
    def test_type_statements(self) -> None:
        scope: dict[str, Any] = {"__name__": "statements"}
        source = "type Forest = list[Forest] | None\ntype Pair[A] = tuple[A, A]\nclass Box[A]:\n    x: A\n"
        exec(compile(source, "statements", "exec", dont_inherit=True), scope)  # noqa: S102 - 3.10 cannot import it
        forest = alias(optional(list_of(ref("Forest"))))
        assert both(scope["Forest"]) == (ref("Forest"), {"Forest": forest})
        assert both(scope["Pair"][int]) == (ref("PairInt"), {"PairInt": alias(tuple_of(INTEGER, INTEGER))})
        assert both(dataclass(scope["Box"])[str]) == (ref("BoxStr"), {"BoxStr": struct(x=STRING)})

    def test_root_model(self) -> None:
        class Tags(RootModel[list[str]]): ...

        assert both(Tags) == (ref("Tags"), {"Tags": alias(list_of(STRING))})

    def test_recursive_root_model(self) -> None:
        assert both(Nested) == (ref("Nested"), {"Nested": alias(list_of(ref("Nested")))})

    def test_named_tuple(self) -> None:
        assert both(Point)[1] == {"Point": alias(tuple_of(INTEGER, optional(STRING)))}

    def test_recursive_named_tuple(self) -> None:
        assert both(Chain)[1] == {"Chain": alias(tuple_of(INTEGER, optional(ref("Chain"))))}

    def test_untyped_named_tuple(self) -> None:
        assert both(collections.namedtuple("Old", "x y"))[1] == {"Old": alias(tuple_of(ANY, ANY))}


class Node(BaseModel):
    next: Node | None = None


class Left(BaseModel):
    right: list[Right]


class Right(BaseModel):
    left: Left | None = Field(...)


@dataclass
class Branch:
    branches: list[Branch]


class Entry(typing_extensions.TypedDict):
    children: dict[str, Entry]


class Nested(RootModel["list[Nested]"]): ...


class Point(NamedTuple):
    x: int
    label: str | None = None


class Chain(NamedTuple):
    value: int
    next: Chain | None


Tree = TypeAliasType("Tree", "Union[int, list[Tree]]")
Circle = TypeAliasType("Circle", "Circle")


class Page(BaseModel, Generic[T]):
    items: list[T]


@dataclass
class Box(Generic[T]):
    value: T
    more: Box[T] | None = None


class Pair(typing_extensions.TypedDict, Generic[T]):
    left: T
    right: list[T]


class TestGenerics:
    def test_model(self) -> None:
        shape, types = both(Page[Item])
        assert shape == ref("PageItem")
        assert types == {"PageItem": struct(items=list_of(ref("Item"))), "Item": struct(sku=STRING)}

    def test_dataclass(self) -> None:
        fields = [field("value", STRING), field("more", optional(ref("BoxStrInput")), default=None)]
        body = {"kind": "struct", "fields": fields}
        assert read(Box[str], "input") == (ref("BoxStrInput"), {"BoxStrInput": body})
        answered = struct(value=STRING, more=optional(ref("BoxStr")))
        assert read(Box[str], "output") == (ref("BoxStr"), {"BoxStr": answered})

    def test_typed_dictionary(self) -> None:
        assert both(Pair[int]) == (ref("PairInt"), {"PairInt": struct(left=INTEGER, right=list_of(INTEGER))})

    @pytest.mark.skipif(sys.version_info < (3, 11), reason="NamedTuple takes no type variables before 3.11")
    def test_named_tuple(self) -> None:
        scope: dict[str, Any] = {"NamedTuple": NamedTuple, "Generic": Generic, "T": T}
        source = "class Two(NamedTuple, Generic[T]):\n    a: T\n    b: list[T]\n"
        exec(compile(source, "two", "exec", dont_inherit=True), scope)  # noqa: S102 - 3.10 cannot import it
        assert both(scope["Two"][int])[1] == {"TwoInt": alias(tuple_of(INTEGER, list_of(INTEGER)))}

    def test_without_arguments(self) -> None:
        assert both(Page)[1] == {"Page": struct(items=list_of(ANY))}
        assert both(Pair)[1] == {"Pair": struct(left=ANY, right=list_of(ANY))}

    @pytest.mark.parametrize(
        ("annotation", "name"),
        [
            (Page[int], "PageInt"),
            (Page[list[Item]], "PageListItem"),
            (Page[dict[str, int]], "PageDictStrInt"),
            (Page[Optional[Item]], "PageOptionalItem"),
            (Page[Union[Item, int]], "PageItemOrInt"),
            (Page[Literal["a-b", 1]], "PageLiteralAB1"),
            (Page[Page[Item]], "PagePageItem"),
            (Page[Annotated[int, Field(gt=0)]], "PageInt"),
            (Page[Box[Item]], "PageBoxItem"),
            (Box[Page[Item]], "BoxPageItem"),
            (Page[Any], "PageAny"),
            (Page[None], "PageNone"),
            (Page[UserId], "PageUserId"),
        ],
        ids=repr,
    )
    def test_names(self, annotation: Any, name: str) -> None:
        assert read(annotation, "output")[0] == ref(name)

    def test_constraints_make_no_type(self) -> None:
        positive = Annotated[int, Field(gt=0)]
        shape, types = read(tuple[Page[positive], Page[int], Box[positive], Box[int]], "output")
        assert shape == tuple_of(ref("PageInt"), ref("PageInt"), ref("BoxInt"), ref("BoxInt"))
        assert sorted(types) == ["BoxInt", "PageInt"]
        assert types["PageInt"] == struct(items=list_of(INTEGER)), "limits that not all of them have are left out"
        assert both(Page[positive])[1]["PageInt"] == struct(items=list_of({**INTEGER, "exclusive_min": 0}))

    def test_inside_a_generic(self) -> None:
        class Wrapper(BaseModel, Generic[T]):
            page: Page[T]
            box: Box[list[T]]
            pair: Pair[T] | None
            either: T | int

        _, types = read(Wrapper[Item], "output")
        assert types["WrapperItem"] == struct(
            page=ref("PageItem"),
            box=ref("BoxListItem"),
            pair=optional(ref("PairItem")),
            either=union(ref("Item"), INTEGER),
        )

    def test_inside_a_generic_dataclass(self) -> None:
        @dataclass
        class Wrapper(Generic[T]):
            page: Page[T]
            boxes: dict[str, Box[T]]
            either: Union[T, int]
            noted: Annotated[T, "note"]

        _, types = read(Wrapper[Item], "output")
        assert types["WrapperItem"] == struct(
            page=ref("PageItem"),
            boxes=map_of(ref("BoxItem")),
            either=union(ref("Item"), INTEGER),
            noted=ref("Item"),
        )

    def test_subclass_keeps_its_own_name(self) -> None:
        class Items(Page[Item]): ...

        assert both(Items)[0] == ref("Items")
        assert both(Items)[1]["Items"] == struct(items=list_of(ref("Item")))
