"""A request that tells what is read of it, for functions whose bundle others may get."""

from __future__ import annotations

from functools import cached_property, partial

from starlette.datastructures import URL, Headers
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from mizan_core.cache.readings import Readings, WatchedDict, watch

_ALL_HEADERS = "all headers"
_OTHERS = {"headers": _ALL_HEADERS, "session": "the session", "client": "the client's address"}
"""The members of an ASGI scope that say who asks; the user is what an entry is found by."""


class WatchedRequest(Request):
    """Reads as a ``Request`` does. Middleware has the scope itself, so that what it reads is not told."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, readings: Readings) -> None:
        super().__init__(scope, receive, send)
        self.scope = WatchedDict(scope, partial(_note_member, readings))
        self._plain_scope = scope
        self._readings = readings
        self._watched_headers: WatchedHeaders | None = None

    def twin(self, receive: Receive) -> WatchedRequest:
        """A request that tells the same readings, with a scope of its own."""
        return WatchedRequest({**self._plain_scope, "state": self.scope["state"]}, receive, self._send, self._readings)

    @cached_property
    def _plain(self) -> Request:
        return Request(self._plain_scope)

    @property
    def headers(self) -> Headers:
        if self._watched_headers is None:
            self._watched_headers = WatchedHeaders(self._plain.headers.raw, self._readings)
        return self._watched_headers

    @property
    def cookies(self) -> dict[str, str]:
        return WatchedDict(self._plain.cookies, self._note_cookie)

    @property
    def url(self) -> URL:
        self._readings.header("host")
        return self._plain.url

    @property
    def base_url(self) -> URL:
        self._readings.header("host")
        return self._plain.base_url

    def _note_cookie(self, name: str | None) -> None:
        if name is None:
            self._readings.header("cookie")
        else:
            self._readings.cookie(name)


class WatchedHeaders(Headers):
    """Headers that tell which of them are looked for."""

    def __init__(self, raw: list[tuple[bytes, bytes]], readings: Readings) -> None:
        super().__init__(raw=raw)
        self._readings = readings

    __hash__ = None  # type: ignore[assignment]

    @property
    def raw(self) -> list[tuple[bytes, bytes]]:
        self.tell(None)
        return super().raw

    def tell(self, name: str | None) -> None:
        """Tell the readings of one header, or of all."""
        if name is None:
            self._readings.other(_ALL_HEADERS)
        else:
            self._readings.header(name)


watch(
    WatchedHeaders,
    Headers,
    of_one=("__getitem__", "__contains__", "getlist"),
    of_all=("__iter__", "keys", "values", "items", "mutablecopy", "__eq__"),
)


def _note_member(readings: Readings, name: str | None) -> None:
    if name is None:
        readings.other("the whole ASGI scope")
    elif name in _OTHERS:
        readings.other(_OTHERS[name])
