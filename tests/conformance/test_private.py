"""Private functions, and what calls made by server code add to an answer."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conformance.conftest import World
from tests.conformance.target import Target
from tests.conformance.tokens import mint


def test_nobody_may_call_them(target: Target, world: World) -> None:
    bearer = target.bearer(mint(staff=True, super=True))
    for caller in (target.stranger(), target.member("plain"), target.member("superuser"), bearer):
        answer = caller.call(world("move_team"), {"team_id": 3}).refused("FORBIDDEN")
        assert answer.header is None
        caller.call(world("user_secret"), {"user_id": 3}).refused("FORBIDDEN")


def test_calls_of_server_code_make_their_data_stale(target: Target, world: World) -> None:
    answer = target.stranger().call(world("promote"), {"user_id": 5})
    assert answer.result == "moved 3, Boss"
    _assert_stale(answer.invalidate, [_entry(world("team"), team_id=3), _entry(world("user"), user_id=5)])
    assert set((answer.header or "").split(", ")) == {f"{world('team')};team_id=3", f"{world('user')};user_id=5"}


def test_functions_of_the_other_kind_can_be_called(target: Target, world: World) -> None:
    answer = target.stranger().call(world("promote_across"), {"user_id": 5})
    assert answer.result == "Boss"
    other = "user" if world.suffix else "user_async"
    assert answer.invalidate == [_entry(other, user_id=5)]


@pytest.mark.logs_tracebacks
def test_invalid_arguments_inside_are_the_servers_fault(target: Target, world: World) -> None:
    offset = target.log_size()
    answer = target.stranger().call(world("call_wrongly"), {"text": "marker-93fa"}).refused("INTERNAL_ERROR")
    assert b"marker-93fa" not in answer.body
    assert "marker-93fa" not in target.logged("call_wrongly", offset)


def test_equal_entries_are_said_once(target: Target, world: World) -> None:
    answer = target.stranger().call(world("promote_and_affect"), {"user_id": 5})
    _assert_stale(answer.invalidate, [_entry(world("user"), user_id=5), _entry(world("team"), team_id=3)])
    assert set((answer.header or "").split(", ")) == {f"{world('user')};user_id=5", f"{world('team')};team_id=3"}


def test_what_a_call_inside_would_merge_is_stale(target: Target, world: World) -> None:
    answer = target.stranger().call(world("put_inside"), {"cart_id": 5})
    assert "merge" not in answer.json
    (entry,) = answer.invalidate or []
    assert (entry["context"], entry["params"]) == (world("shop"), {"cart_id": 5})
    assert answer.header == f"{world('shop')};cart_id=5"


def test_calls_of_one_request_are_not_anothers(target: Target, world: World) -> None:
    stranger = target.stranger()
    stranger.call(world("promote"), {"user_id": 5})
    assert stranger.call(world("add"), {"a": 1}).body == b'{"result":3}'


def test_a_failure_after_a_call_is_a_failure(target: Target, world: World) -> None:
    target.stranger().call(world("promote_and_fail"), {"user_id": 5}).refused("CONFLICT")


def _entry(context: str, **params: int) -> dict[str, Any]:
    return {"context": context, "params": params}


def _assert_stale(entries: list[Any] | None, expected: list[Any]) -> None:
    assert sorted(entries or [], key=str) == sorted(expected, key=str)
