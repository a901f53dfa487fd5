"""Declared errors: their code, status and data reach the client, from wherever they are raised; no others do."""

from __future__ import annotations

import pytest

from tests.conformance.caller import Caller
from tests.conformance.conftest import World
from tests.conformance.target import Target

DATA = {"left": 2, "others": [{"sku": "b", "price": "9.50"}], "back_on": "2030-01-02"}


def test_it_is_told_with_its_data_and_what_has_become_stale(stranger: Caller, world: World) -> None:
    assert stranger.call(world("buy"), {"user_id": 5, "count": 2}).result == 2
    answer = stranger.call(world("buy"), {"user_id": 5, "count": 3}).refused("OUT_OF_STOCK")
    assert answer.status == 409
    assert answer.json["error"] == {"code": "OUT_OF_STOCK", "message": "Only 2 left.", "data": DATA}
    assert answer.header == f"{world('user')};user_id=5"


def test_one_without_data(stranger: Caller, world: World) -> None:
    answer = stranger.call(world("buy"), {"user_id": 5, "count": 13}).refused("CLOSED")
    assert (answer.status, answer.json["error"]) == (423, {"code": "CLOSED", "message": "Closed."})


def test_in_a_context(stranger: Caller, world: World) -> None:
    assert stranger.fetch(world("rack"), count=1).json == {world("rack"): 1, world("rack_beside"): 1}
    answer = stranger.fetch(world("rack"), count=3).refused("OUT_OF_STOCK")
    assert (answer.status, answer.json["error"]["data"]) == (409, DATA)
    parts = stranger.fetch_several((world("rack"), {"count": 3}), (world("rack"), {"count": 1})).json["bundles"]
    assert [part["status"] for part in parts] == [409, 200]
    assert parts[0]["error"]["data"] == DATA


def test_it_may_be_who_asks_that_raises_it(stranger: Caller, world: World) -> None:
    assert stranger.call(world("asks_a_closed_door")).refused("CLOSED").status == 423


def test_a_nested_call_passes_on_what_the_outer_function_declares(stranger: Caller, world: World) -> None:
    answer = stranger.call(world("order"), {"user_id": 5, "count": 3}).refused("OUT_OF_STOCK")
    assert answer.json["error"]["data"] == DATA
    assert answer.header == f"{world('user')};user_id=5"


UNDECLARED = [
    ("buy_undeclared", 3, "OutOfStock"),
    ("buy", 14, "ClosedForGood"),
    ("order", 13, "Closed"),
]


@pytest.mark.logs_tracebacks
@pytest.mark.parametrize(("function", "count", "kind"), UNDECLARED)
def test_one_that_is_not_declared_is_the_servers_mistake(
    target: Target, world: World, function: str, count: int, kind: str
) -> None:
    offset = target.log_size()
    answer = target.stranger().call(world(function), {"user_id": 5, "count": count}).refused("INTERNAL_ERROR")
    assert answer.json["error"].keys() == {"code", "message"}
    assert answer.header == f"{world('user')};user_id=5"
    what = f"The function {world(function)} failed: it raised {kind}, which its errors= does not declare"
    target.logged(what, offset)


@pytest.mark.logs_tracebacks
def test_undeclared_in_a_context(target: Target, world: World) -> None:
    offset = target.log_size()
    target.stranger().fetch(world("rack"), count=13).refused("INTERNAL_ERROR")
    target.logged("it raised Closed, which its errors= does not declare", offset)


@pytest.mark.logs_tracebacks
def test_data_that_the_annotations_do_not_take(target: Target, world: World) -> None:
    offset = target.log_size()
    target.stranger().call(world("misuse_error")).refused("INTERNAL_ERROR")
    target.logged("greater than or equal to 0", offset)
