"""Django's own exceptions as the errors of the protocol."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation, ValidationError
from django.http import Http404, UnreadablePostError

from mizan_core.errors import BadRequest, Forbidden, NotFound, PayloadTooLarge, ValidationFailed


@contextmanager
def translated() -> Iterator[None]:
    """Raise the protocol's error for what Django code raises to say the same."""
    try:
        yield
    except Http404 as error:
        raise NotFound from error
    except PermissionDenied as error:
        raise Forbidden from error
    except RequestDataTooBig as error:
        raise PayloadTooLarge from error
    except SuspiciousOperation as error:
        raise BadRequest from error
    except ValidationError as error:
        raise ValidationFailed(details=_field_messages(error)) from error
    except UnreadablePostError as error:
        raise BadRequest("The request was cut off.") from error


def _field_messages(error: ValidationError) -> dict[str, list[str]]:
    fields = getattr(error, "error_dict", None)
    if fields is None:
        return {"__all__": list(map(str, error.messages))}
    return {field: list(map(str, messages)) for field, messages in error.message_dict.items()}
