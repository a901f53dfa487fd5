"""The order of the steps: find, private, auth, validate (protocol.md section 9)."""

from __future__ import annotations

from tests.conformance.caller import Caller
from tests.conformance.conftest import World
from tests.conformance.target import Target

INVALID = {"number": "none"}


def test_404_comes_before_everything(target: Target) -> None:
    for caller in (target.stranger(), target.member("plain"), target.bearer("not a token")):
        caller.call("unknown", INVALID).refused("NOT_FOUND")
        caller.fetch("unknown", nope=1).refused("NOT_FOUND")


def test_private_comes_before_auth(target: Target, world: World) -> None:
    for caller in (target.stranger(), target.member("plain"), target.member("staff"), target.bearer("not a token")):
        caller.call(world("private_for_staff"), INVALID).refused("FORBIDDEN")
        caller.call(world("private_for_staff"), {"number": 1}).refused("FORBIDDEN")


def test_auth_comes_before_validation(target: Target, world: World) -> None:
    cases = (
        (target.stranger(), "UNAUTHORIZED"),
        (target.bearer("not a token"), "UNAUTHORIZED"),
        (target.member("plain"), "FORBIDDEN"),
        (target.member("staff"), "VALIDATION_ERROR"),
    )
    for caller, code in cases:
        caller.call(world("for_staff_only"), INVALID).refused(code)
    for caller, code in cases[:2]:
        caller.call(world("gate_never"), INVALID).refused(code)
        caller.fetch(world("members"), number="none").refused(code)
        caller.fetch(world("members"), nope="none").refused(code)
    target.member("plain").fetch(world("members"), number="none").refused("VALIDATION_ERROR")


def test_a_method_or_body_that_is_none_comes_first(stranger: Caller) -> None:
    stranger.request("GET", "call/").refused("METHOD_NOT_ALLOWED")
    stranger.post(b"{", content_type="text/plain").refused("UNSUPPORTED_MEDIA_TYPE")
    stranger.post(b'{"fn":"unknown","args":[]}').refused("BAD_REQUEST")
    stranger.post(b'{"fn":"unknown","other":1}').refused("BAD_REQUEST")
