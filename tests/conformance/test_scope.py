"""``X-Mizan-Scope``: how the server spells what a bundle is of."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from tests.conformance.caller import Caller
from tests.conformance.conftest import World

SCOPE = "X-Mizan-Scope"
LEDGER = {
    "active": "true",
    "amount": "1.50",
    "colour": "red",
    "day": "2026-01-02",
    "flags": ["1", "2"],
    "limits": '{"a":1}',
    "moment": "2026-01-02T03:04:05+02:00",
    "ratio": "1",
    "ref": "12345678-1234-5678-1234-567812345678",
}


def test_it_has_the_parameters_with_their_defaults(stranger: Caller, world: World) -> None:
    assert stranger.fetch(world("user"), user_id=5).headers[SCOPE] == f"{world('user')};limit=2;user_id=5"
    assert stranger.fetch(world("user"), user_id=5, limit=1).headers[SCOPE] == f"{world('user')};limit=1;user_id=5"
    assert stranger.fetch("global").headers[SCOPE] == "global"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("count=+5", "count=5"),
        ("ratio=1", "ratio=1.0"),
        ("flag=on", "flag=true"),
        ("text=null", "text=null"),
        ("text=a%20b%26%C3%A9", "text=a%20b%26%C3%A9"),
        ("moment=2026-01-02T03:04:05%2B00:00", "moment=2026-01-02T03%3A04%3A05Z"),
        ("ref=12345678123456781234567812345678", "ref=12345678-1234-5678-1234-567812345678"),
        ("price=010.50", "price=10.5"),
        ("numbers=3&numbers=1", "numbers=" + quote('["3","1"]')),
        ("window=" + quote('{"high":2, "low":1}'), "window=" + quote('{"high":"2","low":"1"}')),
    ],
)
def test_a_value_has_one_spelling(stranger: Caller, world: World, query: str, expected: str) -> None:
    answer = stranger.fetch_raw(f"{world('typed')}/?{query}")
    items = answer.headers[SCOPE].split(";")
    assert expected in items
    assert len(items) == 18
    assert sum(item.endswith("=null") for item in items) == 16 + (query == "text=null")


def test_what_is_too_long_is_left_out(stranger: Caller, world: World) -> None:
    rest = len(stranger.fetch(world("label"), name="").headers[SCOPE])
    assert len(stranger.fetch(world("label"), name="x" * (4_096 - rest)).headers[SCOPE]) == 4_096
    assert SCOPE not in stranger.fetch(world("label"), name="x" * (4_097 - rest)).headers


def test_a_refused_fetch_has_none(stranger: Caller, world: World) -> None:
    assert SCOPE not in stranger.fetch(world("user")).refused("VALIDATION_ERROR").headers


def test_a_mutation_with_the_same_values_spells_them_alike(stranger: Caller, world: World) -> None:
    fetched = stranger.fetch(world("ledger"), **LEDGER).headers[SCOPE]
    arguments = LEDGER | {"active": True, "flags": [1, 2], "limits": {"a": 1}, "ratio": 1}
    called = stranger.call(world("book"), arguments).header
    assert called == fetched
