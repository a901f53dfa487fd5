"""Merges: results that go straight into what a client holds (protocol.md section 7)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conformance.caller import Caller
from tests.conformance.conftest import World

Case = tuple[str, dict[str, Any], str, str, "str | None"]
"""Function, arguments, and the exact JSON of ``result``, the slot, and the JSON of ``params``."""

ARGUMENTS = {"cart_id": 5, "title": "é"}
CART = '{"cart_id":5,"title":"é"}'
SCOPE = '{"cart_id":5}'

CASES: list[Case] = [
    ("retitle", ARGUMENTS, CART, "cart", SCOPE),
    ("retitle_twin", ARGUMENTS, CART, "cart", SCOPE),
    ("retitle_by_slot", ARGUMENTS, CART, "cart", SCOPE),
    ("put_item", {"cart_id": 5, "item_id": 9}, '{"id":9,"label":"put"}', "items", SCOPE),
    (
        "put_items",
        {"cart_id": 5, "item_ids": [9, 8]},
        '[{"id":9,"label":"put"},{"id":8,"label":"put"}]',
        "items",
        SCOPE,
    ),
    ("put_items", {"cart_id": 5, "item_ids": []}, "[]", "items", SCOPE),
    ("put_note", {"cart_id": 5, "text": "hi"}, '{"text":"hi"}', "note", SCOPE),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]}-{len(case[2])}")
def test_the_result_is_spliced_into_its_slot(stranger: Caller, world: World, case: Case) -> None:
    function, arguments, result, slot, params = case
    scope = f'"params":{params},' if params is not None else ""
    merge = f'[{{"context":"{world("shop")}",{scope}"slot":"{world(slot)}","value":{result}}}]'
    answer = stranger.call(world(function), arguments)
    assert answer.body.decode() == f'{{"result":{result},"merge":{merge}}}'
    assert answer.header is None


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        pytest.param("retitle_any", {"title": "é"}, id="without the parameter"),
        pytest.param("retitle_broadly", ARGUMENTS, id="auto_scope=False"),
        pytest.param("retitle_default", {"title": "é"}, id="a default not passed"),
    ],
)
def test_a_slot_that_is_not_determined_is_stale(
    stranger: Caller, world: World, function: str, arguments: dict[str, Any]
) -> None:
    """Else the result would be put into every slot that the client holds."""
    answer = stranger.call(world(function), arguments)
    assert answer.json["invalidate"] == [{"context": world("shop"), "function": world("cart")}]
    assert "merge" not in answer.json
    assert answer.header == world("shop")


@pytest.mark.parametrize("arguments", [{"text": "é"}, {"text": "é", "tag": None}])
def test_a_default_of_none_determines_a_slot(stranger: Caller, world: World, arguments: dict[str, Any]) -> None:
    answer = stranger.call(world("annotate"), {"cart_id": 5, **arguments})
    assert answer.json["merge"] == [
        {
            "context": world("margin"),
            "params": {"cart_id": 5, "tag": None},
            "slot": world("remark"),
            "value": {"remark": "é"},
        }
    ]
    assert "invalidate" not in answer.json
    narrowed = stranger.call(world("annotate"), {"cart_id": 5, "text": "é", "tag": "x"})
    assert narrowed.json["merge"][0]["params"] == {"cart_id": 5, "tag": "x"}


def test_none_merges_into_nothing(stranger: Caller, world: World) -> None:
    assert stranger.call(world("put_note"), {"cart_id": 5}).body == b'{"result":null}'


def test_a_merge_beside_an_invalidation(stranger: Caller, world: World) -> None:
    answer = stranger.call(world("check_out"), {"cart_id": 5, "user_id": 7})
    user, shop, cart = world("user"), world("shop"), world("cart")
    assert answer.body.decode() == (
        '{"result":{"cart_id":5,"title":"paid"},'
        f'"invalidate":[{{"context":"{user}","params":{{"user_id":7}}}}],'
        f'"merge":[{{"context":"{shop}","params":{{"cart_id":5}},"slot":"{cart}",'
        '"value":{"cart_id":5,"title":"paid"}}]}'
    )
    assert answer.header == f"{user};user_id=7"
