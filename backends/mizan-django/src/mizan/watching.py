"""A request that tells what is read of it, while functions run whose bundle others may get."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from django.http import HttpRequest
from django.http.request import HttpHeaders
from django.utils.functional import SimpleLazyObject

from mizan_core.cache.readings import Readings, WatchedDict

_HEADER = "HTTP_"
_OTHER_HEADERS = ("CONTENT_TYPE", "CONTENT_LENGTH")
_PEER = ("REMOTE_", "SSL_", "AUTH_TYPE")
_CSRF = "CSRF_COOKIE"
_DERIVED = ("accepted_types", "accepted_types_by_precedence")
"""What Django keeps once it has been read from a header."""


def watching(request: HttpRequest, readings: Readings | None) -> AbstractContextManager[None]:
    """Tell *readings*, where there are some, what is read of *request* inside the block."""
    return nullcontext() if readings is None else _watched(request, readings)


@contextmanager
def _watched(request: HttpRequest, readings: Readings) -> Iterator[None]:
    watch = RequestWatch(request, readings)
    try:
        yield
    finally:
        watch.stop()


class RequestWatch:
    """Puts watched members into a request until ``stop``.

    The request itself is changed, not a copy of it: helpers find it in other places than a function's argument.
    """

    def __init__(self, request: HttpRequest, readings: Readings) -> None:
        self._members = vars(request)
        self._meta = request.META
        self._watched_meta = WatchedDict(request.META, _meta_note(readings))
        watched: dict[str, Any] = {
            "META": self._watched_meta,
            "COOKIES": WatchedDict(request.COOKIES, _cookie_note(readings)),
            "headers": _WatchedHeaders(request.META, readings),
        }
        if "environ" in self._members:
            watched["environ"] = self._watched_meta
        if "scope" in self._members:
            watched["scope"] = WatchedDict(self._members["scope"], _scope_note(readings))
        if "session" in self._members:
            watched["session"] = _watched_session(self._members["session"], readings)
        for name in _DERIVED:
            self._members.pop(name, None)
        self._watched = watched
        self._originals = {name: self._members[name] for name in watched if name in self._members}
        self._members.update(watched)

    def stop(self) -> None:
        """Put back what was there; what functions have set stays."""
        self._meta.update(self._watched_meta.unwatched())
        for name, value in self._watched.items():
            if self._members.get(name) is not value:
                continue
            if name in self._originals:
                self._members[name] = self._originals[name]
            else:
                del self._members[name]


class _WatchedHeaders(HttpHeaders):
    def __init__(self, environ: dict[str, Any], readings: Readings) -> None:
        super().__init__(environ)
        self._readings = readings

    def __getitem__(self, key: str) -> str:
        self._readings.header(key)
        value: str = super().__getitem__(key)
        return value

    def __iter__(self) -> Iterator[str]:
        self._readings.other("all headers")
        return super().__iter__()


def _watched_session(session: Any, readings: Readings) -> Any:
    """The session, which is nobody else's business, however it is looked at."""

    def look() -> Any:
        readings.other("the session")
        return session

    return SimpleLazyObject(look)


def _meta_note(readings: Readings) -> Callable[[str | None], None]:
    def note(key: str | None) -> None:
        if key is None:
            readings.other("all of request.META")
        elif key.startswith(_HEADER):
            readings.header(key.removeprefix(_HEADER))
        elif key in _OTHER_HEADERS:
            readings.header(key)
        elif key.startswith(_PEER):
            readings.other("the client's address or identity")
        elif key == _CSRF:
            readings.other("the CSRF token")

    return note


def _cookie_note(readings: Readings) -> Callable[[str | None], None]:
    return lambda name: readings.header("cookie") if name is None else readings.cookie(name)


def _scope_note(readings: Readings) -> Callable[[str | None], None]:
    def note(key: str | None) -> None:
        if key is None or key in ("headers", "client"):
            readings.other("request.scope")

    return note
