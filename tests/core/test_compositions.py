"""Combinations of contexts (docs/clients.md)."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

import pytest

import mizan.client
import mizan_fastapi
from mizan_core.client import Context, client
from mizan_core.compositions import compose
from mizan_core.engine import Engine
from mizan_core.errors import GraphError
from mizan_core.introspection.description import describe
from mizan_core.introspection.document import document_of
from mizan_core.registry import Registry, mizan_clients
from tests.core.inspecting import refusal


@client(context="shop")
def products(request: object, page: int = 1) -> list[str]: ...  # type: ignore[empty-body]


@client(context="user")
def profile(request: object, user_id: int) -> str: ...  # type: ignore[empty-body]


@client(context="team")
def team(request: object, user_id: str) -> str: ...  # type: ignore[empty-body]


@compose("user", Context("shop"), "user")
class Checkout:
    """What is around a customer who pays."""


def described(*compositions: type) -> dict[str, Any]:
    registry = Registry()
    for function in (products, profile, team):
        registry.register(function)
    for composition in compositions:
        registry.register(composition)
        registry.register(composition)
    return document_of(describe(registry.get_all_functions(), registry.parts))


def test_a_combination_is_in_the_document(engine: Engine) -> None:
    document = described(Checkout)
    assert document["compositions"] == [
        {"name": "Checkout", "description": "What is around a customer who pays.", "contexts": ["shop", "user"]}
    ]
    assert engine.emit_ir(document).endswith(
        'composition "Checkout" description="What is around a customer who pays." {\n'
        '    context "shop"\n    context "user"\n}\n'
    )
    assert "compositions" not in described()


def test_a_combination_is_found_where_it_is_declared(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("booth.clients")
    declared = compose("user", "shop")(type("Booth", (), {"__module__": module.__name__}))
    vars(module).update(Booth=declared, Checkout=Checkout, profile=profile)
    monkeypatch.setitem(sys.modules, "booth", ModuleType("booth"))
    monkeypatch.setitem(sys.modules, module.__name__, module)
    registry = Registry()
    mizan_clients("booth", registry)
    assert [part().name for part in registry.parts] == ["Booth"]


def test_what_cannot_be_combined_is_refused() -> None:
    assert "two contexts at least, not 1" in refusal(lambda: compose("user", Context("user")), ValueError)
    assert "names of contexts" in refusal(lambda: compose("user", profile), TypeError)  # type: ignore[arg-type]
    assert "above a class" in refusal(lambda: compose("user", "shop")(profile), TypeError)  # type: ignore[type-var]

    @compose("usr", "team", "user")
    class Wrong: ...

    @compose("user", "shop")
    class checkout: ...  # noqa: N801 - one name for clients

    with pytest.raises(GraphError) as caught:
        described(Checkout, Wrong, checkout)
    assert caught.value.problems == (
        'compositions "Checkout" and "checkout" are both "Checkout" for clients; rename all but one',
        """composition "Wrong": there is no context "usr" for clients; the nearest: ['user', 'shop', 'team']""",
        'composition "Wrong": "user_id" of "team" is another than "user_id" of "user"',
    )


def test_both_adapters_have_it() -> None:
    assert mizan.client.compose is mizan_fastapi.compose is compose
