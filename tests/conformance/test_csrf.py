"""Django: a call that rides on a session must prove that its page is ours."""

from __future__ import annotations

import pytest

from tests.conformance.caller import Caller
from tests.conformance.conftest import World
from tests.conformance.target import Target
from tests.conformance.tokens import mint

pytestmark = pytest.mark.django


def _csrf(token: str) -> dict[str, str]:
    return {"X-CSRFToken": token}


def test_the_way_of_a_first_visit(target: Target, world: World) -> None:
    http = target.http()
    caller = Caller(http)
    before = caller.session().json["csrfToken"]
    assert caller.call(world("whoami"), headers=_csrf(before)).result == "anonymous"
    http.get("/test/login/plain/").raise_for_status()
    target.secrets.add(http.cookies["sessionid"])
    after = caller.session().json["csrfToken"]
    assert caller.call(world("whoami"), headers=_csrf(after)).result == target.member_id("plain")
    caller.call(world("whoami"), headers=_csrf(before)).refused("CSRF_FAILED")


def test_a_missing_or_wrong_token_is_403(target: Target, world: World) -> None:
    caller = Caller(target.new_member("plain"))
    token = caller.session().json["csrfToken"]
    for headers in ({}, _csrf(""), _csrf("x" * len(token)), _csrf(token[:-1]), _csrf("é" * 8), _csrf(token + token)):
        raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
        for function in ("whoami", "for_users", "add", "rename"):
            answer = caller.call(world(function), {"user_id": 5}, raw).refused("CSRF_FAILED")
            assert answer.header is None
            assert "X-CSRFToken" in answer.json["error"]["message"]
    assert caller.call(world("whoami"), headers=_csrf(token)).status == 200


def test_the_token_of_another_visitor_is_wrong(target: Target, world: World) -> None:
    other = Caller(target.new_member("plain")).session().json["csrfToken"]
    caller = Caller(target.new_member("plain"))
    caller.session()
    caller.call(world("whoami"), headers=_csrf(other)).refused("CSRF_FAILED")


def test_a_token_without_its_cookie_is_403(target: Target, world: World) -> None:
    http = target.new_member("plain")
    token = Caller(http).session().json["csrfToken"]
    http.cookies.delete("csrftoken")
    Caller(http, _csrf(token)).call(world("whoami")).refused("CSRF_FAILED")


def test_a_session_that_has_not_asked_for_a_token(target: Target, world: World) -> None:
    Caller(target.new_member("plain")).call(world("whoami")).refused("CSRF_FAILED")


def test_any_session_cookie_counts(target: Target, world: World) -> None:
    http = target.http()
    http.cookies.set("sessionid", "of-nobody")
    Caller(http).call(world("add"), {"a": 1}).refused("CSRF_FAILED")
    token = Caller(http).session().json["csrfToken"]
    assert Caller(http, _csrf(token)).call(world("add"), {"a": 1}).result == 3


def test_a_stranger_needs_none(target: Target, world: World) -> None:
    assert Caller(target.http()).call(world("rename"), {"user_id": 5}).status == 200


def test_another_origin_is_403(target: Target, world: World) -> None:
    member = target.member("plain")
    own = {"Origin": target.url}
    assert member.call(world("whoami"), headers=own).status == 200
    for origin in ("https://evil.example", "null", target.url + ".evil.example"):
        answer = member.call(world("whoami"), headers={"Origin": origin}).refused("CSRF_FAILED")
        # The token is right: to look for another one would mend nothing.
        assert "CSRF_TRUSTED_ORIGINS" in answer.json["error"]["message"]


def test_a_valid_token_header_exempts(target: Target, world: World) -> None:
    token = mint("4711")
    target.secrets.add(token)
    caller = Caller(target.new_member("plain"), {"X-Mizan-Token": token})
    assert caller.call(world("whoami")).result == "4711"
    assert caller.call(world("rename"), {"user_id": 5}).status == 200
    assert caller.call(world("whoami"), headers={"Origin": "https://evil.example"}).result == "4711"


def test_an_invalid_token_header_does_not(target: Target, world: World) -> None:
    for token in ("", "x", mint(exp=1)):
        caller = Caller(target.new_member("plain"), {"X-Mizan-Token": token})
        caller.call(world("whoami")).refused("UNAUTHORIZED")
        caller.call(world("rename"), {"user_id": 5}).refused("UNAUTHORIZED")


def test_obtaining_a_token_is_protected(target: Target) -> None:
    Caller(target.new_member("plain")).call("mwt_obtain").refused("CSRF_FAILED")
    assert target.member("plain").call("mwt_obtain").status == 200


def test_nothing_has_run_when_it_is_refused(target: Target) -> None:
    count = "note_count"
    before = target.stranger().fetch("notes").json[count]
    Caller(target.new_member("plain")).call("add_note", {"text": "forged"}).refused("CSRF_FAILED")
    assert target.stranger().fetch("notes").json[count] == before


def test_it_comes_before_validation_and_after_finding(target: Target, world: World) -> None:
    caller = Caller(target.new_member("plain"))
    caller.call(world("add"), {"a": "none"}).refused("CSRF_FAILED")
    caller.call("unknown").refused("NOT_FOUND")
