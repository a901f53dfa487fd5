"""``GET ctx/?...``: several bundles in one request."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conformance.caller import Caller
from tests.conformance.conftest import World
from tests.conformance.target import Target
from tests.conformance.tokens import mint


def alone(caller: Caller, context: str, params: dict[str, Any]) -> dict[str, Any]:
    """What the fetch of one part answers by itself."""
    answer = caller.fetch(context, **params)
    if answer.status != 200:
        return {"status": answer.status, "error": answer.json["error"]}
    return {
        "status": 200,
        "cache": answer.headers["X-Mizan-Cache"],
        "scope": answer.headers["X-Mizan-Scope"],
        "bundle": answer.json,
    }


def test_each_part_is_what_its_own_fetch_is(target: Target, world: World) -> None:
    parts: list[tuple[str, dict[str, Any]]] = [
        (world("user"), {"user_id": 5}),
        ("global", {}),
        (world("user"), {"user_id": 6, "limit": 1}),
        (world("search"), {"query": "a&b=é+ %", "tags": ["x", "y"]}),
        (world("label"), {"name": ""}),
        (world("half_broken"), {}),
        (world("members"), {"number": 1}),
        (world("back_office"), {}),
        (world("user"), {}),
        (world("user"), {"user_id": 5, "nope": 1}),
        ("unknown", {}),
    ]
    for caller in (target.stranger(), target.member("plain"), target.member("staff"), target.bearer(mint("4711"))):
        answer = caller.fetch_several(*parts)
        assert answer.json["bundles"] == [alone(caller, context, params) for context, params in parts]


@pytest.mark.logs_tracebacks
def test_an_unforeseen_failure_is_its_parts_alone(target: Target, world: World) -> None:
    offset = target.log_size()
    parts: list[tuple[str, dict[str, Any]]] = [(world("unforeseen"), {}), ("global", {}), (world("unforeseen"), {})]
    answer = target.stranger().fetch_several(*parts)
    assert [part["status"] for part in answer.json["bundles"]] == [500, 200, 500]
    assert answer.json["bundles"][0]["error"]["code"] == "INTERNAL_ERROR"
    target.logged("Traceback", offset)


@pytest.mark.parametrize(
    "query",
    ["", "?", "?&", "?" + "global=&" * 16 + "global=", "?user=%25ff", "?%ff=", "?user=" + "a%3D1%26" * 1_001],
)
def test_what_is_no_list_of_fetches_is_refused(stranger: Caller, query: str) -> None:
    stranger.fetch_several_raw(query).refused("BAD_REQUEST")


def test_sixteen_will_do(stranger: Caller) -> None:
    assert len(stranger.fetch_several_raw("?" + "&".join(["global"] * 16)).json["bundles"]) == 16


def test_parameters_are_encoded_once_more(stranger: Caller, world: World) -> None:
    answer = stranger.fetch_several_raw(f"?{world('label')}=name%3Da%2526b%25C3%25A9")
    assert answer.json["bundles"][0]["bundle"] == {world("label"): "a&bé"}


def test_an_invalid_token_refuses_all(target: Target, world: World) -> None:
    target.bearer("no token").fetch_several(("global", {})).refused("UNAUTHORIZED")


def test_other_methods(stranger: Caller) -> None:
    assert stranger.request("HEAD", "ctx/?global").status == 200
    answer = stranger.request("POST", "ctx/?global").refused("METHOD_NOT_ALLOWED")
    assert answer.headers["Allow"] == "GET, HEAD"


def test_it_needs_no_csrf_token(target: Target, world: World) -> None:
    without = Caller(target.member("plain").http)
    assert without.fetch_several((world("members"), {"number": 1})).json["bundles"][0]["status"] == 200


def test_the_whole_says_who_answers_and_who_asks(target: Target, world: World) -> None:
    member = target.member("plain")
    one = member.fetch(world("members"), number=1).headers
    several = member.fetch_several((world("half_broken"), {}), (world("members"), {"number": 1})).headers
    assert [several[name] for name in ("X-Mizan-Interface", "X-Mizan-Viewer")] == [
        one[name] for name in ("X-Mizan-Interface", "X-Mizan-Viewer")
    ]
    assert "X-Mizan-Scope" not in several
    assert "X-Mizan-Cache" not in several
