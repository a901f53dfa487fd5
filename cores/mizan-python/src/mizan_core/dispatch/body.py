"""Reading the body of a call: ``{"fn": name, "args": {...}}`` (protocol.md section 9)."""

from __future__ import annotations

from typing import Any

from pydantic_core import from_json

from mizan_core.errors import BadRequest, UnsupportedMediaType

MAX_DEPTH = 64
_JSON = "application/json"
_MEMBERS = {"fn", "args"}


def check_content_type(content_type: str | None) -> None:
    """Only JSON: a plain form, which any foreign page can send, is none."""
    if content_type == _JSON:
        return
    media_type = (content_type or "").partition(";")[0].strip().lower()
    if media_type != _JSON:
        raise UnsupportedMediaType


def read_call(body: bytes, named: str | None = None) -> tuple[str, dict[str, Any]]:
    """The function asked for and its arguments, not validated yet.

    :param named: the function that the URL names; the body may then leave it out.
    :raises BadRequest: saying what is wrong, without repeating the body.
    """
    value = _read_json(body)
    if not isinstance(value, dict):
        raise BadRequest('The body must be a JSON object: {"fn": name, "args": {...}}.')
    if not value.keys() <= _MEMBERS:
        raise BadRequest('The body has an unknown member; "fn" and "args" are known.')
    function, arguments = value.get("fn", named), value.get("args", {})
    if not isinstance(function, str):
        raise BadRequest('"fn" must be there and name a function.')
    if named is not None and function != named:
        raise BadRequest('"fn" is another function than the one that the URL names.')
    if not isinstance(arguments, dict):
        raise BadRequest('"args" must be an object.')
    return function, arguments


def _read_json(body: bytes) -> Any:
    try:
        value = from_json(body, allow_inf_nan=False)
    except ValueError:
        raise BadRequest("The body is not valid JSON.") from None
    if body.count(b"[") + body.count(b"{") > MAX_DEPTH and _is_deeper(value, MAX_DEPTH):
        raise BadRequest(f"The body is nested deeper than {MAX_DEPTH} levels.")
    return value


def _is_deeper(value: Any, limit: int) -> bool:
    level = [value]
    for _ in range(limit):
        level = [item for container in level if isinstance(container, dict | list) for item in _children(container)]
        if not level:
            return False
    return any(isinstance(item, dict | list) for item in level)


def _children(container: dict[str, Any] | list[Any]) -> list[Any]:
    return list(container.values()) if isinstance(container, dict) else container
