"""``GET session/``."""

from __future__ import annotations

import pytest

from tests.conformance.caller import Caller
from tests.conformance.target import Target


@pytest.mark.fastapi
def test_there_is_no_csrf_token_in_fastapi(target: Target) -> None:
    for caller in (Caller(target.http()), target.member("plain")):
        answer = caller.session()
        assert (answer.status, answer.body) == (200, b'{"csrfToken":null}')
        assert "Set-Cookie" not in answer.headers


@pytest.mark.django
def test_django_gives_a_token_and_its_cookie(target: Target) -> None:
    caller = Caller(target.http())
    answer = caller.session()
    assert answer.status == 200
    assert len(answer.json["csrfToken"]) >= 32
    assert "csrftoken" in caller.http.cookies


@pytest.mark.django
def test_the_token_of_one_visitor_is_not_that_of_another(target: Target) -> None:
    first, second = (Caller(target.http()) for _ in range(2))
    assert first.session().json != second.session().json
    assert first.http.cookies["csrftoken"] != second.http.cookies["csrftoken"]


def test_it_does_not_start_a_session(target: Target) -> None:
    caller = Caller(target.http())
    caller.session()
    assert not [name for name in caller.http.cookies if "session" in name]


def test_its_answer_is_canonical_json(stranger: Caller) -> None:
    assert b" " not in stranger.session().body
