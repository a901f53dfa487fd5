"""Arguments: what reaches a function, and what is refused with ``VALIDATION_ERROR`` and the place of the fault."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conformance.answers import Answer
from tests.conformance.caller import Caller
from tests.conformance.conftest import World

PERSON = {"id": 1, "name": "Ada"}
TYPED = {"count": 3, "day": "2026-01-02", "price": "1.50", "colour": "red", "person": PERSON}


def _assert_at_fault(answer: Answer, *fields: str) -> None:
    answer.refused("VALIDATION_ERROR")
    assert answer.details.keys() == set(fields), answer.details
    for messages in answer.details.values():
        assert messages, answer.details
        assert all(isinstance(message, str) and message for message in messages), answer.details


@pytest.mark.parametrize("text", ["", "hi", 'é"\n\u2028😀\u0000', "x" * 100_000], ids=len)
def test_text_comes_back_as_it_was(stranger: Caller, world: World, text: str) -> None:
    assert stranger.call(world("echo"), {"text": text}).result == text


def test_a_default_stands_in_for_what_is_left_out(stranger: Caller, world: World) -> None:
    assert stranger.call(world("add"), {"a": 1}).result == 3
    assert stranger.call(world("add"), {"a": 1, "b": 10}).result == 11


def test_keyword_only_parameters(stranger: Caller, world: World) -> None:
    assert stranger.call(world("subtract"), {"a": 5, "b": 3}).result == 2


def test_args_may_be_left_out(stranger: Caller, world: World) -> None:
    assert stranger.call(world("nothing")).body == b'{"result":null}'
    assert stranger.call(world("nothing"), {}).body == b'{"result":null}'


def test_an_optional_argument_may_be_null_but_not_left_out(stranger: Caller, world: World) -> None:
    assert stranger.call(world("maybe"), {"text": None}).result == "none"
    assert stranger.call(world("maybe"), {"text": "a"}).result == "text:a"
    _assert_at_fault(stranger.call(world("maybe"), {}), "text")


def test_null_is_not_the_default(stranger: Caller, world: World) -> None:
    assert stranger.call(world("maybe_not"), {}).result == "text:left out"
    assert stranger.call(world("maybe_not"), {"text": None}).result == "none"


def test_arguments_become_what_the_annotations_say(stranger: Caller, world: World) -> None:
    assert stranger.call(world("types_of"), TYPED).result == ["int", "date", "Decimal", "Colour", "Person"]


def test_models_and_dataclasses(stranger: Caller, world: World) -> None:
    friends = [{"id": 2, "name": "Bo"}, {"id": 3, "name": "Cy"}]
    assert stranger.call(world("befriend"), {"person": PERSON, "friends": friends}).result == ["Ada", "Bo", "Cy"]
    assert stranger.call(world("norm"), {"point": {"x": 3, "y": -4}}).result == 7
    assert stranger.call(world("norm"), {"point": {"x": 3}}).result == 3


@pytest.mark.parametrize(
    ("arguments", "fields"),
    [
        ({}, ["a"]),
        ({"b": 1}, ["a"]),
        ({"a": "one"}, ["a"]),
        ({"a": None}, ["a"]),
        ({"a": 1.5}, ["a"]),
        ({"a": []}, ["a"]),
        ({"a": {}}, ["a"]),
        ({"a": "one", "b": "two"}, ["a", "b"]),
        ({"a": 1, "c": 1}, ["c"]),
        ({"c": 1, "d": 1}, ["a", "c", "d"]),
        ({"a": 1, "": 1}, [""]),
        ({"a": 1, "request": 1}, ["request"]),
        ({"a": 1, "self": 1}, ["self"]),
        ({"a": 1, "args": [], "kwargs": {}}, ["args", "kwargs"]),
        ({"a": 1, "__class__": 1}, ["__class__"]),
        ({"A": 1}, ["a", "A"]),
        ({"a": 1, "b ": 1}, ["b "]),
        ({"a": 1, "\r\nX-Injected: 1": 1}, ["\r\nX-Injected: 1"]),
        ({"a": 1, "é😀": 1}, ["é😀"]),
    ],
)
def test_missing_surplus_and_wrong_arguments(
    stranger: Caller, world: World, arguments: dict[str, Any], fields: list[str]
) -> None:
    answer = stranger.call(world("add"), arguments)
    _assert_at_fault(answer, *fields)
    assert "X-Injected" not in answer.headers


@pytest.mark.parametrize(
    ("function", "arguments", "fields"),
    [
        ("nothing", {"a": 1}, ["a"]),
        ("befriend", {"person": {"id": 1}, "friends": []}, ["person.name"]),
        ("befriend", {"person": PERSON, "friends": [PERSON, {"id": "x", "name": "Bo"}]}, ["friends.1.id"]),
        ("befriend", {"person": PERSON | {"address": {}}, "friends": [3]}, ["person.address.street", "friends.0"]),
        ("befriend", {"person": PERSON, "friends": PERSON}, ["friends"]),
        ("types_of", TYPED | {"count": "three"}, ["count"]),
        ("types_of", TYPED | {"day": "2026-02-30"}, ["day"]),
        ("types_of", TYPED | {"price": "ten"}, ["price"]),
        ("types_of", TYPED | {"colour": "green"}, ["colour"]),
        ("types_of", TYPED | {"person": "Ada"}, ["person"]),
        ("typed_call", {"window": {"low": -1, "high": 1}}, ["window.low"]),
        ("typed_call", {"limits": {"a": "x"}}, ["limits.a"]),
        ("typed_call", {"ref": "not-a-uuid"}, ["ref"]),
        ("typed_call", {"moment": "yesterday"}, ["moment"]),
        ("typed_call", {"flag": "perhaps"}, ["flag"]),
    ],
)
def test_the_place_of_a_fault_is_named(
    stranger: Caller, world: World, function: str, arguments: dict[str, Any], fields: list[str]
) -> None:
    _assert_at_fault(stranger.call(world(function), arguments), *fields)


def test_thousands_of_surplus_arguments(stranger: Caller, world: World) -> None:
    arguments = {f"surplus_{number}": number for number in range(20_000)}
    stranger.call(world("add"), arguments).refused("VALIDATION_ERROR")


STRICT = {
    "moment": "2026-01-02T03:04:05Z",
    "day": "2026-01-02",
    "ref": "12345678-1234-5678-1234-567812345678",
    "pair": [1, "one"],
    "marks": [1],
    "colour": "red",
    "price": "1.50",
    "lasting": "PT1H",
    "prices": {"1": "2.50"},
}


def test_strict_models_take_json(stranger: Caller, world: World) -> None:
    assert stranger.call(world("strict_call"), {"value": STRICT, "count": 5}).result == STRICT


@pytest.mark.parametrize(
    ("arguments", "fields"),
    [
        ({"value": STRICT, "count": "5"}, ["count"]),
        ({"value": STRICT | {"moment": 1_700_000_000}}, ["value.moment"]),
        ({"value": STRICT | {"pair": ["1", "one"], "marks": ["1"]}}, ["value.pair.0", "value.marks.0"]),
        ({"value": STRICT | {"prices": {"one": "1"}}}, ["value.prices.one.[key]"]),
        ({"value": []}, ["value"]),
    ],
)
def test_strict_models_take_nothing_else(
    stranger: Caller, world: World, arguments: dict[str, Any], fields: list[str]
) -> None:
    _assert_at_fault(stranger.call(world("strict_call"), arguments), *fields)


@pytest.mark.parametrize("number", ["1e999", "-1e999", "9" * 400, "-" + "9" * 400, "1" + "0" * 400 + ".5"])
def test_a_number_beyond_all_floats(stranger: Caller, world: World, number: str) -> None:
    body = f'{{"fn":"{world("weigh")}","args":{{"value":{{"size":{number}}}}}}}'
    answer = stranger.post(body.encode())
    _assert_at_fault(answer, "value.size")
    assert answer.details["value.size"] == ["Input should be a finite number"]
    bare = f'{{"fn":"{world("weigh")}","args":{{"anything":[{number}]}}}}'
    if number.lstrip("-").isdecimal():
        assert stranger.post(bare.encode()).result is True
    else:
        _assert_at_fault(stranger.post(bare.encode()), "anything.0")


def test_what_is_wrong_is_said_in_the_words_of_json(stranger: Caller, world: World) -> None:
    answer = stranger.call(world("befriend"), {"person": [], "friends": {}}).refused("VALIDATION_ERROR")
    assert answer.details == {"person": ["Input should be an object"], "friends": ["Input should be a valid array"]}
