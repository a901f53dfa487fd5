"""The same request is answered with the same bytes by every target of one run."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import pytest

from tests.conformance.answers import Answer
from tests.conformance.caller import Caller
from tests.conformance.conftest import World
from tests.conformance.target import Target

Compare: TypeAlias = Callable[[str, Answer], None]
HEADERS = ("Content-Type", "Cache-Control", "X-Mizan-Invalidate", "X-Mizan-Cache", "Allow")

BODIES: dict[str, Any] = {
    "success": {"fn": "echo@", "args": {"text": 'é"\u2028😀'}},
    "model": {"fn": "give_model_nested@"},
    "invalidation": {"fn": "transfer@", "args": {"user_id": 5, "team_id": 3}},
    "invalidation of odd text": {"fn": "relabel@", "args": {"name": "é\r\n😀,;="}},
    "merge": {"fn": "retitle@", "args": {"cart_id": 5, "title": "é"}},
    "both": {"fn": "check_out@", "args": {"cart_id": 5, "user_id": 7}},
    "calls inside": {"fn": "promote@", "args": {"user_id": 5}},
    "unknown function": {"fn": "unknown"},
    "bad name": {"fn": "\u0000"},
    "private": {"fn": "move_team@", "args": {"team_id": 3}},
    "not logged in": {"fn": "for_users@", "args": {"number": 1}},
    "missing": {"fn": "add@"},
    "surplus": {"fn": "add@", "args": {"a": 1, "é": 1}},
    "several faults": {"fn": "add@", "args": {"a": "x", "b": None, "c": 1}},
    "deep fault": {"fn": "befriend@", "args": {"person": {"id": "x"}, "friends": [1]}},
    "enum": {"fn": "typed_call@", "args": {"colour": "green", "level": 2}},
    "raised": {"fn": "fail_with@", "args": {"code": "RATE_LIMITED", "message": "é"}},
    "raised without words": {"fn": "fail_with@", "args": {"code": "NOT_FOUND"}},
    "raised with details": {"fn": "fail_with_details@", "args": {"code": "CONFLICT"}},
    "no function": {},
    "arguments of another type": {"fn": "add@", "args": []},
    "unknown member": {"fn": "add@", "id": 1},
    "no object": [],
}
QUERIES = [
    "user@/?user_id=5",
    "user@/?user_id=5&limit=0",
    "user@/?user_id=x&nope=1",
    "user@/",
    "typed@/?numbers=1&numbers=x",
    "typed@/?count=1&count=2",
    "typed@/?window=x",
    "typed@/?text=%ff",
    "search@/?query=%C3%A9&tags=a&tags=b",
    "half_broken@/",
    "members@/?number=1",
    "unknown/",
]


class Said(NamedTuple):
    status: int
    headers: tuple[str | None, ...]
    body: bytes


@pytest.fixture
def compare(target: Target, shared_folder: Path) -> Compare:
    """Holds an answer against that of the target which was asked first, in whichever process of this run."""
    folder = shared_folder / "agreement"
    folder.mkdir(exist_ok=True)

    def compare(request: str, answer: Answer) -> None:
        said = Said(answer.status, tuple(answer.headers.get(name) for name in HEADERS), answer.body)
        own = folder / f"{sha256(request.encode()).hexdigest()}-{target}"
        own.write_text(repr((str(target), said)), "utf-8")
        first = own.with_name(own.name.partition("-")[0])
        with suppress(FileExistsError):
            first.hardlink_to(own)
        first_target, expected = eval(first.read_text("utf-8"), {"Said": Said})  # noqa: S307 - our own words
        assert said == expected, f"{target} does not answer as {first_target} does"

    return compare


@pytest.mark.parametrize("name", BODIES)
def test_calls(compare: Compare, stranger: Caller, world: World, name: str) -> None:
    body = json.dumps(BODIES[name]).replace("@", world.suffix).encode()
    compare(f"{name} {world}", stranger.post(body))


@pytest.mark.parametrize("query", QUERIES)
def test_fetches(compare: Compare, stranger: Caller, world: World, query: str) -> None:
    compare(f"{query} {world}", stranger.fetch_raw(query.replace("@", world.suffix)))


@pytest.mark.parametrize("token", ["", "x", "a.b.c"])
def test_tokens(target: Target, compare: Compare, token: str) -> None:
    compare(f"token {token}", target.stranger({"X-Mizan-Token": token}).call("whoami"))
