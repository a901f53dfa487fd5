"""A request that tells what is read of it, for functions whose bundle others may get."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property, partial
from typing import Any

from starlette.datastructures import URL, Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from mizan_core.cache.readings import Readings, WatchedDict

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

    def __getitem__(self, key: str) -> str:
        self._readings.header(key)
        return super().__getitem__(key)

    def __contains__(self, key: Any) -> bool:
        self._readings.header(str(key))
        return super().__contains__(key)

    def getlist(self, key: str) -> list[str]:
        self._readings.header(key)
        return super().getlist(key)

    def __iter__(self) -> Iterator[Any]:
        self._note_all()
        return super().__iter__()

    @property
    def raw(self) -> list[tuple[bytes, bytes]]:
        self._note_all()
        return super().raw

    def keys(self) -> list[str]:  # type: ignore[override]
        self._note_all()
        return super().keys()

    def values(self) -> list[str]:  # type: ignore[override]
        self._note_all()
        return super().values()

    def items(self) -> list[tuple[str, str]]:  # type: ignore[override]
        self._note_all()
        return super().items()

    def mutablecopy(self) -> MutableHeaders:
        self._note_all()
        return super().mutablecopy()

    def __eq__(self, other: object) -> bool:
        self._note_all()
        return super().__eq__(other)

    __hash__ = None  # type: ignore[assignment]

    def _note_all(self) -> None:
        self._readings.other(_ALL_HEADERS)


def _note_member(readings: Readings, name: str | None) -> None:
    if name is None:
        readings.other("the whole ASGI scope")
    elif name in _OTHERS:
        readings.other(_OTHERS[name])
