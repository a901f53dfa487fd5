"""FastAPI's own exceptions as the errors of the protocol, and the application's own handlers of exceptions.

``ErrorCase`` is for the errors that functions declare.
"""

from __future__ import annotations

import inspect
from typing import Any, TypeAlias

from fastapi.exception_handlers import (
    http_exception_handler,
    request_validation_exception_handler,
    websocket_request_validation_exception_handler,
)
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ExceptionHandler

from mizan_core.call.port import Handled
from mizan_core.client import ErrorCase
from mizan_core.errors import APIError, HTTPError, ValidationFailed

__all__ = ("ErrorCase", "handled", "translated")

_Handlers: TypeAlias = "dict[int | type[Exception], ExceptionHandler]"
_DEFAULTS = (
    http_exception_handler,
    request_validation_exception_handler,
    websocket_request_validation_exception_handler,
)
"""Those that FastAPI installs by itself: nobody has asked for them, so the protocol's envelope stands."""

_SERVER_ERROR = 500
_LAST_RESORTS = (Exception, _SERVER_ERROR)


def translated(error: BaseException) -> BaseException:
    """The protocol's error for an ``HTTPException``, with its status, detail and headers; anything else as it is.

    A request that does not fit a dependency is not valid.

    A detail that is a text is the message, one that is a dict the details; any other one is ``details["detail"]``.
    """
    if isinstance(error, RequestValidationError):
        return ValidationFailed(details=_messages(error))
    if not isinstance(error, HTTPException) or not HTTPError.has(error.status_code):
        return error
    detail: object = error.detail
    if isinstance(detail, str):
        return HTTPError(error.status_code, detail, headers=error.headers)
    details = detail if isinstance(detail, dict) else {} if detail is None else {"detail": detail}
    return HTTPError(error.status_code, details=details, headers=error.headers)


def _messages(error: RequestValidationError) -> dict[str, list[str]]:
    messages: dict[str, list[str]] = {}
    for problem in error.errors():
        messages.setdefault(".".join(map(str, problem["loc"])), []).append(str(problem["msg"]))
    return messages


async def handled(app: Any, request: Request, error: Exception) -> Handled | None:
    """What the handler answers that ``@app.exception_handler`` has named for *error*: for its status, class or parent.

    As in Starlette, one of 500 or ``Exception`` is for what nobody has foreseen, not for an error of the protocol.
    """
    handlers: _Handlers = getattr(app, "exception_handlers", {})
    for kind in _kinds(error):
        handler = handlers.get(kind)
        if handler is not None and not any(handler is default for default in _DEFAULTS):
            response = await _run(handler, request, error)
            return None if response is None else Handled(response, is_expected=kind not in _LAST_RESORTS)
    return None


def _kinds(error: Exception) -> list[int | type[Exception]]:
    """What a handler of *error* may be registered for, the closest first."""
    classes: list[int | type[Exception]] = [kind for kind in type(error).__mro__ if issubclass(kind, Exception)]
    if isinstance(error, HTTPException):
        return [error.status_code, *classes[:-1]]
    return classes[:-1] if isinstance(error, APIError) else [*classes, _SERVER_ERROR]


async def _run(handler: Any, request: Request, error: Exception) -> Response | None:
    is_async = inspect.iscoroutinefunction(handler) or inspect.iscoroutinefunction(type(handler).__call__)
    response: Response | None = await (
        handler(request, error) if is_async else run_in_threadpool(handler, request, error)
    )
    return response
