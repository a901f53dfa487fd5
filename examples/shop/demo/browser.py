"""A client of the shop: it keeps cookies, sends the CSRF token or a Mizan token, and remembers what was said."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import httpx
from typing_extensions import Self

from examples.shop.demo.expectations import ABSENT, Unexpected

_BASE = "/api/mizan"
_CSRF_COOKIE = "csrftoken"
_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its answer."""

    method: str
    target: str
    request_headers: Mapping[str, str]
    request_body: Any
    status: int
    headers: Mapping[str, str]
    body: Any

    def at(self, *path: str | int) -> Any:
        """The value there in the answer; ``ABSENT`` where there is none."""
        value = self.body
        for step in path:
            try:
                value = value[step]
            except (TypeError, KeyError, IndexError):
                return ABSENT
        return value


class Browser:
    """:param token: a Mizan token that every request carries."""

    def __init__(self, url: str, token: str | None = None) -> None:
        headers = {} if token is None else {"X-Mizan-Token": token}
        self._http = httpx.Client(base_url=url, headers=headers, timeout=_SECONDS, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._http.close()

    def session(self) -> Exchange:
        """``GET session/``."""
        return self._send("GET", f"{_BASE}/session/")

    def fetch(self, context: str, /, **params: str) -> Exchange:
        """``GET ctx/<context>/``."""
        return self._send("GET", f"{_BASE}/ctx/{context}/", params=params)

    def call(self, function: str, /, **arguments: Any) -> Exchange:
        """``POST call/``, with the CSRF token where there is one."""
        return self._post(f"{_BASE}/call/", {"fn": function, "args": arguments})

    def upload(self, function: str, /, files: Mapping[str, bytes], **arguments: Any) -> Exchange:
        """``POST call/<function>/`` with files."""
        parts = [("args", (None, json.dumps(arguments))), *((name, (name, data)) for name, data in files.items())]
        return self._send("POST", f"{_BASE}/call/{function}/", files=parts, headers={"X-Mizan-Call": "1"})

    def look_at(self, path: str) -> Exchange:
        """A page, as somebody does who looks at it."""
        return self._send("GET", path, headers={"Accept": "text/html"})

    def call_without_csrf_token(self, function: str, /, **arguments: Any) -> Exchange:
        """As a page of another site would, if it could send JSON."""
        return self._send("POST", f"{_BASE}/call/", json={"fn": function, "args": arguments})

    def submit_form(self, function: str) -> Exchange:
        """As any page of another site can."""
        return self._send("POST", f"{_BASE}/call/", data={"fn": function})

    def log_in(self, username: str, password: str) -> Exchange:
        """The shop's own URL: how a session begins is the framework's business, not Mizan's."""
        return self._post("/login/", {"username": username, "password": password})

    def fetch_with_token(self, context: str, token: str) -> Exchange:
        """``GET ctx/<context>/`` with *token* beside whatever else the browser sends."""
        return self._send("GET", f"{_BASE}/ctx/{context}/", headers={"X-Mizan-Token": token})

    def _post(self, target: str, body: Any) -> Exchange:
        csrf = self._http.cookies.get(_CSRF_COOKIE)
        return self._send("POST", target, json=body, headers={} if csrf is None else {"X-CSRFToken": csrf})

    def _send(self, method: str, target: str, **parts: Any) -> Exchange:
        """:raises Unexpected: when no answer comes."""
        try:
            response = self._http.request(method, target, **parts)
        except httpx.TransportError as error:
            raise Unexpected(f"{method} {target}\n    expected an answer\n    got      {error!r}") from None
        return Exchange(
            method=method,
            target=response.request.url.raw_path.decode("ascii"),
            request_headers=response.request.headers,
            request_body=parts.get("json") or parts.get("data"),
            status=response.status_code,
            headers=response.headers,
            body=_body_of(response),
        )


def _body_of(response: httpx.Response) -> Any:
    if not response.content:
        return None
    if response.headers.get("Content-Type", "").startswith("image/"):
        return f"{len(response.content)} bytes"
    try:
        return response.json()
    except json.JSONDecodeError:
        return response.text
