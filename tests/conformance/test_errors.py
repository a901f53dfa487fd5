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


@pytest.mark.logs_tracebacks
def test_the_log_names_the_function_of_a_bundle_that_failed(target: Target, world: World) -> None:
    offset = target.log_size()
    target.stranger().fetch(world("failing")).refused("INTERNAL_ERROR")
    target.logged(f"The function {world('fail_in_bundle')} of the context {world('failing')} failed", offset)


def test_errors_of_an_applications_own(stranger: Caller, world: World) -> None:
    answer = stranger.call(world("fail_with_own_error"))
    assert (answer.status, answer.json["error"]) == (409, {"code": "OUT_OF_STOCK", "message": "There is none left."})
    answer = stranger.call(world("fail_with_own_subclass"))
    assert (answer.status, answer.code, answer.details) == (409, "SOLD_OUT", {"until": "Monday"})
    assert (answer.headers["Retry-After"], answer.headers["X-Own"]) == ("60", "é")


def test_a_text_that_is_made_late(stranger: Caller, world: World) -> None:
    answer = stranger.call(world("fail_with_lazy_text")).refused("CONFLICT")
    assert (answer.json["error"]["message"], answer.details) == ("Read late.", {"why": "Read late."})


def test_an_error_cannot_change_what_every_answer_has(stranger: Caller, world: World) -> None:
    headers = {"content-type": "text/html", "CACHE-CONTROL": "public", "Content-Length": "1", "X-Own": "1"}
    answer = stranger.call(world("fail_with_headers"), {"headers": headers}).refused("CONFLICT")
    assert answer.headers["X-Own"] == "1"


@pytest.mark.logs_tracebacks
@pytest.mark.parametrize(
    "headers", [{"X-Own": "a\r\nSet-Cookie: stolen=1"}, {"X-\u20ac": "1"}, {"X-Own": "\u20ac"}, {"": ""}]
)
def test_a_header_that_is_none(stranger: Caller, world: World, headers: dict[str, str]) -> None:
    answer = stranger.call(world("fail_with_headers"), {"headers": headers}).refused("INTERNAL_ERROR")
    assert "Set-Cookie" not in answer.headers


OTHER_STATUSES = [
    (300, "MULTIPLE_CHOICES"),
    (402, "PAYMENT_REQUIRED"),
    (410, "GONE"),
    (414, "URI_TOO_LONG"),
    (416, "RANGE_NOT_SATISFIABLE"),
    (418, "IM_A_TEAPOT"),
    (405, "METHOD_NOT_ALLOWED"),
    (499, "HTTP_499"),
    (500, "INTERNAL_ERROR"),
    (503, "SERVICE_UNAVAILABLE"),
    (599, "HTTP_599"),
]


@pytest.mark.fastapi
@pytest.mark.parametrize(("status", "code"), OTHER_STATUSES)
def test_the_status_of_starlettes_exceptions_is_kept(stranger: Caller, world: World, status: int, code: str) -> None:
    sent = {"status": status, "detail": "Said.", "headers": {"Retry-After": "60", "Allow": "GET"}}
    answer = stranger.call(world("raise_http_exception"), sent)
    assert (answer.status, answer.json["error"]) == (status, {"code": code, "message": "Said."})
    assert (answer.headers["Retry-After"], answer.headers["Allow"]) == ("60", "GET")


@pytest.mark.fastapi
def test_a_challenge_of_starlettes_exceptions_is_kept(stranger: Caller, world: World) -> None:
    headers = {"WWW-Authenticate": 'Basic realm="here"'}
    answer = stranger.call(world("raise_http_exception"), {"status": 401, "headers": headers}).refused("UNAUTHORIZED")
    assert answer.headers["WWW-Authenticate"] == headers["WWW-Authenticate"]


@pytest.mark.fastapi
@pytest.mark.parametrize(
    ("detail", "details"),
    [({"field": ["Wrong."]}, {"field": ["Wrong."]}), (["one", 2], {"detail": ["one", 2]}), (5, {"detail": 5})],
)
def test_the_detail_of_starlettes_exceptions_is_kept(
    stranger: Caller, world: World, detail: object, details: dict[str, object]
) -> None:
    answer = stranger.call(world("raise_http_exception"), {"status": 503, "detail": detail})
    assert answer.status == 503
    assert answer.details == details


@pytest.mark.fastapi
@pytest.mark.logs_tracebacks
@pytest.mark.parametrize("status", [100, 200, 204, 304, 700])
def test_what_is_no_error_is_the_servers_fault(stranger: Caller, world: World, status: int) -> None:
    stranger.call(world("raise_http_exception"), {"status": status}).refused("INTERNAL_ERROR")


@pytest.mark.fastapi
@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("class", "Handled"),
        ("parent", "HandledToo"),
        ("thread", "HandledByThread"),
        ("http", "OwnHTTPException"),
        ("status", "HTTPException"),
    ],
)
def test_exception_handlers_of_the_application(stranger: Caller, world: World, kind: str, name: str) -> None:
    response = stranger.view(world("raise_handled"), {"user_id": 5, "kind": kind})
    assert (response.status_code, response.json()["own"]) == (418, name)
    assert response.json()["fn"] in (world("raise_handled"), "")
    assert response.headers["X-Own"] == "kept"
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.fastapi
@pytest.mark.logs_tracebacks
def test_an_exception_handler_that_fails(target: Target, world: World) -> None:
    offset = target.log_size()
    answer = target.stranger().call(world("raise_handled"), {"user_id": 5, "kind": "badly"})
    assert CAUSE.encode() not in answer.refused("INTERNAL_ERROR").body
    assert f"The function {world('raise_handled')} failed: the exception handler" in target.logged(CAUSE, offset)


@pytest.mark.fastapi
@pytest.mark.parametrize(
    "code", [code for code in ERRORS if code not in ("INTERNAL_ERROR", "NOT_IMPLEMENTED", "CSRF_FAILED")]
)
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
