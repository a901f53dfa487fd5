"""From the registry to ``compile_graph``'s argument, and what ``validate`` finds."""

# mypy: disable-error-code="empty-body, name-defined"

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import fastapi
import pytest
from pydantic import BaseModel

import mizan_fastapi.signatures  # noqa: F401 - so that its responses are known
from mizan_core.client import Context, client
from mizan_core.engine import Engine
from mizan_core.errors import GraphError
from mizan_core.ir import validate_registry
from mizan_core.registry import Registry
from tests.core.inspecting import INTEGER, STRING, list_of, optional, ref, refusal, registry_of, specification, struct


class Profile(BaseModel):
    id: int
    name: str


class Order(BaseModel):
    id: int


@client(context="user")
def user_profile(request: object, user_id: int) -> Profile: ...


@client(context=Context("user"))
def user_orders(request: object, user_id: int, page: int = 1) -> list[Order]: ...


@client(affects=["user", user_profile, Context("elsewhere")], merge=user_profile)
def rename(request: object, user_id: int, name: str | None = None) -> Profile | None: ...


@client(affects="user_orders", auto_scope=False, private=True, auth="staff")
def place_order(request: object, user_id: int) -> Order: ...


@client(context="user")
def profile_page(request: object, user_id: int) -> fastapi.Response: ...


@pytest.fixture
def registry() -> Registry:
    return registry_of(user_profile, user_orders, rename, place_order, profile_page)


class TestSpecification:
    def test_types(self, registry: Registry) -> None:
        assert specification(registry)["types"] == {
            "Order": struct(id=INTEGER),
            "Profile": struct(id=INTEGER, name=STRING),
        }

    def test_functions(self, registry: Registry) -> None:
        user_id = {"name": "user_id", "shape": INTEGER, "required": True, "identity": "int"}
        open_to_all = {"private": False, "auth": None}
        nothing: dict[str, Any] = {"affects": [], "merge": [], "auto_scope": True, **open_to_all}
        assert specification(registry)["functions"] == [
            {
                "name": "place_order",
                "context": None,
                "params": [user_id],
                "output": ref("Order"),
                "affects": [{"name": "user_orders"}],
                "merge": [],
                "auto_scope": False,
                "private": True,
                "auth": "staff",
            },
            {"name": "profile_page", "context": "user", "params": [user_id], "output": None, **nothing},
            {
                "name": "rename",
                "context": None,
                "params": [user_id, {"name": "name", "shape": optional(STRING), "required": False, "identity": "str"}],
                "output": optional(ref("Profile")),
                "affects": [{"name": "user"}, {"function": "user_profile"}, {"context": "elsewhere"}],
                "merge": [{"function": "user_profile"}],
                "auto_scope": True,
                **open_to_all,
            },
            {
                "name": "user_orders",
                "context": "user",
                "params": [user_id, {"name": "page", "shape": INTEGER, "required": False, "identity": "int"}],
                "output": list_of(ref("Order")),
                **nothing,
            },
            {"name": "user_profile", "context": "user", "params": [user_id], "output": ref("Profile"), **nothing},
        ]

    def test_compiles(self, registry: Registry, engine: Engine) -> None:
        functions = engine.compile_graph(specification(registry)).describe()["functions"]
        assert functions["rename"]["affects"] == [
            {"context": "user", "function": None, "scope": ["user_id"]},
            {"context": "user", "function": "user_profile", "scope": ["user_id"]},
            {"context": "elsewhere", "function": None, "scope": []},
        ]
        assert functions["rename"]["merge"] == [
            {"context": "user", "slot": "user_profile", "scope": ["user_id"], "mode": "replace"}
        ]
        assert functions["place_order"]["affects"] == [{"context": "user", "function": "user_orders", "scope": []}]

    def test_a_function_object_is_known_by_its_registered_name(self) -> None:
        registry = registry_of(rename, **{"user.profile": user_profile})
        written = specification(registry)
        assert written["functions"][0]["merge"] == [{"function": "user.profile"}]

    def test_does_not_depend_on_the_order_of_registration(self, registry: Registry) -> None:
        other = registry_of(*reversed(registry.get_all_functions().values()))
        assert specification(other) == specification(registry)

    def test_of_nothing(self) -> None:
        assert specification(Registry()) == {"types": {}, "functions": []}

    def test_a_target_that_is_not_registered(self) -> None:
        message = refusal(lambda: specification(registry_of(rename)), GraphError)
        assert 'function "rename": affects names user_profile (tests.core.test_graph_specification:' in message
        assert 'function "rename": merge names user_profile (tests.core.test_graph_specification:' in message
        assert "which is not registered" in message


class TestValidate:
    def test_all_is_well(self, registry: Registry) -> None:
        assert validate_registry(registry) == []
        assert validate_registry(Registry()) == []

    def test_everything_at_once(self) -> None:
        class Arbitrary: ...

        @client(affects="usr")
        def typo(request: object) -> None: ...

        @client(context="user")
        def other_type(request: object, user_id: str) -> None: ...

        @client(merge="user")
        def no_slot(request: object) -> float: ...

        @client
        def unusable(request: object, x: Arbitrary) -> None: ...

        @client
        def twin_name(request: object) -> None: ...

        registry = registry_of(user_profile, typo, other_type, no_slot, unusable, twin_name, twinName=client(_plain))
        problems = validate_registry(registry)
        for words in (
            'function "typo": affects "usr" names no context',
            'context "user": parameter "user_id" has different types',
            'function "no_slot": merge "user" matches no function',
            "parameter 'x'",
            'functions "twinName" and "twin_name" are both "twinName" for clients; rename all but one',
        ):
            assert len([problem for problem in problems if words in problem]) == 1, (words, problems)
        assert len(problems) == 5

    def test_what_cannot_be_read(self) -> None:
        @dataclass
        class Data:
            x: Nowhere  # noqa: F821

        @client
        def function(request: object, data: Data) -> None: ...

        registry = registry_of(function)
        problems = validate_registry(registry)
        assert problems
        assert all("TestValidate.test_what_cannot_be_read.<locals>.function" in problem for problem in problems)
        assert all("'Nowhere'" in problem for problem in problems)
        assert "'Nowhere'" in refusal(lambda: specification(registry), GraphError)

    @pytest.mark.parametrize(("name", "camel"), [("_", ""), ("_1", "1")])
    def test_names_that_are_none_for_clients(self, name: str, camel: str) -> None:
        [problem] = validate_registry(registry_of(**{name: client(_plain)}))
        assert problem == f'function "{name}" would be "{camel}" for clients, which is no identifier; rename it'

    def test_private_functions_have_no_name_for_clients(self) -> None:
        hidden: Any = client(private=True)(_plain)
        assert validate_registry(registry_of(a_b=client(_plain), aB=hidden)) == []


def _plain(request: object) -> None: ...
