"""Errors that functions raise, foreseen and not."""

from __future__ import annotations

import pytest

from tests.conformance.answers import STATUSES
from tests.conformance.caller import Caller
from tests.conformance.conftest import TRACEBACK, World
from tests.conformance.functions.failures import CAUSE, ERRORS
from tests.conformance.target import Target
from tests.conformance.tokens import mint

MARKER = "marker-93fa"
"""An argument of one user, which is nobody else's business."""


def test_functions_may_raise_every_code_but_that_of_methods() -> None:
    assert ERRORS.keys() == STATUSES.keys() - {"METHOD_NOT_ALLOWED"}


@pytest.mark.parametrize("code", ERRORS)
def test_a_raised_error_is_answered_as_it_is(stranger: Caller, world: World, code: str) -> None:
    answer = stranger.call(world("fail_with"), {"code": code, "message": "Said by the function: é."}).refused(code)
    assert answer.json["error"] == {"code": code, "message": "Said by the function: é."}
    assert stranger.call(world("fail_with"), {"code": code}).refused(code).details == {}


@pytest.mark.parametrize("code", ERRORS)
def test_details_go_with_it(stranger: Caller, world: World, code: str) -> None:
    answer = stranger.call(world("fail_with_details"), {"code": code}).refused(code)
    assert answer.details == {"name": ["Taken."], "count": 3}


UNFORESEEN = [
    "fail_stop_iteration",
    "fail_stop_async_iteration",
    "fail_timeout",
    "fail_assertion",
    "fail_recursion",
    "fail_value_error",
    "fail_type_error",
]


@pytest.mark.logs_tracebacks
@pytest.mark.parametrize("function", UNFORESEEN)
def test_an_unforeseen_exception_says_nothing(target: Target, world: World, function: str) -> None:
    offset = target.log_size()
    answer = target.stranger().call(world(function)).refused("INTERNAL_ERROR")
    assert answer.json["error"].keys() == {"code", "message"}
    assert CAUSE.encode() not in answer.body
    assert TRACEBACK in target.logged(function, offset)


@pytest.mark.logs_tracebacks
@pytest.mark.parametrize("function", ["fail_unforeseen", "fail_chained"])
def test_its_traceback_is_logged_without_what_is_the_users(target: Target, world: World, function: str) -> None:
    offset = target.log_size()
    for caller in (target.stranger(), target.member("plain"), target.bearer(mint(MARKER))):
        answer = caller.call(world(function), {"text": MARKER}, {"X-Own": MARKER}).refused("INTERNAL_ERROR")
        assert CAUSE.encode() not in answer.body
        assert b"Error" not in answer.body.replace(b"INTERNAL_ERROR", b"")
    log = target.logged(f"RuntimeError: {CAUSE}", offset)
    assert TRACEBACK in log
    assert f"in {function}" in log
    assert MARKER not in log


@pytest.mark.logs_tracebacks
def test_the_messages_of_all_unforeseen_exceptions_are_one(stranger: Caller, world: World) -> None:
    bodies = {stranger.call(world(function)).body for function in UNFORESEEN}
    assert len(bodies) == 1


@pytest.mark.logs_tracebacks
def test_a_message_that_is_not_unicode(stranger: Caller, world: World) -> None:
    assert stranger.call(world("fail_surrogate")).code in ("CONFLICT", "INTERNAL_ERROR")


def test_invalid_arguments_are_not_logged(target: Target, world: World) -> None:
    offset = target.log_size()
    target.stranger().call(world("add"), {"a": MARKER, MARKER: 1}).refused("VALIDATION_ERROR")
    target.stranger().fetch(world("user"), user_id=MARKER).refused("VALIDATION_ERROR")
    assert MARKER not in target.logged_since(offset)


@pytest.mark.fastapi
@pytest.mark.parametrize("code", [code for code in ERRORS if code not in ("INTERNAL_ERROR", "NOT_IMPLEMENTED")])
def test_starlettes_exceptions(stranger: Caller, world: World, code: str) -> None:
    answer = stranger.call(world("raise_framework_error"), {"kind": str(STATUSES[code])}).refused(code)
    assert answer.json["error"]["message"] == "Said by the framework."


@pytest.mark.fastapi
def test_a_server_error_of_starlette_is_one(stranger: Caller, world: World) -> None:
    stranger.call(world("raise_framework_error"), {"kind": "500"}).refused("INTERNAL_ERROR")
    stranger.call(world("raise_framework_error"), {"kind": "501"}).refused("NOT_IMPLEMENTED")


@pytest.mark.django
@pytest.mark.parametrize(
    ("kind", "code"),
    [("Http404", "NOT_FOUND"), ("PermissionDenied", "FORBIDDEN"), ("ValidationError", "VALIDATION_ERROR")],
)
def test_djangos_exceptions(stranger: Caller, world: World, kind: str, code: str) -> None:
    stranger.call(world("raise_framework_error"), {"kind": kind}).refused(code)


@pytest.mark.django
def test_the_fields_of_djangos_validation_errors(stranger: Caller, world: World) -> None:
    answer = stranger.call(world("raise_framework_error"), {"kind": "ValidationErrorOfFields"})
    assert answer.refused("VALIDATION_ERROR").details == {"name": ["Taken.", "Short."], "age": ["Low."]}
