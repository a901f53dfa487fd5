"""``GET ctx/<name>/``: bundles."""

from __future__ import annotations

import pytest

from tests.conformance.caller import Caller
from tests.conformance.conftest import World
from tests.conformance.target import Target


def test_a_bundle_is_sorted_and_spliced(stranger: Caller, world: World) -> None:
    answer = stranger.fetch(world("user"), user_id=5)
    assert answer.body.decode() == (
        f'{{"{world("user_orders")}":[{{"id":0,"user_id":5}},{{"id":1,"user_id":5}}],'
        f'"{world("user_profile")}":{{"user_id":5,"name":"user 5"}}}}'
    )
    assert answer.headers["X-Mizan-Cache"] == "BYPASS"
    assert answer.header is None


def test_each_function_gets_only_its_parameters(stranger: Caller, world: World) -> None:
    answer = stranger.fetch(world("user"), user_id=5, limit=1)
    assert answer.json[world("user_orders")] == [{"id": 0, "user_id": 5}]
    assert answer.json[world("user_profile")] == {"user_id": 5, "name": "user 5"}


def test_the_singleton_context(stranger: Caller) -> None:
    assert stranger.fetch("global").json == {"site_name": "conformance"}


def test_private_functions_are_left_out(stranger: Caller, world: World) -> None:
    assert world("user_secret") not in stranger.fetch(world("user"), user_id=5).json


def test_view_path_functions_are_left_out(stranger: Caller, world: World) -> None:
    assert world("view_in_context") not in stranger.fetch(world("user"), user_id=5).json


def test_a_repeated_key_is_a_list_where_the_parameter_is_one(stranger: Caller, world: World) -> None:
    answer = stranger.fetch(world("search"), query="q", tags=["a", "b"], numbers=[1, 2])
    assert answer.json == {world("hits"): ["q", "a", "b", "1", "2"], world("suggestion"): "Q"}


def test_a_single_key_is_a_list_of_one(stranger: Caller, world: World) -> None:
    assert stranger.fetch(world("search"), query="q", tags="a").json[world("hits")] == ["q", "a"]


def test_a_none_in_a_bundle(stranger: Caller, world: World) -> None:
    assert stranger.fetch(world("search"), query="").json == {world("hits"): [""], world("suggestion"): None}


def test_one_failing_function_fails_the_fetch(stranger: Caller, world: World) -> None:
    answer = stranger.fetch(world("half_broken")).refused("CONFLICT")
    assert answer.json == {"error": {"code": "CONFLICT", "message": "This part is broken."}}


def test_two_failing_functions_fail_it_once(stranger: Caller, world: World) -> None:
    answer = stranger.fetch(world("all_broken")).refused("CONFLICT")
    assert answer.json == {"error": {"code": "CONFLICT", "message": "This part is broken."}}


@pytest.mark.logs_tracebacks
def test_an_unforeseen_failure_fails_the_fetch(stranger: Caller, world: World) -> None:
    assert stranger.fetch(world("unforeseen")).refused("INTERNAL_ERROR").details == {}


def test_one_guarded_function_guards_the_bundle(target: Target, world: World) -> None:
    target.stranger().fetch(world("members"), number=1).refused("UNAUTHORIZED")
    assert target.member("plain").fetch(world("members"), number=1).json == {
        world("for_everybody"): 1,
        world("for_members"): 1,
    }


def test_a_bundle_for_staff(target: Target, world: World) -> None:
    target.stranger().fetch(world("back_office")).refused("UNAUTHORIZED")
    target.member("plain").fetch(world("back_office")).refused("FORBIDDEN")
    assert target.member("staff").fetch(world("back_office")).json == {world("for_staff"): "staff"}


def test_a_fetch_needs_no_csrf_token(target: Target, world: World) -> None:
    without = Caller(target.member("plain").http)
    assert without.fetch(world("members"), number=1).status == 200


@pytest.mark.parametrize(
    "name",
    [
        "unknown",
        "User",
        "user.",
        "user%20",
        "a%20b",
        "%00",
        "%0a",
        "%0d%0aX-Injected:1",
        "%C3%A9",
        "%F0%9F%98%80",
        "%ff",
        "..%5c",
        "%22",
        "%3Cscript%3E",
        "x" * 129,
        "x" * 10_000,
        "__class__",
        "user_profile",
    ],
)
def test_an_unknown_context_is_not_found(stranger: Caller, name: str) -> None:
    answer = stranger.fetch_raw(f"{name}/").refused("NOT_FOUND")
    assert "X-Injected" not in answer.headers


def test_a_name_with_a_slash_is_no_context(target: Target) -> None:
    http = target.stranger().http
    for name in ("a%2Fb", "user/x", "user%2F"):
        request = http.build_request("GET", "/", extensions={"target": f"/api/mizan/ctx/{name}/".encode()})
        assert http.send(request).status_code == 404


def test_a_missing_parameter_is_named(stranger: Caller, world: World) -> None:
    assert stranger.fetch(world("user")).refused("VALIDATION_ERROR").details.keys() == {"user_id"}


def test_a_parameter_that_no_function_declares_is_named(stranger: Caller, world: World) -> None:
    answer = stranger.fetch(world("user"), user_id=5, nope=1).refused("VALIDATION_ERROR")
    assert answer.details.keys() == {"nope"}
    assert stranger.fetch("global", nope=1).refused("VALIDATION_ERROR").details.keys() == {"nope"}


def test_the_parameters_of_a_private_function_count_for_nobody(stranger: Caller, world: World) -> None:
    stranger.fetch(world("user"), user_id=5, key=1).refused("VALIDATION_ERROR")


def test_a_scalar_given_twice_is_refused(stranger: Caller, world: World) -> None:
    answer = stranger.fetch(world("user"), user_id=[5, 6]).refused("VALIDATION_ERROR")
    assert answer.details.keys() == {"user_id"}
    stranger.fetch(world("user"), user_id=[5, 5]).refused("VALIDATION_ERROR")


def test_faults_of_several_functions_are_told_together(stranger: Caller, world: World) -> None:
    answer = stranger.fetch(world("user"), user_id="x", limit="y").refused("VALIDATION_ERROR")
    assert answer.details.keys() == {"user_id", "limit"}
