"""What answers say of who gives them and who gets them: ``X-Mizan-Interface`` and ``X-Mizan-Viewer``."""

from __future__ import annotations

import re

import pytest

from tests.conformance.answers import Answer
from tests.conformance.caller import Caller
from tests.conformance.conftest import World
from tests.conformance.target import Target
from tests.conformance.tokens import mint

INTERFACE, VIEWER = "X-Mizan-Interface", "X-Mizan-Viewer"


def _viewer(answer: Answer) -> str | None:
    value: str | None = answer.headers.get(VIEWER)
    return value


def test_every_answer_says_which_interface_gives_it(stranger: Caller, world: World) -> None:
    answers = [
        stranger.session(),
        stranger.call(world("add"), {"a": 1}),
        stranger.call(world("add"), {"a": "none"}).refused("VALIDATION_ERROR"),
        stranger.call("unknown").refused("NOT_FOUND"),
        stranger.post(b"{").refused("BAD_REQUEST"),
        stranger.request("PUT", "call/").refused("METHOD_NOT_ALLOWED"),
        stranger.request("POST", f"ctx/{world('user')}/").refused("METHOD_NOT_ALLOWED"),
        stranger.request("POST", "session/").refused("METHOD_NOT_ALLOWED"),
        stranger.fetch(world("user"), user_id=5),
        stranger.fetch(world("user")).refused("VALIDATION_ERROR"),
        stranger.fetch("unknown").refused("NOT_FOUND"),
        stranger.request("HEAD", "ctx/global/"),
    ]
    [mark] = {answer.headers[INTERFACE] for answer in answers}
    assert re.fullmatch(r"[0-9a-f]{16}", mark)


def test_a_view_functions_response_has_them_too(target: Target, world: World) -> None:
    member = target.member("plain")
    response = member.view(world("view_plain"))
    known = member.call(world("whoami"))
    assert (response.headers[INTERFACE], response.headers[VIEWER]) == (known.headers[INTERFACE], _viewer(known))


def test_one_viewer_has_one_mark_and_others_another(target: Target, world: World) -> None:
    marks = [
        _viewer(caller.call(world("whoami")))
        for caller in (target.stranger(), target.member("plain"), target.member("staff"), target.bearer(mint("4711")))
    ]
    assert len(set(marks)) == len(marks)
    for mark in marks:
        assert mark is not None
        assert re.fullmatch(r"[\x21-\x7e]{1,64}", mark)
    again = [
        _viewer(caller.fetch(world("members"), number=1))
        for caller in (target.stranger(), target.member("plain"), target.member("staff"), target.bearer(mint("4711")))
    ]
    assert again == marks


def test_a_token_and_a_session_of_one_user_are_one_viewer(target: Target, world: World) -> None:
    by_session = _viewer(target.member("plain").call(world("whoami")))
    by_token = _viewer(target.bearer(mint(target.member_id("plain"))).call(world("whoami")))
    assert by_session == by_token


def test_the_flags_of_a_viewer_count(target: Target, world: World) -> None:
    plain, staff = (_viewer(target.bearer(mint("1", staff=flag)).call(world("whoami"))) for flag in (False, True))
    assert plain != staff


def test_who_is_refused_is_told_who_they_are(target: Target, world: World) -> None:
    plain = target.member("plain")
    refused = plain.call(world("for_staff_only"), {"number": 1}).refused("FORBIDDEN")
    assert _viewer(refused) == _viewer(plain.call(world("whoami")))
    assert _viewer(target.stranger().call(world("for_users"), {"number": 1}).refused("UNAUTHORIZED")) is not None


def test_nothing_is_said_where_nobody_has_asked(target: Target, world: World) -> None:
    assert _viewer(target.bearer("no token").call(world("whoami")).refused("UNAUTHORIZED")) is None
    assert _viewer(target.member("plain").call("unknown").refused("NOT_FOUND")) is None
    assert _viewer(target.stranger().fetch(world("user"), user_id=5)) is None


@pytest.mark.django
def test_a_call_without_a_csrf_token_says_who_has_asked(target: Target, world: World) -> None:
    """A page whose viewer is another by now must not send it again with a new token."""
    refused = Caller(target.new_member("plain")).call(world("whoami")).refused("CSRF_FAILED")
    assert _viewer(refused) == _viewer(target.member("plain").call(world("whoami"))) is not None
