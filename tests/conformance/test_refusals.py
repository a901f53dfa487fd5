"""However much is wrong, the answer says enough and no more."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.conformance.answers import Answer
from tests.conformance.caller import Caller
from tests.conformance.conftest import World

REST = "*"
ROOM = 65_536 + 1_024
MANY = 20_000
LONG = "k" * 100_000

BOMBS: dict[str, Any] = {
    "objects for a union": {"shapes": [{}] * MANY},
    "texts for numbers": {"numbers": ["x"] * MANY},
    "surplus members": {"named": {"one": {f"m{number}": 1 for number in range(MANY)}}},
    "surplus members many times": {"named": {f"n{number}": {"a": 1, "b": 2} for number in range(2_000)}},
    "many bad entries": {"named": {f"n{number}": 1 for number in range(MANY)}},
    "surplus arguments": {f"a{number}": 1 for number in range(MANY)},
    "a long name": {"named": {LONG: {f"m{number}": 1 for number in range(MANY)}}},
    "a long name and few values": {"named": {LONG: {f"m{number}": 1 for number in range(10)}}},
    "a long surplus argument": {LONG: 1},
    "not ASCII": {"named": {"é" * 200 + str(number): 1 for number in range(200)}},
    "control characters": {"named": {"\x01" * 200 + str(number): 1 for number in range(200)}},
}


def _check(answer: Answer) -> None:
    details = answer.refused("VALIDATION_ERROR").details
    assert sum(len(messages) for path, messages in details.items() if path != REST) <= 100
    assert len(answer.body) <= ROOM
    assert all(len(path) <= 256 for path in details)


@pytest.mark.parametrize("arguments", BOMBS.values(), ids=BOMBS)
def test_refusals_are_bounded(stranger: Caller, world: World, arguments: dict[str, Any]) -> None:
    _check(stranger.call(world("count_shapes"), arguments))


def test_the_rest_is_counted(stranger: Caller, world: World) -> None:
    details = stranger.call(world("count_shapes"), {"numbers": ["x"] * 200}).details
    assert len(details) == 101
    assert details[REST] == ["… and 100 more"]
    details = stranger.call(world("count_shapes"), {"numbers": ["x"] * MANY}).details
    assert details.keys() == {REST, *(f"numbers.{number}" for number in range(100))}
    [more, unchecked] = details[REST]
    counted = [int(text.split()[2].replace(",", "")) for text in (more, unchecked)]
    assert 100 + sum(counted) == MANY


def test_mistakes_are_reported_together(stranger: Caller, world: World) -> None:
    """Those at the end of much that is right, too."""
    numbers: list[Any] = [1] * MANY
    for place in (15_000, 15_001, 15_150):
        numbers[place] = "x"
    arguments = {"numbers": numbers, "named": {"a": {"inner": 1}, "b": {"inner": 1, "outer": "x"}}, "colour": "red"}
    details = stranger.call(world("count_shapes"), arguments).details
    expected = {"colour", "named.a.outer", "named.b.outer", "numbers.15000", "numbers.15001", "numbers.15150"}
    assert expected <= details.keys() <= {*expected, REST}


def test_much_that_is_right_is_taken(stranger: Caller, world: World) -> None:
    shapes = [{"radius": 1, "label": "a"}, {"side": 1, "label": "b"}, {"inner": 1, "outer": 2}] * 1_000
    named = {f"n{number}": {"inner": 1, "outer": 2} for number in range(1_000)}
    answer = stranger.call(world("count_shapes"), {"shapes": shapes, "named": named, "numbers": ["5", 5] * 500})
    assert answer.result == 5_000


@pytest.mark.parametrize(
    "query",
    [
        urlencode({f"n{number}": "" for number in range(1_000)}),
        urlencode({f"{number}" + "x" * 20: "" for number in range(1_000)}),
        urlencode({"é" * 200 + str(number): "" for number in range(40)}),
        urlencode([("numbers", "x")] * 1_000),
        "windows=" + "&windows=".join(["1"] * 999),
        urlencode({"limits": json.dumps({f"n{number}": "" for number in range(1_500)})}),
    ],
)
def test_refusals_of_queries_are_bounded(stranger: Caller, world: World, query: str) -> None:
    _check(stranger.fetch_raw(f"{world('typed')}/?{query}"))
