"""Methods and content types."""

from __future__ import annotations

import pytest

from tests.conformance.caller import Caller
from tests.conformance.target import Target

VALID = b'{"fn":"add","args":{"a":1}}'
READ = ["session/", "ctx/global/"]


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"])
def test_call_takes_post_alone(stranger: Caller, method: str) -> None:
    answer = stranger.request(method, "call/")
    assert answer.status == 405
    assert answer.headers["Allow"] == "POST"
    assert method == "HEAD" or answer.code == "METHOD_NOT_ALLOWED"


@pytest.mark.parametrize("path", READ)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"])
def test_session_and_contexts_are_read_alone(target: Target, path: str, method: str) -> None:
    for caller in (target.stranger(), Caller(target.member("plain").http), target.bearer("not a token")):
        answer = caller.request(method, path).refused("METHOD_NOT_ALLOWED")
        assert "GET" in answer.headers["Allow"].split(", ")


@pytest.mark.parametrize("path", READ)
def test_head_is_get_without_a_body(stranger: Caller, path: str) -> None:
    answer = stranger.request("HEAD", path)
    assert (answer.status, answer.body) == (200, b"")
    assert stranger.request("HEAD", "ctx/unknown/").status == 404


def test_a_wrong_method_on_an_unknown_context(stranger: Caller) -> None:
    assert stranger.request("POST", "ctx/unknown/").status in (404, 405)


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "application/json; charset=utf-8",
        "application/json;charset=UTF-8",
        "Application/JSON",
        "application/json ;charset=utf-8",
        'application/json; profile="a;b"',
    ],
)
def test_json_is_taken(stranger: Caller, content_type: str) -> None:
    assert stranger.post(VALID, content_type).result == 3


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "",
        "text/plain",
        "text/plain; charset=utf-8",
        "text/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonp",
        "application/json-patch+json",
        "application/problem+json",
        "application/octet-stream",
        "text/plain; application/json",
        "text/plain, application/json",
        "application",
        "json",
        "*/*",
        "application/json, text/plain",
        "text/plain;application/json;charset=utf-8",
    ],
)
def test_anything_else_is_415(target: Target, content_type: str | None) -> None:
    for caller in (target.stranger(), target.member("plain")):
        caller.post(VALID, content_type).refused("UNSUPPORTED_MEDIA_TYPE")


def test_forms_are_415(stranger: Caller) -> None:
    form = {"fn": "add", "args": '{"a":1}'}
    stranger.request("POST", "call/", data=form).refused("UNSUPPORTED_MEDIA_TYPE")
    stranger.request("POST", "call/", data=form, files={"file": b"x"}).refused("UNSUPPORTED_MEDIA_TYPE")
    stranger.request("POST", "call/").refused("UNSUPPORTED_MEDIA_TYPE")


def test_a_query_on_call_means_nothing(stranger: Caller) -> None:
    answer = stranger.request("POST", "call/?fn=echo", json={"fn": "add", "args": {"a": 1}})
    assert answer.result == 3
