"""Counts the calls of requests to one application: ``python -m tests.guard.requests fastapi`` prints them as JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from itertools import count, repeat
from typing import NamedTuple

from mizan_core.mwt import create_mwt
from tests.applications import BASE
from tests.cache.soak.players import Request
from tests.guard.counting import OTHERS, CallCounter
from tests.guard.sites import SECRET, Site, open_site

_WARM_UPS = 5


class Expected(NamedTuple):
    """A request, and how it is to be answered.

    :param cache: the word that the cache is to say of it.
    """

    request: Request
    cache: str = ""
    status: int = 200


def measure(site: Site) -> dict[str, dict[str, int]]:
    """The calls of one request of each kind, after some that have brought everything into place."""
    counter = CallCounter()
    with counter.installed():
        return {kind: _count(counter, site, requests) for kind, requests in kinds(site).items()}


def _count(counter: CallCounter, site: Site, requests: Iterator[Expected]) -> dict[str, int]:
    for _ in range(_WARM_UPS):
        ask(site, next(requests))
    counts = [counter.count(_asking(site, next(requests))) for _ in range(2)]
    if _ours(counts[0]) != _ours(counts[1]):
        raise RuntimeError(f"two equal requests differ in their calls: {counts}")
    return counts[0]


def _ours(counts: dict[str, int]) -> dict[str, int]:
    return {kind: number for kind, number in counts.items() if kind != OTHERS}


def _asking(site: Site, expected: Expected) -> Callable[[], None]:
    return lambda: ask(site, expected)


def ask(site: Site, expected: Expected) -> None:
    """:raises RuntimeError: for an answer that is not the one expected."""
    answer = site.ask(expected.request)
    if (answer.status, answer.cache) != (expected.status, expected.cache):
        raise RuntimeError(f"{expected.request.path} gave {answer}, expected {expected}")


def kinds(site: Site) -> dict[str, Iterator[Expected]]:
    """Requests without end."""
    return {
        "mutation": repeat(Expected(_call(site.mutation))),
        "fetch, BYPASS": repeat(Expected(_fetch("news", 1), "BYPASS")),
        "fetch, MISS": (Expected(_fetch("profile", user_id), "MISS") for user_id in count(1_000)),
        "fetch, HIT": repeat(Expected(_fetch("profile", 1_000), "HIT")),
    }


def failures(site: Site) -> dict[str, Iterator[Expected]]:
    """Requests without end that are refused, or whose functions fail."""
    return {
        "a function that fails": repeat(Expected(_call(site.mutation, name="nobody"), status=404)),
        "a function that breaks": repeat(Expected(_call(site.mutation, name="broken"), status=500)),
        "no such function": repeat(Expected(_call("nothing"), status=404)),
        "other arguments": repeat(Expected(_call(site.mutation, name=5), status=422)),
        "a fetch that fails": repeat(Expected(_fetch("news", -1), status=404)),
        "a cached fetch that fails": repeat(Expected(_fetch("profile", -1), status=404)),
        "no such context": repeat(Expected(_fetch("nothing", 1), status=404)),
    }


def _call(function: str, name: object = "Ada") -> Request:
    body = json.dumps({"fn": function, "args": {"user_id": 5, "name": name}}).encode()
    return _request("POST", "call/", "", body)


def _fetch(context: str, user_id: int) -> Request:
    return _request("GET", f"ctx/{context}/", f"user_id={user_id}", b"")


def _request(method: str, path: str, query: str, body: bytes) -> Request:
    headers = {"Host": "testserver", "Content-Type": "application/json", "X-Mizan-Token": _TOKEN}
    return Request(method, BASE + path, query, headers, body, "", 200, ())


_TOKEN = create_mwt({"id": 4711}, SECRET, ttl=86_400)

if __name__ == "__main__":
    with open_site(sys.argv[1]) as site:
        sys.stdout.write(json.dumps(measure(site)))
