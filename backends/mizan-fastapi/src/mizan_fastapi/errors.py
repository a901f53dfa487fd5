"""FastAPI's own exceptions as the errors of the protocol."""

from __future__ import annotations

from starlette.exceptions import HTTPException

from mizan_core.errors import (
    APIError,
    BadRequest,
    Conflict,
    Forbidden,
    InternalError,
    NotFound,
    NotSupported,
    PayloadTooLarge,
    RateLimited,
    Unauthorized,
    UnsupportedMediaType,
    ValidationFailed,
)

_BY_STATUS: dict[int, type[APIError]] = {
    kind.status: kind
    for kind in (
        BadRequest,
        Unauthorized,
        Forbidden,
        NotFound,
        Conflict,
        PayloadTooLarge,
        UnsupportedMediaType,
        ValidationFailed,
        RateLimited,
        NotSupported,
    )
}


def translated(error: BaseException) -> BaseException:
    """The protocol's error for an ``HTTPException``; anything else as it is."""
    return _error_of(error) if isinstance(error, HTTPException) else error


def _error_of(error: HTTPException) -> APIError:
    """The error whose status it names; other statuses are ``BAD_REQUEST`` or ``INTERNAL_ERROR``."""
    kind = _BY_STATUS.get(error.status_code)
    if kind is None:
        kind = BadRequest if 400 <= error.status_code < 500 else InternalError
    if kind is InternalError:
        return InternalError()
    return kind(error.detail if isinstance(error.detail, str) else None)
