"""Names of types for clients, and what happens when two would have the same (protocol.md section 11)."""

# ruff: noqa: UP007 - annotations are test data, in every spelling
# mypy: disable-error-code="empty-body, misc, name-defined, prop-decorator, valid-type"

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any, Union

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field, computed_field

from mizan_core.client import client
from mizan_core.errors import GraphError
from mizan_core.introspection.naming import Nameable, camel_case, give_names, type_label, type_path
from mizan_core.names import is_function_name
from tests.core.inspecting import (
    INTEGER,
    STRING,
    alias,
    both,
    document,
    field,
    list_of,
    read,
    ref,
    refusal,
    struct,
    tuple_of,
)

SOURCE = """
from typing import Generic, TypeVar
from pydantic import BaseModel
T = TypeVar("T")
class Order(BaseModel):
    {field}: int
class Outer:
    class Order(BaseModel):
        nested: int
class Page(BaseModel, Generic[T]):
    items: list[T]
"""


@pytest.fixture
def modules() -> Iterator[dict[str, Any]]:
    """Modules that each have classes of the same names: ``shop.sales``, ``other.sales``, ``shop.back_office``."""
    names = ("shop.sales", "other.sales", "shop.back_office")
    made = {name: _module(name, name.replace(".", "_")) for name in names}
    yield made
    for name in names:
        del sys.modules[name]


def _module(name: str, field_name: str) -> ModuleType:
    spec = importlib.util.spec_from_loader(name, loader=None)
    assert spec is not None
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    exec(compile(SOURCE.format(field=field_name), name, "exec", dont_inherit=True), vars(module))  # noqa: S102
    return module


class TestCamelCase:
    @pytest.mark.parametrize(
        ("name", "camel"),
        [
            ("echo", "echo"),
            ("update_profile", "updateProfile"),
            ("contact.submit", "contactSubmit"),
            ("get-user.by_id", "getUserById"),
            ("a__b", "aB"),
            ("a_", "a"),
            ("_a", "A"),
            ("__a_b", "AB"),
            ("aB_cD", "aBCD"),
            ("a_1b", "a1b"),
            ("URL_of", "URLOf"),
            ("_", ""),
        ],
    )
    def test_rule(self, name: str, camel: str) -> None:
        assert camel_case(name) == camel

    @given(st.from_regex(r"[A-Za-z_][A-Za-z0-9_.-]{0,30}", fullmatch=True))
    def test_has_letters_and_digits_alone(self, name: str) -> None:
        assert is_function_name(name)
        camel = camel_case(name)
        assert camel == "" or camel.isalnum()
        assert camel.lower() == "".join(filter(str.isalnum, name)).lower()


class TestCollisions:
    def test_none(self, modules: dict[str, Any]) -> None:
        assert both(modules["shop.sales"].Order)[0] == ref("Order")

    def test_modules_come_in_front_of_both(self, modules: dict[str, Any]) -> None:
        sales, office = modules["shop.sales"].Order, modules["shop.back_office"].Order
        shape, types = both(tuple[sales, list[office]])
        assert shape == tuple_of(ref("SalesOrder"), list_of(ref("BackOfficeOrder")))
        assert types == {"SalesOrder": struct(shop_sales=INTEGER), "BackOfficeOrder": struct(shop_back_office=INTEGER)}

    def test_whole_paths_when_the_modules_share_a_name(self, modules: dict[str, Any]) -> None:
        shop, other = modules["shop.sales"].Order, modules["other.sales"].Order
        _, types = both(tuple[shop, other])
        assert sorted(types) == ["other_sales_Order", "shop_sales_Order"]

    def test_nested_classes(self, modules: dict[str, Any]) -> None:
        sales = modules["shop.sales"]
        _, types = both(tuple[sales.Order, sales.Outer.Order])
        assert sorted(types) == ["shop_sales_Order", "shop_sales_Outer_Order"]

    def test_three_of_a_name(self, modules: dict[str, Any]) -> None:
        _, types = both(tuple[tuple(modules[name].Order for name in modules)])
        assert sorted(types) == ["BackOfficeOrder", "other_sales_Order", "shop_sales_Order"]

    def test_what_the_longer_name_meets(self, modules: dict[str, Any]) -> None:
        class SalesOrder(BaseModel):
            x: int

        sales, office = modules["shop.sales"].Order, modules["shop.back_office"].Order
        _, types = both(tuple[sales, office, SalesOrder])
        assert sorted(types) == ["BackOfficeOrder", "TestNamingSalesOrder", "shop_sales_Order"]

    def test_arguments_of_generics(self, modules: dict[str, Any]) -> None:
        page, sales, office = modules["shop.sales"].Page, modules["shop.sales"].Order, modules["shop.back_office"].Order
        _, types = both(tuple[page[sales], page[office]])
        assert sorted(types) == [
            "BackOfficeOrder",
            "SalesOrder",
            "shop_sales_Page_shop_back_office_Order",
            "shop_sales_Page_shop_sales_Order",
        ]

    def test_the_order_of_encounter_does_not_matter(self, modules: dict[str, Any]) -> None:
        orders = [modules[name].Order for name in modules]
        assert both(tuple[tuple(orders)])[1] == both(tuple[tuple(reversed(orders))])[1]

    def test_classes_that_one_function_makes(self) -> None:
        def make(kind: Any) -> Any:
            class Made(BaseModel):
                x: kind

            return Made

        first, same, other = make(int), make(int), make(str)
        assert sorted(both(tuple[first, same])[1]) == ["Made"]

        @client
        def function(request: object, a: first, b: other) -> None: ...

        message = refusal(lambda: document(function), GraphError)
        assert "two different types are both tests.core.test_naming.TestCollisions" in message
        assert "Made; give one of them another name" in message

    def test_a_name_that_a_function_needs(self, modules: dict[str, Any]) -> None:
        class EchoInput(BaseModel):
            x: int

        class EchoOutput(BaseModel):
            y: list[EchoInput]

        @client
        def echo(request: object, a: EchoInput) -> list[EchoOutput]: ...

        types = document(echo)["types"]
        assert sorted(types) == ["EchoInput", "EchoOutput", "TestNamingEchoInput", "TestNamingEchoOutput"]
        assert types["EchoInput"] == struct(a=ref("TestNamingEchoInput"))

    def test_what_a_function_returns_may_have_the_name_of_its_output(self, modules: dict[str, Any]) -> None:
        class EchoOutput(BaseModel):
            y: int

        @client
        def echo(request: object) -> EchoOutput | None: ...

        assert document(echo)["types"] == {"EchoOutput": struct(y=INTEGER)}

        @client(context="other")
        def other(request: object) -> list[EchoOutput]: ...

        types = document(echo, other)["types"]
        assert sorted(types) == ["EchoOutput", "OtherOutput"]
        assert types["OtherOutput"] == alias(list_of(ref("EchoOutput")))

    def test_names_that_only_private_functions_use_do_not_matter(self, modules: dict[str, Any]) -> None:
        sales, office = modules["shop.sales"].Order, modules["shop.back_office"].Order

        @client
        def public(request: object, order: sales) -> None: ...

        @client(private=True)
        def hidden(request: object, order: office) -> None: ...

        assert sorted(document(public, hidden)["types"]) == ["Order", "PublicInput", "PublicOutput"]

    @given(
        types=st.lists(
            st.builds(
                Nameable,
                path=st.sampled_from(["a.A", "a.AInput", "a.b.A", "b.b.A", "b.A", "b_A", "a.b_A"]),
                label=st.sampled_from(["A", "B", "AInput"]),
                module=st.sampled_from(["a", "a.b", "b", "a.b_c"]),
                forms=st.sampled_from([frozenset({""}), frozenset({"Input"}), frozenset({"", "Input"})]),
            ),
            unique_by=lambda named: named.path,
        ),
        taken=st.dictionaries(st.sampled_from(["A", "B", "AInput", "b_A"]), st.sampled_from([None, "a.A", "b.A"])),
    )
    def test_every_name_is_one_type_s_or_reported(self, types: list[Nameable], taken: dict[str, str | None]) -> None:
        given_out = give_names(types, taken)
        names = [name for (path, _), name in given_out.names.items() if path not in given_out.colliding]
        assert len(names) == len(set(names))
        owners = {name: path for (path, _), name in given_out.names.items() if path not in given_out.colliding}
        assert all(path == owners[name] for name, path in taken.items() if name in owners)
        assert all(name.isidentifier() for name in names)
        assert set(given_out.names) == {(named.path, form) for named in types for form in named.forms}
        assert given_out == give_names(types[::-1], taken)


class TestTwoFaces:
    """The input form of a model whose forms differ is ``<Name>Input``."""

    def test_forms_that_differ(self) -> None:
        class Model(BaseModel):
            a: int = Field(validation_alias="x")

        assert read(Model, "input") == (ref("ModelInput"), {"ModelInput": struct(x=INTEGER)})
        assert read(Model, "output") == (ref("Model"), {"Model": struct(a=INTEGER)})

    def test_forms_that_differ_further_down(self) -> None:
        class Inner(BaseModel):
            a: int

            @computed_field
            @property
            def b(self) -> int:
                return 1

        class Outer(BaseModel):
            inner: list[Inner]

        assert read(Outer, "input") == (
            ref("OuterInput"),
            {"OuterInput": struct(inner=list_of(ref("InnerInput"))), "InnerInput": struct(a=INTEGER)},
        )
        assert read(Outer, "output") == (
            ref("Outer"),
            {"Outer": struct(inner=list_of(ref("Inner"))), "Inner": struct(a=INTEGER, b=INTEGER)},
        )

    def test_forms_that_differ_in_a_circle(self) -> None:
        assert sorted(read(Circle, "input")[1]) == ["CircleInput", "OtherInput"]
        assert sorted(read(Circle, "output")[1]) == ["Circle", "Other"]

    def test_both_in_one_document(self) -> None:
        class Model(BaseModel):
            a: int = Field(validation_alias="x")

        @client
        def change(request: object, model: Model) -> list[Model]: ...

        types = document(change)["types"]
        assert types["ChangeInput"] == struct(model=ref("ModelInput"))
        assert types["ChangeOutput"]["shape"] == list_of(ref("Model"))
        assert sorted(types) == ["ChangeInput", "ChangeOutput", "Model", "ModelInput"]

    def test_a_class_of_that_very_name(self) -> None:
        class Model(BaseModel):
            a: int = Field(validation_alias="x")

        class ModelInput(BaseModel):
            b: str

        _, types = read(Union[Model, ModelInput], "input")
        start = "tests_core_test_naming_TestTwoFaces_test_a_class_of_that_very_name_locals_"
        assert types == {f"{start}Model_Input": struct(x=INTEGER), f"{start}ModelInput": struct(b=STRING)}


class Circle(BaseModel):
    other: Other | None = None
    a: int = Field(validation_alias="x")


class Other(BaseModel):
    circle: Circle


def test_labels_are_identifiers() -> None:
    assert type_label(list[int | str]) == "listIntOrStr"
    assert type_path(list[Circle]) == "list[tests.core.test_naming.Circle]"


def test_default_of_a_field_is_kept_beside_its_name() -> None:
    class Model(BaseModel):
        a: int = Field(default=1, validation_alias="x")

    assert read(Model, "input")[1]["ModelInput"]["fields"] == [field("x", INTEGER, default=1)]
