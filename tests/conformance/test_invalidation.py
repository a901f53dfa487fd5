"""Invalidation in the body and in ``X-Mizan-Invalidate`` (protocol.md section 6)."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest

from tests.conformance.caller import Caller
from tests.conformance.conftest import World

Case = tuple[str, dict[str, Any], str, str, str]
"""Function, arguments, exact JSON of ``result`` and of ``invalidate``, and the header; ``@`` is the world's suffix."""

CASES: list[Case] = [
    ("rename_all", {"name": "Bo"}, '"Bo"', '["user@"]', "user@"),
    ("rename", {"user_id": 5}, '"Ada"', '[{"context":"user@","params":{"user_id":5}}]', "user@;user_id=5"),
    ("rename", {"user_id": "5"}, '"Ada"', '[{"context":"user@","params":{"user_id":5}}]', "user@;user_id=5"),
    ("rename_maybe", {"user_id": 5}, "5", '[{"context":"user@","params":{"user_id":5}}]', "user@;user_id=5"),
    ("rename_maybe", {"user_id": None}, "null", '["user@"]', "user@"),
    ("rename_default", {}, "7", '["user@"]', "user@"),
    ("rename_default", {"user_id": 7}, "7", '[{"context":"user@","params":{"user_id":7}}]', "user@;user_id=7"),
    ("rename_broadly", {"user_id": 5}, "5", '["user@"]', "user@"),
    (
        "relimit",
        {"user_id": 5, "limit": 1},
        "1",
        '[{"context":"user@","params":{"limit":1,"user_id":5}}]',
        "user@;limit=1;user_id=5",
    ),
    (
        "repaint",
        {"user_id": 5},
        "5",
        '[{"context":"user@","function":"user_profile@","params":{"user_id":5}}]',
        "user@;user_id=5",
    ),
    (
        "repaint_object",
        {"user_id": 5},
        "5",
        '[{"context":"user@","function":"user_profile@","params":{"user_id":5}}]',
        "user@;user_id=5",
    ),
    ("repaint_all", {}, "0", '[{"context":"user@","function":"user_profile@"}]', "user@"),
    (
        "transfer",
        {"user_id": 5, "team_id": 3},
        '"transferred"',
        '[{"context":"user@","params":{"user_id":5}},{"context":"team@","params":{"team_id":3}}]',
        "user@;user_id=5, team@;team_id=3",
    ),
    (
        "transfer_back",
        {"user_id": 5},
        '"transferred"',
        '["team@",{"context":"user@","params":{"user_id":5}}]',
        "team@, user@;user_id=5",
    ),
    ("twice", {"user_id": 5}, '"twice"', '[{"context":"user@","params":{"user_id":5}}]', "user@;user_id=5"),
    (
        "profile_and_user",
        {"user_id": 5},
        '"both"',
        (
            '[{"context":"user@","function":"user_profile@","params":{"user_id":5}},'
            '{"context":"user@","params":{"user_id":5}}]'
        ),
        "user@;user_id=5",
    ),
    ("far_away", {"user_id": 5}, '"elsewhere"', '["elsewhere"]', "elsewhere"),
    (
        "relocate",
        {"team_id": 3, "region": "south west"},
        '"south west"',
        '[{"context":"team@","params":{"region":"south west","team_id":3}}]',
        "team@;region=south%20west;team_id=3",
    ),
    (
        "relabel",
        {"name": "é😀"},
        "2",
        '[{"context":"label@","params":{"name":"\\u00e9\\ud83d\\ude00"}}]',
        "label@;name=%C3%A9%F0%9F%98%80",
    ),
    ("relabel", {"name": ""}, "0", '[{"context":"label@","params":{"name":""}}]', "label@;name="),
    (
        "book",
        {
            "active": True,
            "amount": "10.50",
            "colour": "red",
            "day": "2026-01-02",
            "flags": [1, 2],
            "limits": {"b": 1, "a": 2},
            "moment": "2026-01-02T03:04:05Z",
            "ratio": 2,
            "ref": "12345678123456781234567812345678",
        },
        '"booked"',
        (
            '[{"context":"ledger@","params":{"active":true,"amount":"10.5","colour":"red","day":"2026-01-02",'
            '"flags":[1,2],"limits":{"a":2,"b":1},"moment":"2026-01-02T03:04:05Z","ratio":2.0,'
            '"ref":"12345678-1234-5678-1234-567812345678"}}]'
        ),
        (
            "ledger@;active=true;amount=10.5;colour=red;day=2026-01-02;flags=%5B%221%22%2C%222%22%5D;"
            "limits=%7B%22a%22%3A%222%22%2C%22b%22%3A%221%22%7D;moment=2026-01-02T03%3A04%3A05Z;ratio=2.0;"
            "ref=12345678-1234-5678-1234-567812345678"
        ),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]}-{len(case[1])}")
def test_what_a_mutation_makes_stale(stranger: Caller, world: World, case: Case) -> None:
    function, arguments, result, entries, header = case
    answer = stranger.call(world(function), arguments)
    assert answer.body.decode() == _there(f'{{"result":{result},"invalidate":{entries}}}', world)
    assert answer.header == _there(header, world)


def test_there_is_no_key_and_no_header_when_nothing_is_stale(stranger: Caller, world: World) -> None:
    answer = stranger.call(world("add"), {"a": 1})
    assert answer.body == b'{"result":3}'
    assert answer.header is None


@pytest.mark.parametrize("arguments", [{"user_id": number} for number in (0, -1, 2**53, 2**63, 2**64, 10**30)])
def test_the_header_says_what_the_body_says(stranger: Caller, world: World, arguments: dict[str, Any]) -> None:
    answer = stranger.call(world("rename"), arguments)
    assert answer.invalidate == [{"context": world("user"), "params": arguments}]
    assert answer.header == f"{world('user')};user_id={arguments['user_id']}"


@pytest.mark.parametrize(
    ("ratio", "text"),
    [
        (1, "1.0"),
        (0.1, "0.1"),
        (-0.0, "-0.0"),
        (1e15, "1000000000000000.0"),
        (1e16, "1e%2B16"),
        (1e-4, "0.0001"),
        (1e-5, "1e-05"),
        (5e-324, "5e-324"),
        (1.7976931348623157e308, "1.7976931348623157e%2B308"),
    ],
)
def test_floats_are_written_as_python_writes_them(stranger: Caller, world: World, ratio: float, text: str) -> None:
    answer = stranger.call(world("tune"), {"ratio": ratio})
    assert answer.header == f"{world('dial')};ratio={text}"
    assert f'"params":{{"ratio":{float(ratio)!r}}}'.encode() in answer.body


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("é", "é"),
        (1.5, "1.5"),
        (10**30, str(10**30)),
        ([], "[]"),
        ({}, "{}"),
        ([1, "1", None, [2]], '["1","1","null",["2"]]'),
        ({"b": [1, None, 1.5], "a": "é"}, '{"a":"\\u00e9","b":["1","null","1.5"]}'),
        ({"é": "\r\n", "\uff5e": 1, "\U0001f600": 2}, '{"\\u00e9":"\\r\\n","\\uff5e":"1","\\ud83d\\ude00":"2"}'),
    ],
)
def test_all_kinds_of_json_may_be_a_scope(stranger: Caller, world: World, value: Any, text: str) -> None:
    answer = stranger.call(world("put_up"), {"value": value})
    assert answer.invalidate == [{"context": world("shelf"), "params": {"value": value}}]
    assert answer.header == f"{world('shelf')};value={quote(text, safe='')}"
    entry = {"context": world("shelf"), "params": {"value": value}}
    assert json.dumps([entry], sort_keys=True, separators=(",", ":")).encode() in answer.body


def test_a_parameter_that_the_context_understands_otherwise_narrows_nothing(stranger: Caller, world: World) -> None:
    understood = stranger.call(world("retire"), {"handle": "Ada"})
    assert understood.invalidate == [{"context": world("handle"), "params": {"handle": "ada"}}]
    otherwise = stranger.call(world("retire_as_written"), {"handle": "Ada"})
    assert otherwise.invalidate == [world("handle")]


@pytest.mark.parametrize("value", [1, True, "Ada", None])
def test_a_parameter_whose_equal_values_are_not_known_narrows_nothing(
    stranger: Caller, world: World, value: Any
) -> None:
    """Python says that 1 is True: what is said of one concerns those who show the other."""
    answer = stranger.call(world("pin"), {"value": value})
    assert (answer.invalidate, answer.header) == ([world("pinboard")], world("pinboard"))


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"price": "10.50"}, {"price": "10.5"}),
        ({"price": "1e2"}, {"price": "100"}),
        ({"price": "0.00"}, {"price": "0"}),
        ({"moment": "2026-01-02T03:04:05+02:00"}, {"moment": "2026-01-02T01:04:05Z"}),
        ({"moment": "2026-01-02T03:04:05"}, {"moment": "2026-01-02T03:04:05"}),
    ],
)
def test_equal_values_are_said_in_one_way(
    stranger: Caller, world: World, arguments: dict[str, str], expected: dict[str, str]
) -> None:
    """Clients compare what is said: whoever shows the price 10.5 must hear of 10.50."""
    answer = stranger.call(world("reprice"), arguments)
    assert answer.invalidate == [{"context": world("typed"), "params": expected}]
    scope = stranger.fetch(world("typed"), **arguments).headers["X-Mizan-Scope"]
    assert {f"{name}={quote(text, safe='')}" for name, text in expected.items()} <= {*scope.split(";")}


def test_a_call_that_fails_after_it_has_begun(stranger: Caller, world: World) -> None:
    """It may have written."""
    answer = stranger.call(world("rename_and_fail"), {"user_id": 5}).refused("CONFLICT")
    assert answer.body.endswith(_there('},"invalidate":[{"context":"user@","params":{"user_id":5}}]}', world).encode())
    assert answer.header == _there("user@;user_id=5", world)


def test_a_call_that_fails_tells_of_the_calls_that_it_made(stranger: Caller, world: World) -> None:
    answer = stranger.call(world("promote_and_fail"), {"user_id": 5}).refused("CONFLICT")
    assert answer.invalidate == [{"context": "user", "params": {"user_id": 5}}]


def test_a_call_that_is_refused_makes_nothing_stale(stranger: Caller, world: World) -> None:
    assert stranger.call(world("rename_and_fail"), {"user_id": "x"}).refused("VALIDATION_ERROR").invalidate is None


def _there(text: str, world: World) -> str:
    return text.replace("@", world.suffix)
