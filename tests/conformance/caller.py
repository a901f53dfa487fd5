"""Whoever calls a target: a browser with a session, a program with a token, or nobody in particular."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import httpx

from tests.conformance.answers import (
    Answer,
    check_header,
    read_answer,
    read_bundle,
    read_bundles,
    read_call,
    read_session,
)

BASE = "/api/mizan/"
JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Caller:
    """Requests with one identity.

    :param http: keeps the cookies of a session.
    :param headers: sent with every request: a token, or the CSRF token that goes with the session.
    """

    http: httpx.Client
    headers: Mapping[str, str] = field(default_factory=dict)
    base: str = BASE

    def call(self, function: str, arguments: Mapping[str, Any] | None = None, headers: Any = None) -> Answer:
        """``POST call/``; without *arguments* the key ``args`` is left out."""
        return read_call(self._send_call(function, arguments, headers))

    def view(self, function: str, arguments: Mapping[str, Any] | None = None) -> httpx.Response:
        """``POST call/`` for a view-path function, whose response is no envelope."""
        response = self._send_call(function, arguments, None)
        check_header(response)
        return response

    def post(self, body: bytes | Iterable[bytes], content_type: str | None = JSON, headers: Any = None) -> Answer:
        """``POST call/`` with a body as it is."""
        sent = self._headers(headers, content_type)
        return read_call(self.http.post(self.base + "call/", content=body, headers=sent))

    def fetch(self, context: str, headers: Any = None, **parameters: Any) -> Answer:
        """``GET ctx/<context>/``; a list in *parameters* repeats its key."""
        url = f"{self.base}ctx/{context}/"
        return read_bundle(self.http.get(url, params=parameters, headers=self._headers(headers)))

    def fetch_several(self, *parts: tuple[str, Mapping[str, Any]], headers: Any = None) -> Answer:
        """``GET ctx/?...`` of contexts and their parameters; a list in these repeats its key."""
        query = urlencode([(context, urlencode(params, doseq=True)) for context, params in parts])
        return self.fetch_several_raw(f"?{query}", headers)

    def fetch_several_raw(self, query: str, headers: Any = None) -> Answer:
        """``GET ctx/`` with *query* on the wire as it is."""
        target = f"{self.base}ctx/{query}".encode("ascii")
        sent = self._headers(headers)
        request = self.http.build_request("GET", self.base, headers=sent, extensions={"target": target})
        return read_bundles(self.http.send(request))

    def call_showing(self, function: str, arguments: Mapping[str, Any], shown: Any) -> Answer:
        """``POST call/`` with ``shown``."""
        return self.post(json.dumps({"fn": function, "args": arguments, "shown": shown}).encode())

    def fetch_raw(self, path: str) -> Answer:
        """``GET ctx/<path>``, with *path* on the wire as it is."""
        target = f"{self.base}ctx/{path}".encode("ascii")
        request = self.http.build_request("GET", self.base, headers=self._headers(None), extensions={"target": target})
        return read_bundle(self.http.send(request))

    def session(self) -> Answer:
        """``GET session/``."""
        return read_session(self.http.get(self.base + "session/", headers=self._headers(None)))

    def request(self, method: str, path: str, **options: Any) -> Answer:
        """Any method on any path below the base."""
        return read_answer(self.http.request(method, self.base + path, headers=self._headers(None), **options))

    def _send_call(self, function: str, arguments: Mapping[str, Any] | None, headers: Any) -> httpx.Response:
        content: dict[str, Any] = {"fn": function} if arguments is None else {"fn": function, "args": arguments}
        body = json.dumps(content).encode()
        return self.http.post(self.base + "call/", content=body, headers=self._headers(headers, JSON))

    def _headers(self, more: Any, content_type: str | None = None) -> list[tuple[Any, Any]]:
        own = list(self.headers.items()) + ([("Content-Type", content_type)] if content_type is not None else [])
        return own + (list(more.items()) if isinstance(more, Mapping) else list(more or ()))
