"""The interface document (protocol.md section 11)."""

# ruff: noqa: PYI061, UP007, UP045 - annotations are test data, in every spelling
# mypy: disable-error-code="empty-body, misc, operator, prop-decorator"

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, Optional, Union

import ckdl
import fastapi
import pytest
from pydantic import BaseModel, Field, RootModel, computed_field
from typing_extensions import TypeAliasType, TypedDict

import mizan_fastapi.signatures  # noqa: F401 - whose classes are known
from mizan_core.client import Context, ErrorCase, Merge, client
from mizan_core.engine import ENGINE, Engine
from mizan_core.errors import GraphError
from mizan_core.introspection.description import describe
from mizan_core.introspection.document import document_of
from mizan_core.introspection.parts import ChannelPart, FormField, FormPart
from mizan_core.ir import build_ir
from mizan_core.registry import Registry, default_registry
from tests.core.inspecting import (
    INTEGER,
    NULL,
    STRING,
    AnyFunction,
    alias,
    document,
    field,
    list_of,
    optional,
    ref,
    refusal,
    registry_of,
    struct,
    union,
    words,
)
from tests.core.inspecting import (
    text as text_of,
)

EXAMPLE = """\
ir version=2
type "Order" {
    struct {
        field "id" required=#true {
            primitive "integer" format="int64"
        }
        field "note" required=#true {
            optional {
                primitive "string"
            }
        }
    }
}
type "Profile" {
    struct {
        field "name" required=#true {
            primitive "string"
        }
    }
}
type "UpdateProfileInput" {
    struct {
        field "user_id" required=#true {
            primitive "integer" format="int64"
        }
        field "name" required=#true {
            primitive "string"
        }
    }
}
type "UpdateProfileOutput" {
    alias {
        ref "Profile"
    }
}
type "UserOrdersInput" {
    struct {
        field "user_id" required=#true {
            primitive "integer" format="int64"
        }
    }
}
type "UserOrdersOutput" {
    alias {
        list {
            ref "Order"
        }
    }
}
type "UserProfileInput" {
    struct {
        field "user_id" required=#true {
            primitive "integer" format="int64"
        }
    }
}
type "UserProfileOutput" {
    alias {
        ref "Profile"
    }
}
function "update_profile" {
    camel "updateProfile"
    transport "http"
    auth "required"
    affects "user"
    affects "user" function="user_profile"
    merge "user" slot="user_profile" mode="replace"
    input "UpdateProfileInput"
    output "UpdateProfileOutput" nullable=#false
}
function "user_orders" {
    camel "userOrders"
    transport "http"
    context "user"
    input "UserOrdersInput"
    output "UserOrdersOutput" nullable=#false
}
function "user_profile" {
    camel "userProfile"
    transport "http"
    context "user"
    input "UserProfileInput"
    output "UserProfileOutput" nullable=#false
}
context "user" {
    function "user_orders"
    function "user_profile"
    param "user_id" required=#true {
        shape {
            primitive "integer" format="int64"
        }
        shared-by "user_orders" "user_profile"
    }
}
"""


class Order(BaseModel):
    id: int
    note: str | None = None


class Profile(BaseModel):
    name: str


@client(context="user")
def user_profile(request: object, user_id: int) -> Profile: ...


@client(context="user")
async def user_orders(request: object, user_id: int) -> list[Order]: ...


@client(affects=["user", user_profile], merge="user", auth=True)
def update_profile(request: object, user_id: int, name: str) -> Profile: ...


class Color(Enum):
    RED = "red"
    GREEN = "green"


class Card(BaseModel):
    kind: Literal["card"]
    digits: str = Field(min_length=4, max_length=4, pattern="^[0-9]+$")


class Invoice(BaseModel):
    kind: Literal["invoice"]


class Purchase(BaseModel):
    """What a customer bought."""

    id: int
    color: Color
    note: str | None = Field(default=None, max_length=200, description="Shown on the parcel.")
    position: tuple[float, float]
    payment: Card | Invoice = Field(discriminator="kind")


@client(context="shop", cache=60)
def purchases(request: object, user_id: int) -> list[Purchase]: ...


class OutOfStock(ErrorCase, status=409):
    """Too few are left."""

    left: int


@client(
    affects="shop", merge=Merge("shop", place="append"), auth=True, idempotent=True, errors=[OutOfStock], websocket=True
)
def buy(
    request: object, user_id: int, count: Annotated[int, Field(ge=1, le=99, description="How many.")] = 1
) -> Purchase | None:
    """Buy what is in the basket.

    Nothing happens when it is empty.
    """


@client(route="/customers/<int:user_id>/")
def page(request: object, user_id: int) -> fastapi.Response:
    """A customer's page."""
    return fastapi.Response()


class StockChannel:
    class Params(BaseModel):
        sku: str

    class ServerMessage(BaseModel):
        left: int


def stock() -> ChannelPart:
    inner = StockChannel
    return ChannelPart("stock", inner.Params, server_message=inner.ServerMessage, auth=True, presence=True)


CONTACT = FormPart(
    "contact",
    (
        FormField(
            *("email", True, text_of("email")),
            details={
                "strip": True,
                "max_length": 320,
                "patterns": ["^.+@[^@]+$"],
                "widget": "email",
                "label": "Your address",
            },
        ),
        FormField(
            "topic",
            False,
            annotation=Literal["order", "other"],
            details={
                "choices": [{"value": "order", "label": "An order"}, {"value": "other", "label": "Something else"}],
                "widget": "select",
                "initial": "order",
            },
        ),
        FormField("photo", False, {"kind": "upload", "max_bytes": 5_000_000}, details={"extensions": ["jpg", "png"]}),
    ),
    title="Contact us",
    submit_label="Send",
    live_validation=True,
)


def contact() -> FormPart:
    return CONTACT


class TestText:
    def test_the_protocol_s_page_has_it(self, engine: Engine) -> None:
        protocol = Path(__file__).parents[2].joinpath("docs/protocol.md").read_text("utf-8")
        functions = registry_of(buy, page, purchases).get_all_functions()
        text = engine.emit_ir(document_of(describe(functions, [stock, contact])))
        assert textwrap.indent(text, "    ") in protocol

    def test_the_protocol_s_example(self, engine: Engine) -> None:
        functions = registry_of(update_profile, user_orders, user_profile).get_all_functions()
        assert engine.emit_ir(document_of(describe(functions))) == EXAMPLE

    def test_build_ir(self) -> None:
        assert build_ir(registry_of(user_profile, user_orders, update_profile)) == EXAMPLE

    def test_the_order_of_registration_does_not_matter(self) -> None:
        functions: list[AnyFunction] = [user_profile, user_orders, update_profile]
        for turn in range(3):
            assert build_ir(registry_of(*functions[turn:], *functions[:turn])) == EXAMPLE

    def test_channels_and_forms_of_a_registry(self) -> None:
        registry = registry_of(purchases)
        bare, version = build_ir(registry), registry.version
        registry.declare(stock)
        registry.declare(contact)
        assert registry.version == version + 2
        registry.declare(stock)
        assert registry.version == version + 2
        text = build_ir(registry)
        assert text.index('channel "stock"') < text.index('form "contact"')
        assert text.startswith(bare.partition('type "PurchasesInput"')[0])
        registry.clear()
        assert build_ir(registry) == "ir version=2\n"

    def test_of_nothing(self) -> None:
        assert build_ir(Registry()) == "ir version=2\n"

    def test_of_the_default_registry(self) -> None:
        assert build_ir() == build_ir(default_registry)

    def test_independent_reader_understands_it(self) -> None:
        version, *nodes = ckdl.parse(build_ir(registry_of(odd, update_profile, user_profile)), version=2).nodes
        assert (version.name, version.properties) == ("ir", {"version": 2})
        assert [(node.name, *node.args) for node in nodes if node.name != "type"] == [
            ("function", "odd"), ("function", "update_profile"), ("function", "user_profile"), ("context", "user"),
        ]  # fmt: skip
        odd_input = next(node for node in nodes if node.args == ["OddInput"])
        defaults = [member.properties["default"] for member in odd_input.children[0].children]
        assert defaults == ['"\\', "\n\r\t\x00\x7f\x85", "\u2028\u202e\ufeff", "😀é", -5, 1e16, None, True]


@client
def odd(
    request: object,
    a: str = '"\\',
    b: str = "\n\r\t\x00\x7f\x85",
    c: str = "\u2028\u202e\ufeff",
    d: str = "😀é",
    e: int = -5,
    f: float = 1e16,
    g: int | None = None,
    h: bool = True,
) -> None: ...


def simple(name: str = "simple", returns: Any = None, **options: Any) -> AnyFunction:
    def plain(request: object) -> None: ...

    plain.__name__ = name
    plain.__annotations__["return"] = returns
    return client(**options)(plain)


class TestOutputs:
    @pytest.mark.parametrize(
        ("returns", "body", "nullable"),
        [
            (None, alias(NULL), False),
            (int, alias(INTEGER), False),
            (Optional[int], alias(INTEGER), True),
            (Union[int, str, None], alias(union(INTEGER, STRING)), True),
            (list[Order], alias(list_of(ref("Order"))), False),
            (Optional[list[int | None]], alias(list_of(optional(INTEGER))), True),
            (Literal["a", None], alias(words("a")), True),
            (Union[Profile, Order], alias(union(ref("Profile"), ref("Order"))), False),
            (Profile, alias(ref("Profile")), False),
            (Optional[Profile], alias(ref("Profile")), True),
            (TypeAliasType("Maybe", int | None), alias(INTEGER), True),
            (TypeAliasType("Person", Profile), alias(ref("Profile")), False),
            (TypeAliasType("Orders", list[Order]), alias(ref("Orders")), False),
            (RootModel[list[int]], alias(ref("RootModelListInt")), False),
            (Optional[RootModel[Profile | None]], alias(ref("Profile")), True),
            (NamedTuple("Pair", [("a", int), ("b", bool)]), alias(ref("Pair")), False),
            (TypedDict("Table", {"a": int}), alias(ref("Table")), False),
        ],
        ids=repr,
    )
    def test_body_and_nullable(self, returns: Any, body: Any, nullable: bool) -> None:
        parts = document(simple(returns=returns))
        assert parts["types"]["SimpleOutput"] == body
        assert parts["functions"]["simple"]["output"] == "SimpleOutput"
        assert parts["functions"]["simple"]["nullable"] is nullable

    def test_a_dataclass(self) -> None:
        @dataclass
        class Data:
            a: int

        parts = document(simple(returns=Data))
        assert parts["types"] == {"SimpleOutput": alias(ref("Data")), "Data": struct(a=INTEGER)}

    def test_what_is_nested_in_it_keeps_its_name(self) -> None:
        parts = document(simple(returns=Node))
        node = struct(value=INTEGER, next=optional(ref("Node")))
        assert parts["types"] == {"SimpleOutput": alias(ref("Node")), "Node": node}

    def test_a_recursive_alias(self) -> None:
        parts = document(simple(returns=Tree))
        tree = alias(union(INTEGER, list_of(ref("Tree"))))
        assert parts["types"] == {"SimpleOutput": alias(ref("Tree")), "Tree": tree}

    def test_an_alias_of_itself(self) -> None:
        assert document(simple(returns=Loop))["types"]["SimpleOutput"]["kind"] == "alias"

    def test_computed_fields(self) -> None:
        class Model(BaseModel):
            a: int = Field(serialization_alias="x")

            @computed_field
            @property
            def b(self) -> str:
                return ""

        assert document(simple(returns=Model))["types"]["Model"] == struct(x=INTEGER, b=STRING)


class Node(BaseModel):
    value: int
    next: Node | None = None


Tree = TypeAliasType("Tree", "int | list[Tree]")
Loop = TypeAliasType("Loop", "Loop | None")


class TestFunctions:
    def test_no_parameters_no_input(self) -> None:
        parts = document(simple())
        assert parts["functions"]["simple"]["input"] is None
        assert "SimpleInput" not in parts["types"]

    def test_input_is_a_struct(self) -> None:
        @client
        def find(request: object, q: str, page: int = 1, tags: list[str] = [], size: int | None = None) -> None:  # noqa: B006
            ...

        assert document(find)["types"]["FindInput"] == {
            "kind": "struct",
            "fields": [
                field("q", STRING),
                field("page", INTEGER, default=1),
                {"name": "tags", "required": False, "shape": list_of(STRING)},
                field("size", optional(INTEGER), default=None),
            ],
        }

    @pytest.mark.parametrize(
        ("auth", "word"),
        [
            (None, None),
            (True, "required"),
            ("staff", "staff"),
            ("superuser", "superuser"),
            (lambda request: True, "custom"),
        ],
    )
    def test_auth(self, auth: Any, word: str | None) -> None:
        assert document(simple(auth=auth))["functions"]["simple"]["auth"] == word

    def test_transport(self) -> None:
        assert document(simple("a"))["functions"]["a"]["transport"] == "http"

    def test_registered_names(self) -> None:
        functions = document(**{"contact.submit": simple()})["functions"]
        assert functions["contact.submit"]["camel"] == "contactSubmit"

    def test_targets_are_resolved(self) -> None:
        function = simple("change", affects=[user_profile, "user_orders", "user", Context("elsewhere")])
        assert document(user_profile, user_orders, function)["functions"]["change"]["affects"] == [
            {"context": "user", "function": "user_profile"},
            {"context": "user", "function": "user_orders"},
            {"context": "user", "function": None},
            {"context": "elsewhere", "function": None},
        ]

    def test_two_of_one_name_for_clients(self) -> None:
        message = refusal(lambda: document(simple("set_name"), setName=simple()), GraphError)
        assert 'functions "setName" and "set_name" are both "setName" for clients; rename all but one' in message

    def test_contradictions_are_reported(self) -> None:
        assert '"nowhere" names no context' in refusal(lambda: document(simple(affects="nowhere")), GraphError)


class TestLeftOut:
    def test_private_and_view_path_functions(self) -> None:
        parts = document(
            simple("a"),
            simple("b", private=True),
            simple("c", fastapi.Response),
        )
        assert list(parts["functions"]) == ["a"]
        assert list(parts["types"]) == ["AOutput"]

    def test_contexts_without_functions_for_clients(self) -> None:
        parts = document(
            simple("a", context="one"),
            simple("b", context="two", private=True),
            simple("c", fastapi.Response, context="three"),
        )
        assert list(parts["contexts"]) == ["one"]

    def test_from_a_context(self) -> None:
        @client(context="user", private=True)
        def hidden(request: object, secret_id: int, user_id: int) -> None: ...

        context = document(user_profile, hidden)["contexts"]["user"]
        assert context["functions"] == ["user_profile"]
        assert [(param["name"], param["required"]) for param in context["params"]] == [("user_id", True)]

    def test_as_targets(self) -> None:
        hidden = simple("hidden", Profile, context="other", private=True)
        page = simple("page", fastapi.Response, context="user")
        change = simple("change", Profile, affects=[hidden, page, "other", user_profile], merge=[hidden, "user"])
        function = document(hidden, page, user_profile, change)["functions"]["change"]
        assert function["affects"] == [
            {"context": "other", "function": None},
            {"context": "user", "function": "user_profile"},
        ]
        assert function["merge"] == [{"context": "user", "slot": "user_profile", "mode": "replace"}]

    def test_the_text_says_nothing_of_them(self) -> None:
        hidden = simple("hidden_thing", Profile, context="user", private=True)
        assert "hidden" not in build_ir(registry_of(hidden, user_profile, simple("change", affects=hidden)))


class TestContexts:
    def test_params_are_required_where_all_require_them(self) -> None:
        @client(context="shop")
        def one(request: object, everywhere: int, here: int, loose: int) -> None: ...

        @client(context="shop")
        def two(request: object, everywhere: int, loose: int = 1) -> None: ...

        [context] = document(one, two)["contexts"].values()
        assert context["functions"] == ["one", "two"]
        assert context["params"] == [
            {"name": "everywhere", "required": True, "shape": INTEGER, "shared_by": ["one", "two"]},
            {"name": "here", "required": False, "shape": INTEGER, "shared_by": ["one"]},
            {"name": "loose", "required": False, "shape": INTEGER, "shared_by": ["one", "two"]},
        ]

    def test_params_refer_to_types(self) -> None:
        @client(context="shop")
        def one(request: object, node: Node) -> None: ...

        parts = document(one)
        assert parts["contexts"]["shop"]["params"][0]["shape"] == ref("NodeInput")
        assert "NodeInput" in parts["types"]

    def test_sorted(self) -> None:
        assert list(document(simple("a", context="z"), simple("b", context="A"))["contexts"]) == ["A", "z"]


def test_every_engine_writes_the_same(engine: Engine) -> None:
    functions = registry_of(odd, update_profile, user_profile, user_orders, simple(returns=Node)).get_all_functions()
    plain = document_of(describe(functions))
    assert engine.emit_ir(plain) == ENGINE.emit_ir(plain)


class Chat:
    class Params(BaseModel):
        room: str

    class ReactMessage(BaseModel):
        text: str


def part_of(part: ChannelPart | FormPart) -> dict[str, Any]:
    return document_of(describe({}, [lambda: part]))


def plain_document(*functions: AnyFunction) -> dict[str, Any]:
    return document_of(describe(registry_of(*functions).get_all_functions()))


class Dangling(TypedDict):
    missing: Missing  # type: ignore[name-defined]  # noqa: F821


class TestParts:
    def test_what_is_defined_inside_a_channel_goes_by_the_channel_s_name(self) -> None:
        found = part_of(ChannelPart("team-chat", Chat.Params, Chat.ReactMessage, Order, auth=lambda request: True))
        (channel,) = found["channels"]
        assert channel == {
            "name": "team-chat",
            "description": None,
            "presence": False,
            "camel": "teamChat",
            "auth": "custom",
            "params": "TeamChatParams",
            "react_message": "TeamChatReactMessage",
            "server_message": "TeamChatServerMessage",
        }
        bodies = {item["name"]: item["body"] for item in found["types"]}
        assert bodies["TeamChatParams"] == struct(room=STRING)
        assert bodies["TeamChatReactMessage"] == struct(text=STRING)
        assert bodies["TeamChatServerMessage"] == alias(ref("Order")), "what has a name of its own keeps it"
        assert bodies.keys() == {"Order", "TeamChatParams", "TeamChatReactMessage", "TeamChatServerMessage"}

    def test_messages_take_the_form_of_their_direction(self) -> None:
        found = part_of(ChannelPart("orders", react_message=Order, server_message=Order))
        bodies = {item["name"]: item["body"] for item in found["types"]}
        assert bodies["OrdersReactMessage"] == alias(ref("OrderInput"))
        assert bodies["OrdersServerMessage"] == alias(ref("Order"))
        assert found["channels"][0]["params"] is None

    def test_a_field_says_what_is_given(self) -> None:
        fields = (
            FormField("a", True, STRING),
            FormField("b", False, INTEGER, details={"min": 0, "step": 5, "disabled": True, "initial": None}),
        )
        (form,) = part_of(FormPart("f", fields, many={"min_forms": 1, "max_forms": None}))["forms"]
        assert form["fields"] == [
            {"name": "a", "required": True, "shape": STRING},
            {"name": "b", "required": False, "shape": INTEGER, "min": 0, "step": 5, "disabled": True, "initial": None},
        ]
        assert form["many"] == {"min_forms": 1, "max_forms": None}

    def test_types_of_fields_are_those_that_are_sent(self) -> None:
        found = part_of(FormPart("f", (FormField("lines", True, annotation=list[Order]),)))
        assert found["forms"][0]["fields"][0]["shape"] == list_of(ref("OrderInput"))

    @pytest.mark.parametrize("part", [ChannelPart, lambda name: FormPart(name, ())])
    def test_names_that_are_one_for_clients(self, part: Any) -> None:
        with pytest.raises(GraphError, match=r'"a\.b" and "a_b" are both "aB" for clients'):
            document_of(describe({}, [lambda: part("a.b"), lambda: part("a_b")]))

    def test_what_cannot_be_read_is_named(self) -> None:
        with pytest.raises(GraphError, match="the params of the channel"):
            part_of(ChannelPart("c", params=Dangling))

    def test_errors_are_sorted_and_have_their_data(self) -> None:
        class Gone(ErrorCase, status=410): ...

        @client(errors=(OutOfStock, Gone))
        def order(request: object) -> None: ...

        (function,) = plain_document(order)["functions"]
        found = [(case["code"], case["status"], case["data"]) for case in function["errors"]]
        assert found == [("OUT_OF_STOCK", 409, "OutOfStock"), ("GONE", 410, None)]

    def test_views_have_their_path_and_what_they_make_stale(self) -> None:
        @client(route="/p/<order_id>/", methods=["POST", "GET"], affects="shop", auth="staff")
        def profile_page(request: object, order_id: int, tab: str = "a") -> fastapi.Response: ...

        @client(private=True)
        def hidden(request: object) -> fastapi.Response: ...

        @client
        def bare(request: object) -> fastapi.Response: ...

        found = plain_document(profile_page, hidden, bare, purchases)
        (view,) = found["views"]
        assert view["camel"] == "profilePage"
        assert (view["path"], view["methods"], view["auth"]) == ("/p/<order_id>/", ["GET", "POST"], "staff")
        assert view["affects"] == [{"context": "shop", "function": None}]
        bodies = {item["name"]: item["body"] for item in found["types"]}
        assert [item["name"] for item in bodies[view["input"]]["fields"]] == ["order_id", "tab"]
        assert [function["name"] for function in found["functions"]] == ["purchases"]

    @pytest.mark.parametrize(("options", "word"), [({}, "both"), ({"http": False}, "websocket")])
    def test_the_transport_is_what_the_function_says(self, options: dict[str, Any], word: str) -> None:
        @client(websocket=True, **options)
        def live(request: object) -> None: ...

        (function,) = plain_document(live)["functions"]
        assert function["transport"] == word
