"""``POST call/<fn>/``: the same call, with its function where access logs and monitoring look."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.conformance.answers import Answer, read_call
from tests.conformance.caller import JSON, Caller
from tests.conformance.conftest import World
from tests.conformance.target import Target


def call(caller: Caller, named: str, body: Any, content_type: str = JSON) -> Answer:
    headers = {**caller.headers, "Content-Type": content_type}
    return read_call(
        caller.http.post(f"{caller.base}call/{named}/", content=json.dumps(body).encode(), headers=headers)
    )


@pytest.mark.parametrize("fn", [{}, {"fn": "add"}])
def test_it_is_the_same_call(stranger: Caller, world: World, fn: dict[str, str]) -> None:
    body = {name: world(value) for name, value in fn.items()} | {"args": {"a": 1}}
    assert call(stranger, world("add"), body).body == stranger.call(world("add"), {"a": 1}).body


def test_arguments_may_be_left_out(stranger: Caller, world: World) -> None:
    call(stranger, world("add"), {}).refused("VALIDATION_ERROR")


def test_invalidation(stranger: Caller, world: World) -> None:
    named = call(stranger, world("relabel"), {"args": {"name": "x"}})
    assert named.json == stranger.call(world("relabel"), {"name": "x"}).json


@pytest.mark.parametrize("fn", ["echo", "", None, 5, "nothing"])
def test_another_function_in_the_body(stranger: Caller, world: World, fn: Any) -> None:
    call(stranger, world("add"), {"fn": fn, "args": {"a": 1}}).refused("BAD_REQUEST")


@pytest.mark.parametrize("named", ["nowhere", "add.", "%00", "a%20b", "%F0%9F%98%80"])
def test_no_such_function(stranger: Caller, named: str) -> None:
    call(stranger, named, {}).refused("NOT_FOUND")


def test_the_rules_of_calls_hold(target: Target, world: World) -> None:
    stranger = target.stranger()
    call(stranger, world("for_users"), {"args": {"number": 1}}).refused("UNAUTHORIZED")
    call(stranger, world("add"), {"args": {"a": 1}}, "text/plain").refused("UNSUPPORTED_MEDIA_TYPE")
    assert stranger.request("GET", f"call/{world('add')}/").refused("METHOD_NOT_ALLOWED").headers["Allow"] == "POST"
    member = target.member("plain")
    assert call(member, world("for_users"), {"args": {"number": 1}}).status == 200


@pytest.mark.django
def test_csrf(target: Target, world: World) -> None:
    caller = Caller(target.new_member("plain"))
    call(caller, world("for_users"), {"args": {"number": 1}}).refused("CSRF_FAILED")
