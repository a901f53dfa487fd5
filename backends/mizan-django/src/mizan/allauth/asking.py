"""Asking allauth's headless views, in process, by the URLs of its specification.

The request is the caller's own with another URL and body: its session, its cookies, its language. Django's middleware
has done its work on it; allauth's runs once more, since it keeps the request that it is asked with.
"""

from __future__ import annotations

import json
from collections.abc import Container, Mapping
from functools import partial
from http.cookies import SimpleCookie
from typing import Any, NamedTuple
from urllib.parse import urlencode

from allauth.account.middleware import AccountMiddleware
from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.urls import resolve, reverse
from django.utils.functional import SimpleLazyObject

from mizan.allauth.types import AuthPending
from mizan.users import twin_of
from mizan_core.errors import (
    APIError,
    BadRequest,
    Conflict,
    Forbidden,
    HTTPError,
    Invalid,
    NotFound,
    RateLimited,
    Unauthorized,
)

_CSRF = ("CSRF_COOKIE", "CSRF_COOKIE_NEEDS_UPDATE")
_DERIVED = ("headers", "_post", "_files", "_body", "accepted_types", "resolver_match")
_APP_HEADER = "HTTP_X_SESSION_TOKEN"
_LOGIN = "auth/login"
_OK = 400
_WRONG, _NOBODY = 400, 401
_WHOLE = "__all__"
_ERRORS: dict[int, type[APIError]] = {
    400: BadRequest,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    410: Unauthorized,
    429: RateLimited,
}
_FORM = "application/x-www-form-urlencoded"


class Said(NamedTuple):
    """An answer of the specification's."""

    status: int
    data: Any
    meta: dict[str, Any]
    errors: list[dict[str, Any]]
    location: str | None
    cookies: SimpleCookie
    """That the answer sets by itself; those of sessions and CSRF are the middleware's business."""


def ask(
    request: HttpRequest,
    method: str,
    path: str,
    body: Mapping[str, Any] | None = None,
    accepts: Container[int] = (),
    query: str = "",
    **headers: str,
) -> Said:
    """What the specification answers.

    :param path: below ``/_allauth/{client}/v1/``.
    :param body: sent as JSON; members that are None are left out.
    :param accepts: statuses of errors that are answers here.
    :param query: of the URL.
    :param headers: further ones, as ``request.META`` has them.
    :raises AuthPending: when something more is needed.
    :raises APIError: for any other answer that is an error.
    """
    said = _said(_answer(request, method, path, _json(body), "application/json", {**headers, "QUERY_STRING": query}))
    if said.status < _OK or said.status in accepts:
        return said
    raise error_of(said)


def redirect(request: HttpRequest, path: str, form: Mapping[str, str]) -> str:
    """Where a form of the specification leads."""
    said = _said(_answer(request, "POST", path, urlencode(form).encode(), _FORM, {}))
    if said.location is None:
        raise error_of(said)
    return said.location


def client_of(request: HttpRequest) -> str:
    """``app`` for whoever sends a session token, or where there are no browsers; else ``browser``."""
    clients = getattr(settings, "HEADLESS_CLIENTS", ("browser", "app"))
    return "app" if _APP_HEADER in request.META or "browser" not in clients else "browser"


def _answer(
    request: HttpRequest, method: str, path: str, body: bytes, content_type: str, headers: Mapping[str, str]
) -> HttpResponseBase:
    client = client_of(request)
    start = reverse(f"headless:{client}:account:login").removesuffix(_LOGIN)
    inner = _inner(request, method, start + path, body, content_type, headers)
    if client == "app":
        # The caller's own would look into the caller's session.
        inner.user = SimpleLazyObject(partial(get_user, inner))  # type: ignore[assignment]
    match = resolve(inner.path_info)
    inner.resolver_match = match
    middleware = AccountMiddleware(lambda asked: match.func(asked, *match.args, **match.kwargs))
    try:
        response: HttpResponseBase = middleware(inner)
    except Exception as error:
        handled = middleware.process_exception(inner, error)
        if handled is None:
            raise
        response = handled
    for name in _CSRF:
        if name in inner.META:
            request.META[name] = inner.META[name]
    if client == "browser":
        request.user = inner.user
    return response


def _inner(
    request: HttpRequest, method: str, path: str, body: bytes, content_type: str, headers: Mapping[str, str]
) -> HttpRequest:
    inner = twin_of(request)
    for name in _DERIVED:
        vars(inner).pop(name, None)
    inner.META = {
        **request.META,
        "QUERY_STRING": "",
        **headers,
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "CONTENT_TYPE": content_type,
        "CONTENT_LENGTH": str(len(body)),
    }
    inner.method, inner.path, inner.path_info = method, path, path
    inner.GET = QueryDict(inner.META["QUERY_STRING"])
    inner.content_type, inner.content_params = content_type, {}
    vars(inner)["_read_started"] = False  # as of a request that nobody has read
    inner._body = body  # noqa: SLF001 - what has been read of a request
    return inner


def _json(body: Mapping[str, Any] | None) -> bytes:
    given = {} if body is None else {name: value for name, value in body.items() if value is not None}
    return json.dumps(given).encode() if given else b""


def _said(response: HttpResponseBase) -> Said:
    location = response.headers.get("Location")
    content = getattr(response, "content", b"")
    try:
        told = json.loads(content) if content else {}
    except ValueError:
        told = {}
    told = told if isinstance(told, dict) else {}
    meta, errors = told.get("meta") or {}, told.get("errors") or []
    return Said(response.status_code, told.get("data"), meta, errors, location, response.cookies)


def error_of(said: Said) -> APIError:
    """What an answer that is an error means here."""
    flows = (said.data or {}).get("flows", []) if isinstance(said.data, dict) else []
    if said.status == _NOBODY and (said.meta.get("is_authenticated") or any(flow.get("is_pending") for flow in flows)):
        return AuthPending(flows=flows)
    if said.status == _NOBODY:
        return Unauthorized()
    if said.status == _WRONG and said.errors:
        return Invalid("The input is not valid.", details=_messages(said.errors))
    kind = _ERRORS.get(said.status)
    return kind(_message(said)) if kind is not None else HTTPError(said.status, _message(said))


def _messages(errors: list[dict[str, Any]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for error in errors:
        found.setdefault(error.get("param") or _WHOLE, []).append(str(error.get("message", "")))
    return found


def _message(said: Said) -> str | None:
    return str(said.errors[0].get("message")) if said.errors else None
