"""Replies as values, for an adapter to write (protocol.md section 9)."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

from pydantic_core import to_jsonable_python

from mizan_core.engine import ENGINE
from mizan_core.errors import APIError, MethodNotAllowed

INVALIDATE_HEADER = "X-Mizan-Invalidate"
CACHE_HEADER = "X-Mizan-Cache"
CACHE_REASON_HEADER = "X-Mizan-Cache-Reason"
NO_STORE = ("Cache-Control", "no-store")
_JSON = ("Content-Type", "application/json")
HIT, MISS, BYPASSED = (CACHE_HEADER, "HIT"), (CACHE_HEADER, "MISS"), (CACHE_HEADER, "BYPASS")
COMMON_HEADERS = (_JSON, NO_STORE, HIT, MISS, BYPASSED)
"""Those whose value is always the same."""

Headers: TypeAlias = "tuple[tuple[str, str], ...]"


class Response(NamedTuple):
    """A JSON response."""

    status: int
    headers: Headers
    body: bytes


class PassThrough(NamedTuple):
    """A framework response that a view-path function made, and the headers to set on it."""

    response: Any
    headers: Headers


Reply: TypeAlias = "Response | PassThrough"


def json_response(body: bytes, *headers: tuple[str, str], status: int = 200) -> Response:
    """A response of serialised JSON with the headers that every response has."""
    return Response(status, (_JSON, NO_STORE, *headers), body)


def error_response(error: APIError) -> Response:
    """The envelope of an error: ``{"error": {"code", "message", "details"}}``.

    :raises ValueError: when a message or a detail is not valid Unicode.
    """
    envelope: dict[str, Any] = {"code": error.code, "message": error.message}
    if error.details:
        envelope["details"] = to_jsonable_python(error.details, inf_nan_mode="strings", fallback=str)
    headers = (("Allow", ", ".join(error.allowed)),) if isinstance(error, MethodNotAllowed) else ()
    return json_response(ENGINE.canonical_json({"error": envelope}), *headers, status=error.status)
