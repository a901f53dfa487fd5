"""Telling the frameworks' own classes apart without importing a framework."""

from __future__ import annotations

from typing import Any, get_origin

_RESPONSES = frozenset({("django.http.response", "HttpResponseBase"), ("starlette.responses", "Response")})
_REQUESTS = frozenset({("django.http.request", "HttpRequest"), ("starlette.requests", "HTTPConnection")})
_UPLOADS = frozenset({("starlette.datastructures", "UploadFile"), ("django.core.files.uploadedfile", "UploadedFile")})
_FASTAPI_MARKERS = "fastapi.params"


def is_response_class(annotation: Any) -> bool:
    """Whether *annotation* is a response class of Django or Starlette."""
    return _derives_from(annotation, _RESPONSES)


def is_request_class(annotation: Any) -> bool:
    """Whether *annotation* is a request class of Django or Starlette."""
    return _derives_from(annotation, _REQUESTS)


def is_upload_class(annotation: Any) -> bool:
    """Whether *annotation* is a class of Django or Starlette for files that clients send."""
    return _derives_from(annotation, _UPLOADS)


def fastapi_marker(value: object) -> str | None:
    """The name of *value*'s class when it is one of FastAPI's parameter markers (``Depends``, ``Query``), else None."""
    cls = type(value)
    return cls.__name__ if any(base.__module__ == _FASTAPI_MARKERS for base in cls.__mro__) else None


def _derives_from(annotation: Any, wanted: frozenset[tuple[str, str]]) -> bool:
    cls = get_origin(annotation) or annotation
    return isinstance(cls, type) and any((base.__module__, base.__qualname__) in wanted for base in cls.__mro__)
