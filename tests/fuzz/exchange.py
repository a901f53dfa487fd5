"""Requests and answers as values that travel between processes as lines of JSON."""

from __future__ import annotations

import json
import re
from typing import NamedTuple

KEPT_HEADERS = ("allow", "cache-control", "content-type", "www-authenticate", "x-mizan-invalidate")
_CACHE = re.compile('"cache":"(?:HIT|MISS)"')
"""In an answer of several bundles: what ``X-Mizan-Cache`` is to one."""


class Request(NamedTuple):
    """What is on the wire; every text is Latin-1."""

    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    body: str

    def line(self) -> str:
        return json.dumps(self)

    @classmethod
    def read(cls, line: str) -> Request:
        method, path, query, headers, body = json.loads(line)
        return cls(method, path, query, tuple((name, value) for name, value in headers), body)


class Answer(NamedTuple):
    """What a front says.

    :param seconds: of CPU that it took.
    """

    front: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: str
    seconds: float

    @property
    def said(self) -> tuple[object, ...]:
        """What every front must say alike. Which one has a bundle in its cache already depends on what it was asked."""
        return self.status, self.headers, _CACHE.sub('"cache":"?"', self.body)

    def line(self) -> str:
        return json.dumps(self)

    @classmethod
    def read(cls, line: str) -> Answer:
        front, status, headers, body, seconds = json.loads(line)
        return cls(front, status, tuple((name, value) for name, value in headers), body, seconds)
