"""Django's own exceptions as the errors of the protocol; ``ErrorCase``, for those that functions declare."""

from __future__ import annotations

from django.core.exceptions import BadRequest as DjangosBadRequest
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation, ValidationError
from django.http import Http404, UnreadablePostError

from mizan_core.client import ErrorCase
from mizan_core.errors import APIError, BadRequest, Forbidden, NotFound, PayloadTooLarge, ValidationFailed

__all__ = ("ErrorCase", "translated")

_MEANINGS = {
    Http404: NotFound,
    PermissionDenied: Forbidden,
    RequestDataTooBig: PayloadTooLarge,
    SuspiciousOperation: BadRequest,
    DjangosBadRequest: BadRequest,
}
"""Django's exceptions, a special one before the general one, and the errors that say the same."""


def translated(error: BaseException) -> BaseException:
    """The protocol's error for what Django code raises to say the same; anything else as it is."""
    if isinstance(error, APIError):
        return error
    if isinstance(error, ValidationError):
        return ValidationFailed(details=_field_messages(error))
    if isinstance(error, UnreadablePostError):
        return BadRequest("The request was cut off.")
    return next((meaning() for kind, meaning in _MEANINGS.items() if isinstance(error, kind)), error)


def _field_messages(error: ValidationError) -> dict[str, list[str]]:
    fields = getattr(error, "error_dict", None)
    if fields is None:
        return {"__all__": list(map(str, error.messages))}
    return {field: list(map(str, messages)) for field, messages in error.message_dict.items()}
