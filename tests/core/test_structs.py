"""The fields of models, dataclasses and typed dictionaries: names, defaults, and what belongs to which side."""

# mypy: disable-error-code="assignment, misc, name-defined, no-untyped-def, prop-decorator"

from __future__ import annotations

import dataclasses
import decimal
import enum
from dataclasses import InitVar, dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Annotated, Any, ClassVar, Final, Literal

import pydantic
import pydantic.dataclasses
import pytest
from pydantic import (
    AliasChoices,
    AliasGenerator,
    AliasPath,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    RootModel,
    TypeAdapter,
    computed_field,
    field_serializer,
    model_serializer,
)
from pydantic.alias_generators import to_camel
from typing_extensions import NotRequired, ReadOnly, Required, TypedDict

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
    union,
)
from tests.core.json_schema import conforms


class Colour(str, enum.Enum):
    RED = "red"


class Level(enum.IntEnum):
    LOW = 1


def fields(annotation: Any, mode: Any = "input") -> list[dict[str, Any]]:
    """The fields of the one struct that the annotation is."""
    shape, types = read(annotation, mode)
    members: list[dict[str, Any]] = types[shape["name"]]["fields"]
    return members


class TestDefaults:
    def test_scalars_are_written(self) -> None:
        class Model(BaseModel):
            none: int | None = None
            yes: bool = True
            count: int = 3
            ratio: float = 0.5
            name: str = 'a "b"'
            colour: Colour = Colour.RED
            level: Level = Level.LOW
            word: Literal["a", "b"] = "a"

        defaults = {member["name"]: member["default"] for member in fields(Model)}
        assert defaults == {
            "none": None,
            "yes": True,
            "count": 3,
            "ratio": 0.5,
            "name": 'a "b"',
            "colour": "red",
            "level": 1,
            "word": "a",
        }
        assert {type(value) for value in defaults.values()} == {type(None), bool, int, float, str}
        assert not any(member["required"] for member in fields(Model))

    def test_other_defaults_are_just_not_required(self) -> None:
        class Model(BaseModel):
            items: list[int] = []
            made: int = Field(default_factory=int)
            table: dict[str, int] = Field(default={})
            price: decimal.Decimal = decimal.Decimal("1.5")
            when: datetime = datetime(2020, 1, 1)  # noqa: DTZ001
            raw: bytes = b""
            infinite: float = float("inf")
            missing: float = float("nan")

        assert [(member["required"], "default" in member) for member in fields(Model)] == [(False, False)] * 8

    def test_required(self) -> None:
        class Model(BaseModel):
            a: int
            b: int = Field(gt=0)
            c: int | None
            d: Annotated[int, Field(default=3)]

        assert [member["required"] for member in fields(Model)] == [True, True, True, False]

    def test_what_has_a_default_is_in_every_answer(self) -> None:
        class Model(BaseModel):
            a: int
            note: str | None = None
            tags: list[str] = Field(default_factory=list)

        assert fields(Model, "input") == [
            field("a", INTEGER),
            field("note", optional(STRING), default=None),
            {"name": "tags", "required": False, "shape": list_of(STRING)},
        ]
        answered = struct(a=INTEGER, note=optional(STRING), tags=list_of(STRING))
        assert read(Model, "output")[1] == {"Model": answered}
        written = TypeAdapter(Model).dump_json(Model(a=1))
        assert written == b'{"a":1,"note":null,"tags":[]}', "as pydantic writes it"

    def test_both_sides_say_the_same(self) -> None:
        class Model(BaseModel):
            a: int
            note: str | None

        assert both(Model)[1] == {"Model": struct(a=INTEGER, note=optional(STRING))}

    def test_order_of_declaration(self) -> None:
        class Base(BaseModel):
            z: int
            a: int

        class Model(Base):
            m: int
            z: int

        assert [member["name"] for member in fields(Model)] == ["z", "a", "m"]


class TestAliases:
    @pytest.mark.parametrize(
        ("options", "input_name", "output_name"),
        [
            ({"alias": "x"}, "x", "x"),
            ({"validation_alias": "x"}, "x", "a"),
            ({"serialization_alias": "x"}, "a", "x"),
            ({"alias": "x", "serialization_alias": "y"}, "x", "y"),
            ({"validation_alias": AliasChoices("x", "y")}, "x", "a"),
            ({"validation_alias": AliasChoices(AliasPath("p", 0), "y")}, "y", "a"),
            ({"validation_alias": AliasPath("x")}, "x", "a"),
            ({"validation_alias": AliasPath("p", 0)}, "a", "a"),
        ],
    )
    def test_of_fields(self, options: dict[str, Any], input_name: str, output_name: str) -> None:
        model = pydantic.create_model("Model", a=(int, Field(**options)))
        assert [member["name"] for member in fields(model, "input")] == [input_name]
        assert [member["name"] for member in fields(model, "output")] == [output_name]

    def test_in_annotated(self) -> None:
        class Model(BaseModel):
            a: Annotated[int, Field(alias="x")] = 3

        assert fields(Model, "input") == [field("x", INTEGER, default=3)]
        assert fields(Model, "output") == [field("x", INTEGER)]

    def test_generated(self) -> None:
        config = ConfigDict(alias_generator=to_camel)

        class Model(BaseModel):
            model_config = config
            first_name: str
            last_name: str = Field(alias="surname")

        @pydantic.dataclasses.dataclass(config=config)
        class PydanticData:
            first_name: str
            last_name: str = Field(alias="surname")

        @dataclass
        class Data:
            __pydantic_config__ = config
            first_name: str
            last_name: Annotated[str, Field(alias="surname")]

        class Table(TypedDict):
            __pydantic_config__ = config
            first_name: str
            last_name: Annotated[str, Field(alias="surname")]

        for cls in (Model, PydanticData, Data, Table):
            for mode in ("input", "output"):
                assert [member["name"] for member in fields(cls, mode)] == ["firstName", "surname"], (cls, mode)

    def test_generated_for_one_side(self) -> None:
        class Table(TypedDict):
            __pydantic_config__ = ConfigDict(alias_generator=AliasGenerator(serialization_alias=str.upper))
            name: str

        assert [member["name"] for member in fields(Table, "input")] == ["name"]
        assert [member["name"] for member in fields(Table, "output")] == ["NAME"]

    def test_validation_by_name_alone(self) -> None:
        class Model(BaseModel):
            model_config = ConfigDict(validate_by_alias=False, validate_by_name=True)
            a: int = Field(alias="x")

        assert [member["name"] for member in fields(Model, "input")] == ["a"]
        assert [member["name"] for member in fields(Model, "output")] == ["x"]


class TestSides:
    def test_computed_fields_are_answered_only(self) -> None:
        class Model(BaseModel):
            a: int

            @computed_field
            @property
            def double(self) -> int:
                return 2 * self.a

            @computed_field(alias="all")
            @cached_property
            def everything(self) -> list[Model]:
                return []

        assert fields(Model, "input") == [field("a", INTEGER)]
        assert fields(Model, "output") == [
            field("a", INTEGER), field("double", INTEGER), field("all", list_of(ref("Model"))),
        ]  # fmt: skip

    def test_excluded_fields_are_sent_only(self) -> None:
        class Model(BaseModel):
            a: int
            password: str = Field(exclude=True)

        assert [member["name"] for member in fields(Model, "input")] == ["a", "password"]
        assert [member["name"] for member in fields(Model, "output")] == ["a"]

    def test_fields_that_may_be_left_out(self) -> None:
        class Model(BaseModel):
            a: int = Field(exclude_if=lambda value: value == 0)

        assert fields(Model, "input") == [field("a", INTEGER)]
        assert fields(Model, "output") == [{"name": "a", "required": False, "shape": INTEGER}]

    def test_private_attributes_and_class_variables_are_no_fields(self) -> None:
        class Model(BaseModel):
            a: int
            constant: ClassVar[int] = 1
            _private: int = 2

        assert [member["name"] for member in fields(Model)] == ["a"]

    def test_field_serialisers(self) -> None:
        class Model(BaseModel):
            a: int
            b: int
            c: int | None
            d: int

            @field_serializer("a")
            def as_text(self, value: int) -> str:
                return str(value)

            @field_serializer("b", return_type=float)
            def as_number(self, value):
                return float(value)

            @field_serializer("c", when_used="unless-none")
            def as_flag(self, value: int) -> bool:
                return bool(value)

            @field_serializer("d")
            def unsaid(self, value):
                return value

        assert fields(Model, "input") == [
            field("a", INTEGER), field("b", INTEGER), field("c", optional(INTEGER)), field("d", INTEGER),
        ]  # fmt: skip
        assert fields(Model, "output") == [
            field("a", STRING), field("b", NUMBER), field("c", optional(BOOLEAN)), field("d", INTEGER),
        ]  # fmt: skip

    def test_serialiser_of_all_fields(self) -> None:
        class Model(BaseModel):
            a: int
            b: float

            @field_serializer("*")
            def as_text(self, value: Any) -> str:
                return str(value)

        assert fields(Model, "output") == [field("a", STRING), field("b", STRING)]

    def test_model_serialisers(self) -> None:
        class Money(BaseModel):
            cents: int

            @model_serializer
            def as_text(self) -> str:
                return str(self.cents)

        class Open(BaseModel):
            a: int

            @model_serializer(mode="wrap")
            def as_table(self, handler: Any) -> dict[str, Any]:
                return {}

        class Unsaid(BaseModel):
            a: int

            @model_serializer(mode="wrap")
            def as_is(self, handler):
                return handler(self)

        assert read(list[Money], "input") == (list_of(ref("MoneyInput")), {"MoneyInput": struct(cents=INTEGER)})
        assert read(list[Money], "output") == (list_of(STRING), {})
        assert read(Open, "output") == (ref("Open"), {"Open": alias(map_of(ANY))})
        assert both(Unsaid)[1] == {"Unsaid": struct(a=INTEGER)}

    def test_a_root_model_with_a_serialiser(self) -> None:
        class Tags(RootModel[list[int]]):
            @model_serializer
            def as_text(self) -> str:
                return ""

        assert read(list[Tags], "input") == (list_of(ref("TagsInput")), {"TagsInput": alias(list_of(INTEGER))})
        assert read(list[Tags], "output") == (list_of(STRING), {})

    def test_a_type_that_is_the_same_on_both_sides_beside_one_that_is_not(self) -> None:
        """Its fields are read after what depends on the side, and before that is asked for."""

        class Same(BaseModel):
            a: int

        class Outer(BaseModel):
            value: Annotated[int, PlainSerializer(str, return_type=str)] | Same
            after: Same

        inside = {"Same": struct(a=INTEGER)}
        sent = struct(value=union(INTEGER, ref("Same")), after=ref("Same"))
        answered = struct(value=union(STRING, ref("Same")), after=ref("Same"))
        assert read(Outer, "input") == (ref("OuterInput"), {"OuterInput": sent, **inside})
        assert read(Outer, "output") == (ref("Outer"), {"Outer": answered, **inside})

    def test_times_as_numbers(self) -> None:
        class Model(BaseModel):
            model_config = ConfigDict(ser_json_timedelta="float")
            when: datetime
            spans: list[timedelta]

        class Numbers(BaseModel):
            model_config = ConfigDict(ser_json_temporal="milliseconds")
            when: datetime | None
            span: timedelta
            inner: Inner

        class Inner(BaseModel):
            span: timedelta

        assert fields(Model, "input") == [field("when", text("date-time")), field("spans", list_of(text("duration")))]
        assert fields(Model, "output") == [field("when", text("date-time")), field("spans", list_of(NUMBER))]
        assert read(Numbers, "output", Inner=Inner)[1] == {
            "Numbers": struct(when=optional(NUMBER), span=NUMBER, inner=ref("Inner")),
            "Inner": struct(span=text("duration")),
        }
        Numbers.model_rebuild(_types_namespace={"Inner": Inner})
        made = Numbers(when=datetime(2020, 1, 1), span=timedelta(1), inner=Inner(span=timedelta(1)))  # noqa: DTZ001
        assert conforms(made.model_dump(mode="json"), *read(Numbers, "output"))

    def test_json_in_a_field(self) -> None:
        class Model(BaseModel):
            a: pydantic.Json[list[int]]

        assert fields(Model, "input") == [field("a", STRING)]
        assert fields(Model, "output") == [field("a", list_of(INTEGER))]


class TestDataclasses:
    def test_of_the_standard_library(self) -> None:
        @dataclass
        class Data:
            a: int
            b: Annotated[str, Field(alias="x")]
            constant: ClassVar[int] = 1
            c: int | None = None
            d: list[int] = dataclasses.field(default_factory=list)
            e: int = dataclasses.field(default=4, init=False)
            f: Final[int] = 5
            g: int = Field(default=6, alias="y")

        shared = [
            field("a", INTEGER),
            field("x", STRING),
            field("c", optional(INTEGER), default=None),
            {"name": "d", "required": False, "shape": list_of(INTEGER)},
        ]
        more = [field("f", INTEGER, default=5), field("y", INTEGER, default=6)]
        assert fields(Data, "input") == [*shared, *more]
        answered = {"a": INTEGER, "x": STRING, "c": optional(INTEGER), "d": list_of(INTEGER)}
        answered |= dict.fromkeys("efy", INTEGER)
        assert fields(Data, "output") == [field(name, shape) for name, shape in answered.items()]

    def test_of_pydantic(self) -> None:
        @pydantic.dataclasses.dataclass
        class Data:
            a: int
            only_sent: InitVar[int]
            b: int = dataclasses.field(default=1, init=False)
            c: int = Field(default=2, alias="x")

            @computed_field
            @property
            def double(self) -> int:
                return 2 * self.a

            @field_serializer("a")
            def as_text(self, value: int) -> str:
                return str(value)

        assert fields(Data, "input") == [
            field("a", INTEGER),
            field("only_sent", INTEGER),
            field("x", INTEGER, default=2),
        ]
        assert fields(Data, "output") == [
            field("a", STRING),
            field("b", INTEGER),
            field("x", INTEGER),
            field("double", INTEGER),
        ]

    def test_init_only_variables(self) -> None:
        assert [member["name"] for member in fields(WithInitVar, "input")] == ["a", "only_sent", "other"]
        assert [member["required"] for member in fields(WithInitVar, "input")] == [True, True, False]
        assert [member["name"] for member in fields(WithInitVar, "output")] == ["a"]

    def test_inherited_fields(self) -> None:
        @dataclass
        class Base:
            a: int
            b: str

        @dataclass
        class Data(Base):
            c: float
            a: str

        assert both(Data, Base=Base)[1] == {"Data": struct(a=STRING, b=STRING, c=NUMBER)}

    def test_a_field_named_like_its_type(self) -> None:
        @dataclass
        class Data:
            datetime: datetime | None = None

        assert fields(Data) == [field("datetime", optional(text("date-time")), default=None)]


@dataclass
class WithInitVar:
    a: int
    only_sent: InitVar[int]
    other: InitVar[str] = "x"


class TestTypedDictionaries:
    def test_required_and_not(self) -> None:
        class Table(TypedDict):
            a: int
            b: NotRequired[str]
            c: Required[Annotated[int, Field(gt=0)]]
            d: Annotated[int, "note"]
            e: ReadOnly[int]

        class Loose(TypedDict, total=False):
            a: int
            b: Required[str]

        assert [(member["name"], member["required"]) for member in fields(Table)] == [
            ("a", True), ("b", False), ("c", True), ("d", True), ("e", True),
        ]  # fmt: skip
        assert [(member["name"], member["required"]) for member in fields(Loose)] == [("a", False), ("b", True)]
        assert [member["shape"] for member in fields(Table)] == [
            INTEGER, STRING, {**INTEGER, "exclusive_min": 0}, INTEGER, INTEGER,
        ]  # fmt: skip

    def test_inherited_keys(self) -> None:
        class Base(TypedDict):
            a: int

        class Loose(Base, total=False):
            b: str

        assert [(member["name"], member["required"]) for member in fields(Loose)] == [("a", True), ("b", False)]

    def test_functional_form(self) -> None:
        table = TypedDict("table", {"a-b": int, "class": str})
        assert [member["name"] for member in fields(table)] == ["a-b", "class"]


class TestModels:
    def test_root_of_a_model(self) -> None:
        class Inner(BaseModel):
            x: int

        class Outer(RootModel[Inner]): ...

        assert both(Outer)[1] == {"Outer": alias(ref("Inner")), "Inner": struct(x=INTEGER)}

    def test_root_with_metadata(self) -> None:
        class Price(RootModel[decimal.Decimal]):
            root: Annotated[decimal.Decimal, pydantic.PlainSerializer(float, return_type=float)]

        assert read(Price, "input") == (text("decimal"), {})
        assert read(Price, "output") == (NUMBER, {})

    def test_discriminated_union(self) -> None:
        class Cat(BaseModel):
            kind: Literal["cat"]

        class Dog(BaseModel):
            kind: Literal["dog"]

        class Owner(BaseModel):
            pet: Cat | Dog = Field(discriminator="kind")

        assert both(Owner)[1]["Owner"] == struct(pet={**union(ref("Cat"), ref("Dog")), "discriminator": "kind"})

    def test_arbitrary_types(self) -> None:
        class Foreign: ...

        class Model(BaseModel):
            model_config = ConfigDict(arbitrary_types_allowed=True)
            a: Foreign

        assert both(Model)[1] == {"Model": struct(a=ANY)}

    def test_deferred_build(self) -> None:
        class Model(BaseModel):
            model_config = ConfigDict(defer_build=True, alias_generator=to_camel)
            first_name: None = None

        assert fields(Model) == [field("firstName", NULL, default=None)]

    def test_empty(self) -> None:
        class Model(BaseModel): ...

        assert both(Model)[1] == {"Model": struct()}
        assert both(BaseModel) == (ANY, {})

    def test_undefined_names_are_reported(self) -> None:
        class Model(BaseModel):
            a: Nowhere  # noqa: F821

        with pytest.raises(NameError, match="Nowhere"):
            read(Model)
