"""Counts the calls of requests to one application: ``python -m tests.guard.requests fastapi`` prints them as JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from itertools import count

from mizan_core.mwt import create_mwt
from tests.applications import BASE
from tests.cache.soak.players import Request
from tests.guard.counting import OTHERS, CallCounter
from tests.guard.sites import SECRET, Site, open_site

_WARM_UPS = 5
_OK = 200


def measure(site: Site) -> dict[str, dict[str, int]]:
    """The calls of one request of each kind, after some that have brought everything into place."""
    counter = CallCounter()
    with counter.installed():
        return {kind: _count(counter, site, requests) for kind, requests in kinds(site).items()}


def _count(counter: CallCounter, site: Site, requests: Iterator[tuple[Request, str]]) -> dict[str, int]:
    for _ in range(_WARM_UPS):
        ask(site, *next(requests))
    counts = [counter.count(_asking(site, *next(requests))) for _ in range(2)]
    if _ours(counts[0]) != _ours(counts[1]):
        raise RuntimeError(f"two equal requests differ in their calls: {counts}")
    return counts[0]


def _ours(counts: dict[str, int]) -> dict[str, int]:
    return {kind: number for kind, number in counts.items() if kind != OTHERS}


def _asking(site: Site, request: Request, cache_word: str) -> Callable[[], None]:
    return lambda: ask(site, request, cache_word)


def ask(site: Site, request: Request, cache_word: str) -> None:
    """:raises RuntimeError: for an answer that is not the one expected."""
    answer = site.ask(request)
    if (answer.status, answer.cache) != (_OK, cache_word):
        raise RuntimeError(f"{request.path} gave {answer}, expected {_OK} and {cache_word!r}")


def kinds(site: Site) -> dict[str, Iterator[tuple[Request, str]]]:
    """Requests without end, each with the word that the cache is to say of it."""
    return {
        "mutation": ((_call(site.mutation), "") for _ in count()),
        "fetch, BYPASS": ((_fetch("news", 1), "BYPASS") for _ in count()),
        "fetch, MISS": ((_fetch("profile", user_id), "MISS") for user_id in count(1_000)),
        "fetch, HIT": ((_fetch("profile", 1_000), "HIT") for _ in count()),
    }


def _call(function: str) -> Request:
    body = json.dumps({"fn": function, "args": {"user_id": 5, "name": "Ada"}}).encode()
    return _request("POST", "call/", "", body)


def _fetch(context: str, user_id: int) -> Request:
    return _request("GET", f"ctx/{context}/", f"user_id={user_id}", b"")


def _request(method: str, path: str, query: str, body: bytes) -> Request:
    headers = {"Host": "testserver", "Content-Type": "application/json", "X-Mizan-Token": _TOKEN}
    return Request(method, BASE + path, query, headers, body, "", _OK, None)


_TOKEN = create_mwt({"id": 4711}, SECRET, ttl=86_400)

if __name__ == "__main__":
    with open_site(sys.argv[1]) as site:
        sys.stdout.write(json.dumps(measure(site)))
