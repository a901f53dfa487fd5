"""Functions that return a framework's response: it goes through as it is, told what it made stale, never stored."""

from __future__ import annotations

import pytest

from tests.conformance.caller import Caller
from tests.conformance.conftest import World
from tests.conformance.target import Target


def test_the_response_goes_through(stranger: Caller, world: World) -> None:
    response = stranger.view(world("view_affecting"), {"user_id": 5})
    assert (response.status_code, response.text) == (201, "<p>5</p>")
    assert response.headers["Content-Type"].startswith("text/html")
    assert response.headers["X-Own"] == "kept"
    assert response.cookies["flavour"] == "sweet"


def test_invalidation_and_no_store_are_added(stranger: Caller, world: World) -> None:
    response = stranger.view(world("view_affecting"), {"user_id": 5})
    assert response.headers.get_list("X-Mizan-Invalidate") == [f"{world('user')};user_id=5"]
    assert response.headers.get_list("Cache-Control") == ["no-store"]


def test_nothing_stale_no_header(stranger: Caller, world: World) -> None:
    response = stranger.view(world("view_plain"))
    assert (response.status_code, response.text) == (200, "plain")
    assert "X-Mizan-Invalidate" not in response.headers
    assert response.headers["Cache-Control"] == "no-store"


def test_redirects_and_streams(stranger: Caller, world: World) -> None:
    response = stranger.view(world("view_redirecting"), {"user_id": 5})
    assert (response.status_code, response.headers["Location"]) == (303, "/elsewhere")
    assert response.headers["X-Mizan-Invalidate"] == f"{world('user')};user_id=5"
    response = stranger.view(world("view_streaming"), {"user_id": 5})
    assert (response.status_code, response.text) == (200, "one two")
    assert response.headers["X-Mizan-Invalidate"] == f"{world('user')};user_id=5"


@pytest.mark.parametrize("name", ["\r\nSet-Cookie: stolen=1", "é😀", "a, b;c=d", "\u2028", "x" * 5_000])
def test_arguments_do_not_break_the_header(stranger: Caller, world: World, name: str) -> None:
    response = stranger.view(world("view_naming"), {"name": name})
    assert response.status_code == 200
    assert "Set-Cookie" not in response.headers
    assert response.headers["X-Mizan-Invalidate"].startswith(world("label"))


def test_errors_have_the_envelope(target: Target, world: World) -> None:
    target.stranger().call(world("view_affecting")).refused("VALIDATION_ERROR")
    target.stranger().call(world("view_for_staff"), {"user_id": 5}).refused("UNAUTHORIZED")
    target.member("plain").call(world("view_for_staff"), {"user_id": 5}).refused("FORBIDDEN")
    assert target.member("staff").view(world("view_for_staff"), {"user_id": 5}).text == "staff"


@pytest.mark.logs_tracebacks
def test_what_is_no_response_is_the_servers_fault(target: Target, world: World) -> None:
    offset = target.log_size()
    answer = target.stranger().call(world("view_lying"), {"user_id": 5}).refused("INTERNAL_ERROR")
    assert answer.header == f"{world('user')};user_id=5"
    target.logged("view_lying", offset)
