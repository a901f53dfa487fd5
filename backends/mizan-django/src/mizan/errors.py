"""Django's own exceptions as the errors of the protocol."""

from __future__ import annotations

from django.core.exceptions import BadRequest as DjangosBadRequest
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation, ValidationError
from django.http import Http404, UnreadablePostError

from mizan_core.errors import APIError, BadRequest, Forbidden, NotFound, PayloadTooLarge, ValidationFailed


def translated(error: BaseException) -> BaseException:
    """The protocol's error for what Django code raises to say the same; anything else as it is."""
    if isinstance(error, APIError):
        return error
    if isinstance(error, Http404):
        return NotFound()
    if isinstance(error, PermissionDenied):
        return Forbidden()
    if isinstance(error, RequestDataTooBig):
        return PayloadTooLarge()
    if isinstance(error, SuspiciousOperation | DjangosBadRequest):
        return BadRequest()
    if isinstance(error, ValidationError):
        return ValidationFailed(details=_field_messages(error))
    if isinstance(error, UnreadablePostError):
        return BadRequest("The request was cut off.")
    return error


def _field_messages(error: ValidationError) -> dict[str, list[str]]:
    fields = getattr(error, "error_dict", None)
    if fields is None:
        return {"__all__": list(map(str, error.messages))}
    return {field: list(map(str, messages)) for field, messages in error.message_dict.items()}
