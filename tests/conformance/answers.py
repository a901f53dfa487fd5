"""An answer of a target, and what is true of every answer (protocol.md section 9)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, NoReturn

import httpx

STATUSES = {
    "BAD_REQUEST": 400,
    "UNAUTHORIZED": 401,
    "FORBIDDEN": 403,
    "CSRF_FAILED": 403,
    "NOT_FOUND": 404,
    "METHOD_NOT_ALLOWED": 405,
    "CONFLICT": 409,
    "PAYLOAD_TOO_LARGE": 413,
    "UNSUPPORTED_MEDIA_TYPE": 415,
    "VALIDATION_ERROR": 422,
    "RATE_LIMITED": 429,
    "INTERNAL_ERROR": 500,
    "NOT_IMPLEMENTED": 501,
}
"""The codes of the protocol with their HTTP statuses."""

_ONE_LINE = re.compile(r"[\x21-\x7e]+(?: [\x21-\x7e]+)*")
_CODE = re.compile(r"[A-Z][A-Z0-9_]*")
_MAX_HEADER = 4_096


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, already held against the rules that no answer may break."""

    status: int
    headers: httpx.Headers
    body: bytes
    json: Any

    @property
    def result(self) -> Any:
        """``result`` of a successful call."""
        assert self.status == 200, self
        return self.json["result"]

    @property
    def code(self) -> str | None:
        """The error's code; None for a success."""
        return None if self.status == 200 else str(self.json["error"]["code"])

    @property
    def details(self) -> dict[str, Any]:
        """The error's details; empty when there are none."""
        details: dict[str, Any] = self.json["error"].get("details", {})
        return details

    @property
    def invalidate(self) -> list[Any] | None:
        """``invalidate`` of a call, also of one that failed; None when the key is not there."""
        entries: list[Any] | None = self.json.get("invalidate")
        return entries

    @property
    def refresh(self) -> list[Any]:
        """``refresh`` of a call; empty when the key is not there."""
        bundles: list[Any] = self.json.get("refresh", [])
        return bundles

    @property
    def header(self) -> str | None:
        """``X-Mizan-Invalidate``."""
        value: str | None = self.headers.get("X-Mizan-Invalidate")
        return value

    def refused(self, code: str) -> Answer:
        """This answer, which must be the error *code*."""
        assert self.code == code, self
        return self


def read_call(response: httpx.Response) -> Answer:
    """The answer of ``call/``."""
    answer = read_answer(response)
    if answer.status == 200:
        _check_call(answer)
    return answer


def read_bundle(response: httpx.Response) -> Answer:
    """The answer of ``ctx/<name>/``."""
    answer = read_answer(response)
    if answer.status == 200:
        assert isinstance(answer.json, dict), answer
        assert list(answer.json) == sorted(answer.json), answer
        assert answer.headers["X-Mizan-Cache"] in ("HIT", "MISS", "BYPASS"), answer
    return answer


def read_bundles(response: httpx.Response) -> Answer:
    """The answer of ``ctx/``."""
    answer = read_answer(response)
    if answer.status == 200:
        assert answer.json.keys() == {"bundles"}, answer
        for part in answer.json["bundles"]:
            _check_part(part)
    return answer


def _check_part(part: dict[str, Any]) -> None:
    if part["status"] == 200:
        assert {"status", "cache", "bundle"} <= part.keys() <= {"status", "cache", "bundle", "scope"}, part
        assert part["cache"] in ("HIT", "MISS", "BYPASS"), part
    else:
        assert part.keys() == {"status", "error"}, part
        _check_error_object(part["error"], part["status"])


def read_session(response: httpx.Response) -> Answer:
    """The answer of ``session/``."""
    answer = read_answer(response)
    if answer.status == 200:
        assert answer.json.keys() == {"csrfToken"}, answer
        assert answer.json["csrfToken"] is None or isinstance(answer.json["csrfToken"], str), answer
    return answer


def check_header(response: httpx.Response) -> None:
    """``X-Mizan-Invalidate``, where it is, is one line of printable ASCII that fits."""
    values = response.headers.get_list("X-Mizan-Invalidate")
    assert len(values) <= 1, values
    for value in values:
        assert _ONE_LINE.fullmatch(value), value
        assert len(value) <= _MAX_HEADER, len(value)


def strict_json(text: str) -> Any:
    """*text* as JSON, without the words that only Python knows."""
    return json.loads(text, parse_constant=_refuse_constant)


def read_answer(response: httpx.Response) -> Answer:
    """Any answer; that of a HEAD request has no ``json``."""
    assert response.headers.get_list("Content-Type") == ["application/json"], (response, response.text[:500])
    assert response.headers.get_list("Cache-Control") == ["no-store"], response
    check_header(response)
    if response.request.method == "HEAD":
        return Answer(response.status_code, response.headers, response.content, None)
    answer = Answer(
        response.status_code, response.headers, response.content, strict_json(response.content.decode("utf-8"))
    )
    assert "Traceback" not in response.text, answer
    if answer.status != 200:
        _check_error(answer)
    return answer


def _check_error(answer: Answer) -> None:
    assert list(answer.json) == [key for key in ("error", "invalidate") if key in answer.json], answer
    assert answer.json.get("invalidate", True), answer
    assert ("invalidate" in answer.json) == (answer.header is not None), answer
    error = answer.json["error"]
    _check_error_object(error, answer.status)
    if error["code"] == "METHOD_NOT_ALLOWED":
        assert answer.headers.get("Allow"), answer


def _check_error_object(error: dict[str, Any], status: int) -> None:
    assert {"code", "message"} <= error.keys() <= {"code", "message", "details", "data"}, error
    assert _CODE.fullmatch(error["code"]), error
    assert STATUSES.get(error["code"], status) == status, error
    assert isinstance(error["message"], str), error
    assert error["message"], error
    if "details" in error:
        assert isinstance(error["details"], dict), error
        assert error["details"], error


def _check_call(answer: Answer) -> None:
    assert list(answer.json) == [key for key in ("result", "invalidate", "merge", "refresh") if key in answer.json], (
        answer
    )
    assert "result" in answer.json, answer
    assert answer.json.get("invalidate", True), answer
    assert answer.json.get("merge", True), answer
    assert answer.json.get("refresh", True), answer
    assert ("invalidate" in answer.json) == (answer.header is not None), answer


def _refuse_constant(word: str) -> NoReturn:
    raise AssertionError(f"{word} is not JSON")
