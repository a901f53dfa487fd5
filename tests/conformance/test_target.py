"""The targets are what their names say; otherwise nothing else here would show anything."""

from __future__ import annotations

import pytest

from tests.conformance.caller import Caller
from tests.conformance.target import Target


def test_it_runs_the_engine_that_it_is_named_after(target: Target) -> None:
    assert target.http().get("/test/engine/").json() == {"engine": target.facade.engine}


def test_sessions_are_those_of_their_users(target: Target) -> None:
    for name in ("plain", "staff"):
        assert target.member(name).call("whoami").result.split()[0] == target.member_id(name)
    assert target.member_id("plain") != target.member_id("staff")
    assert target.stranger().call("whoami").result == "anonymous"


@pytest.mark.django
def test_clients_are_discovered(stranger: Caller) -> None:
    assert stranger.call("discovered").result == "found"


@pytest.mark.fastapi
def test_the_default_router_serves_the_default_registry(target: Target) -> None:
    caller = Caller(target.http(), base="/default/mizan/")
    assert caller.session().json == {"csrfToken": None}
    assert caller.call("add", {"a": 1}).result == 3
    assert caller.fetch("user", user_id=5).json["user_profile"] == {"user_id": 5, "name": "user 5"}


@pytest.mark.fastapi
def test_the_applications_own_pages_stay(target: Target) -> None:
    http = target.http()
    assert http.get("/openapi.json").status_code == 200
    assert http.get("/docs").status_code == 200
