"""``shown`` and ``refresh``: a mutation brings along what it has made stale of what its client shows."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from tests.conformance.caller import Caller
from tests.conformance.conftest import World
from tests.conformance.target import Target
from tests.conformance.tokens import mint

_numbers = itertools.count()


@pytest.fixture
def item() -> str:
    """One that no other test has put anything of."""
    return f"item-{next(_numbers)}"


def shown(context: str, **params: Any) -> dict[str, Any]:
    return {"context": context, "params": params}


def test_it_brings_what_it_has_made_stale(stranger: Caller, world: World, item: str) -> None:
    entry = shown(world("stock"), item=item)
    answer = stranger.call_showing(world("put"), {"item": item, "count": 1}, [entry])
    assert answer.result == 1
    bundle = {world("level"): 1, world("is_low"): True}
    assert answer.refresh == [entry | {"scope": f"{world('stock')};item={item};unit=null", "bundle": bundle}]
    again = stranger.call_showing(world("put"), {"item": item, "count": 1}, [entry])
    assert again.refresh[0]["bundle"] == {world("level"): 2, world("is_low"): False}


def test_the_rest_of_the_answer_is_what_it_is_without(stranger: Caller, world: World, item: str) -> None:
    without = stranger.call(world("put"), {"item": item, "count": 0})
    answer = stranger.call_showing(world("put"), {"item": item, "count": 0}, [shown(world("stock"), item=item)])
    assert answer.refresh
    assert {name: value for name, value in answer.json.items() if name != "refresh"} == without.json
    assert answer.header == without.header


def test_entries_are_known_by_what_the_server_makes_of_them(stranger: Caller, world: World, item: str) -> None:
    entries = [shown(world("stock"), item=f" {item.upper()} "), shown(world("stock"), item="another")]
    answer = stranger.call_showing(world("put"), {"item": item, "count": 3}, entries)
    assert [(entry["params"], entry["bundle"][world("level")]) for entry in answer.refresh] == [
        (entries[0]["params"], 3)
    ]


def test_they_come_in_the_order_in_which_they_are_shown(stranger: Caller, world: World, item: str) -> None:
    units = ["b", None, "a", "b"]
    entries = [shown(world("stock"), item=item, unit=unit) for unit in units]
    answer = stranger.call_showing(world("put"), {"item": item, "count": 3}, entries)
    assert [entry["params"]["unit"] for entry in answer.refresh] == units


def test_nothing_is_brought_that_is_not_stale(stranger: Caller, world: World, item: str) -> None:
    entries = [shown(world("shelf_life"), item=item), shown("global"), shown(world("stock"), item="another")]
    assert stranger.call_showing(world("put"), {"item": item, "count": 1}, entries).refresh == []
    assert stranger.call_showing(world("put"), {"item": item, "count": 1}, []).refresh == []


def test_what_a_merge_brings_up_to_date_does_not_come_twice(stranger: Caller, world: World, item: str) -> None:
    entries = [shown(world("shelf_life"), item=item)]
    answer = stranger.call_showing(world("put_days"), {"item": item, "count": 4}, entries)
    assert answer.json["merge"][0]["value"] == 4
    assert answer.refresh == []


def test_what_a_merge_has_the_client_read_again_comes(stranger: Caller, world: World, item: str) -> None:
    entries = [shown(world("labels_of"), item=item), shown(world("labels_of"), item="another")]
    answer = stranger.call_showing(world("put_label"), {"item": item}, entries)
    assert [entry["bundle"] for entry in answer.refresh] == [{world("labels_of"): [f"{item}0"]}]


def test_calls_inside_count(stranger: Caller, world: World, item: str) -> None:
    entries = [shown(world("stock"), item=item)]
    answer = stranger.call_showing(world("put_through"), {"item": item, "count": 5}, entries)
    assert answer.refresh[0]["bundle"][world("level")] == 5


def test_each_is_for_whom_the_call_is(target: Target, world: World, item: str) -> None:
    entries = [shown(world(name), item=item) for name in ("stock_of_mine", "stock_for_staff")]
    arguments = {"item": item, "count": 0}
    assert target.stranger().call_showing(world("put"), arguments, entries).refresh == []
    identity = "4711"
    plain = target.bearer(mint(identity)).call_showing(world("put"), arguments, entries).refresh
    assert [entry["bundle"] for entry in plain] == [{world("my_level"): f"{identity}: 0"}]
    staff = target.bearer(mint("1", staff=True)).call_showing(world("put"), arguments, entries).refresh
    assert [entry["context"] for entry in staff] == [world("stock_of_mine"), world("stock_for_staff")]


@pytest.mark.django
def test_a_session_will_do(target: Target, world: World, item: str) -> None:
    entries = [shown(world("stock_of_mine"), item=item)]
    answer = target.member("plain").call_showing(world("put"), {"item": item, "count": 1}, entries)
    assert [entry["bundle"] for entry in answer.refresh] == [{world("my_level"): f"{target.member_id('plain')}: 1"}]


@pytest.mark.fastapi
def test_nothing_comes_of_a_user_who_cannot_be_loaded_anew(target: Target, world: World, item: str) -> None:
    entries = [shown(world("stock_of_mine"), item=item), shown(world("stock"), item=item)]
    assert target.member("plain").call_showing(world("put"), {"item": item, "count": 1}, entries).refresh == []


def test_what_fails_is_left_out(stranger: Caller, world: World, item: str) -> None:
    names = ("broken_stock", "collapsing_stock", "stock")
    entries = [shown(world(name), item=item) for name in names]
    bad = [shown(world("stock")), shown(world("stock"), item=item, nope=1), shown(world("stock"), item=[item, "x"])]
    answer = stranger.call_showing(world("put"), {"item": item, "count": 1}, [*entries, *bad])
    assert [entry["context"] for entry in answer.refresh] == [world("stock")]


def test_what_takes_long_is_left_out(stranger: Caller, item: str) -> None:
    entries = [shown("stock", item=item), shown("slow_stock", item=item)]
    answer = stranger.call_showing("put_slowly", {"item": item, "count": 1}, entries)
    assert answer.result == 1
    assert answer.refresh[0]["context"] == "stock"


def test_an_error_brings_nothing(stranger: Caller, world: World, item: str) -> None:
    entries = [shown(world("stock"), item=item)]
    answer = stranger.call_showing(world("put_and_fail"), {"item": item, "count": 1}, entries).refused("CONFLICT")
    assert "refresh" not in answer.json


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        {},
        "user",
        [None],
        ["user"],
        [{}],
        [{"context": "global"}],
        [{"params": {}}],
        [{"context": "global", "params": {}, "more": 1}],
        [{"context": 1, "params": {}}],
        [{"context": "global", "params": []}],
        [{"context": "global", "params": None}],
        [{"context": "unknown", "params": {}}],
        [{"context": "user_profile", "params": {}}],
        [{"context": "a b;c", "params": {}}],
        [{"context": "global", "params": {}}] * 17,
    ],
)
def test_what_is_no_list_of_entries_is_refused_before_anything_runs(
    stranger: Caller, world: World, item: str, wrong: Any
) -> None:
    stranger.call_showing(world("put"), {"item": item, "count": 1}, wrong).refused("BAD_REQUEST")
    assert stranger.fetch(world("stock"), item=item).json[world("level")] == 0


def test_sixteen_will_do(stranger: Caller, world: World, item: str) -> None:
    entries = [shown(world("stock"), item=item)] * 16
    assert len(stranger.call_showing(world("put"), {"item": item, "count": 1}, entries).refresh) == 16


def test_params_are_what_the_query_of_a_fetch_says(stranger: Caller, world: World) -> None:
    params = {"query": "q", "tags": ["a", None, "b"], "numbers": [1, 2]}
    answer = stranger.call_showing(world("reindex"), {}, [shown(world("search"), **params)])
    assert (
        answer.refresh[0]["bundle"] == stranger.fetch(world("search"), query="q", tags=["a", "b"], numbers=[1, 2]).json
    )
    assert answer.refresh[0]["params"] == params
