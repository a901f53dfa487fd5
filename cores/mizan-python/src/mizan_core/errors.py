"""Every exception of the project, in three families under one root.

``APIError``: what a client is told (protocol.md section 9); a server function may raise these.
``MWTError``: why a token is refused (section 4). Messages never hold the token, a secret or a claim's value.
``ConfigurationError``, ``GraphError``, ``EngineUnavailable``: what the operator or developer has to mend. Beside them
``ForgedEntry``: somebody else has written into the cache.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus

_CODE = re.compile(r"[A-Z][A-Z0-9_]*")
_ERROR_STATUSES = range(400, 600)
_REDIRECTIONS = frozenset(range(300, 400)) - {HTTPStatus.NOT_MODIFIED}
_NAMES = {414: "URI_TOO_LONG", 416: "RANGE_NOT_SATISFIABLE"}
"""Those of RFC 9110 where Python has had other ones before 3.13."""


class MizanError(Exception):
    """Root of the project's exceptions."""


class ConfigurationError(MizanError, ValueError):
    """A setting is missing, weak or contradictory."""


class GraphError(MizanError, ValueError):
    """The registered functions contradict one another (section 5); ``problems`` lists everything at once."""

    problems: tuple[str, ...]

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("the interface does not compile:\n" + "\n".join(f"- {problem}" for problem in self.problems))


class EngineUnavailable(MizanError, ImportError):
    """The native engine is installed and cannot be used here: the message says why and what mends it."""


class ForgedEntry(MizanError, ValueError):
    """What a cache holds under a key is not what the cache secret has sealed under it (section 10)."""


class MWTError(MizanError, ValueError):
    """A token is refused."""


class MalformedToken(MWTError):
    """Not a compact JWS in canonical form, or its header is not ours (steps 1 and 2)."""


class UnsupportedAlgorithm(MWTError):
    """``alg`` is a string other than ``HS256`` (step 2)."""


class UnknownKey(MWTError):
    """The key ring has no such ``kid`` (step 3)."""


class InvalidSignature(MWTError):
    """The signature is not that of the key (step 4)."""


class InvalidClaims(MWTError):
    """A claim is missing or not of its exact type (step 5)."""


class ExpiredToken(MWTError):
    """``exp`` has passed (step 6)."""


class ImmatureToken(MWTError):
    """``nbf`` or ``iat`` lies in the future (step 6)."""


class InvalidAudience(MWTError):
    """``aud`` is not the audience expected here (step 7)."""


class APIError(MizanError):
    """An error answered to the client as ``{"error": {"code", "message", "details"}}``.

    Subclasses are an application's own errors: they say their ``code`` (upper case), ``status`` (400 to 599) and
    ``default_message``, and are registered nowhere::

        class OutOfStock(APIError):
            code = "OUT_OF_STOCK"
            status = 409
            default_message = "There is none left."

    :param message: a sentence for the client; the class's own when left out.
    :param details: JSON object with more, for example the messages of each field; left out of the answer when empty.
    :param headers: header fields of the answer, such as ``Retry-After``. Those that every answer has stay as they are.
    """

    code: str = "INTERNAL_ERROR"
    status: int = 500
    default_message: str = "The server failed to answer."

    def __init__(
        self,
        message: str | None = None,
        *,
        details: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.message = message or self.default_message
        self.details = dict(details or {})
        self.headers = dict(headers or {})
        super().__init__(self.message)

    def __init_subclass__(cls) -> None:
        """:raises ValueError: for a code or a status that no answer can have."""
        super().__init_subclass__()
        if not (isinstance(cls.code, str) and _CODE.fullmatch(cls.code)):
            raise ValueError(f"{cls.__qualname__}.code = {cls.code!r}: write it like 'OUT_OF_STOCK'")
        if cls.status not in _ERROR_STATUSES:
            raise ValueError(f"{cls.__qualname__}.status = {cls.status!r}: an HTTP status from 400 to 599 is needed")


class BadRequest(APIError):
    code = "BAD_REQUEST"
    status = 400
    default_message = "The request is not well-formed."


class Unauthorized(APIError):
    code = "UNAUTHORIZED"
    status = 401
    default_message = "Authentication is required."


class Forbidden(APIError):
    code = "FORBIDDEN"
    status = 403
    default_message = "This is not allowed."


class CsrfFailed(Forbidden):
    """Nothing has run: with a valid token the same request may be sent again."""

    code = "CSRF_FAILED"
    default_message = "The CSRF token is missing or wrong."


class NotFound(APIError):
    code = "NOT_FOUND"
    status = 404
    default_message = "There is no such thing."


class MethodNotAllowed(APIError):
    """:param allowed: the methods that the URL answers, for the ``Allow`` header."""

    code = "METHOD_NOT_ALLOWED"
    status = 405
    default_message = "The method is not allowed here."

    def __init__(self, allowed: Sequence[str], message: str | None = None) -> None:
        self.allowed = tuple(allowed)
        names = ", ".join(self.allowed)
        super().__init__(message or f"The method is not allowed here; allowed: {names}.", headers={"Allow": names})


class Conflict(APIError):
    code = "CONFLICT"
    status = 409
    default_message = "The request conflicts with the present state."


class PayloadTooLarge(APIError):
    code = "PAYLOAD_TOO_LARGE"
    status = 413
    default_message = "The request body is too large."


class UnsupportedMediaType(APIError):
    code = "UNSUPPORTED_MEDIA_TYPE"
    status = 415
    default_message = "The request body must be application/json."


class ValidationFailed(APIError):
    """``details`` is ``{"field.path": ["message", ...]}``."""

    code = "VALIDATION_ERROR"
    status = 422
    default_message = "The arguments are not valid."


class Invalid(ValidationFailed):
    """Arguments that only the function itself could check. It has written nothing, so nothing has become stale."""


class RateLimited(APIError):
    code = "RATE_LIMITED"
    status = 429
    default_message = "Too many requests."


class InternalError(APIError):
    """Answered for every unforeseen exception, with nothing of it."""


class NotSupported(APIError):
    code = "NOT_IMPLEMENTED"
    status = 501
    default_message = "This is not implemented."


_CODES = {kind.status: kind.code for kind in APIError.__subclasses__()}
"""The codes of the protocol, by status."""


class HTTPError(APIError):
    """An error of any status, as a framework's own exceptions name it.

    Its code is the protocol's for that status, else the status's name in RFC 9110 (``SERVICE_UNAVAILABLE``), else
    ``HTTP_`` and the number.

    :param status: 300 to 599; not 304, whose answer has no body.
    :raises ValueError: for another status.
    """

    def __init__(
        self,
        status: int,
        message: str | None = None,
        *,
        details: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        if not self.has(status):
            raise ValueError(f"{status!r} is no HTTP status of an error: 300 to 599, but 304")
        self.status = status
        self.code = _CODES.get(status) or _NAMES.get(status) or _name_of(status)
        super().__init__(message or f"The answer is {status}.", details=details, headers=headers)

    @staticmethod
    def has(status: object) -> bool:
        """Whether there are errors of that status."""
        return status in _ERROR_STATUSES or status in _REDIRECTIONS


def _name_of(status: int) -> str:
    try:
        return HTTPStatus(status).name
    except ValueError:
        return f"HTTP_{status}"
