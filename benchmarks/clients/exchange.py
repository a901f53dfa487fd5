"""A request and its answer, whatever carries them; and whether two answers say the same."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Request:
    """What a client sends.

    :param headers: beside those that every client sends; their names in lower case.
    """

    method: str
    path: str
    headers: Mapping[str, str]
    query: str = ""
    body: bytes = b""

    def all_headers(self) -> dict[str, str]:
        """As a client sends them."""
        length = {"content-length": str(len(self.body))} if self.body else {}
        return {**_CLIENT_HEADERS, **length, **self.headers}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service answers; the names of its headers in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Disagreement(Exception):
    """Two services do not do the same, so that their times cannot be compared."""


def check_equal_mutations(ours: Answer, theirs: Answer) -> None:
    """Status, result and invalidation are the same. Merges, which ours adds, no peer knows of."""
    _check("statuses", (ours.status, theirs.status), 200)
    left, right = json.loads(ours.body), json.loads(theirs.body)
    for member in ("result", "invalidate"):
        _check(member, (left[member], right[member]), left[member])
    for name in ("x-mizan-invalidate", "cache-control"):
        _check(name, (ours.headers[name], theirs.headers[name]), ours.headers[name])


def check_equal_bundles(ours: Answer, theirs: Answer) -> None:
    """Status and content are the same, and ours comes from the cache."""
    _check("statuses", (ours.status, theirs.status), 200)
    _check("bundles", (json.loads(ours.body), json.loads(theirs.body)), json.loads(ours.body))
    _check("cache-control", (ours.headers["cache-control"], theirs.headers["cache-control"]), "no-store")
    _check("the word for the cache", (ours.headers["x-mizan-cache"],), "HIT")


def check_identical(ours: Answer, theirs: Answer) -> None:
    """Equal to the last byte."""
    _check("answers", (ours, theirs), ours)


def check_refused(answer: Answer, *statuses: int) -> None:
    """The service has refused the request, with one of *statuses*."""
    if answer.status not in statuses:
        raise Disagreement(f"a request to be refused with {statuses} is answered with {answer.status}")


def _check(what: str, values: tuple[Any, ...], expected: Any) -> None:
    if any(value != expected for value in values):
        raise Disagreement(f"the {what} should be {expected!r}, but are {values!r}")


_CLIENT_HEADERS = {"host": "127.0.0.1:8000", "user-agent": "benchmark", "accept": "*/*", "accept-encoding": "gzip"}
