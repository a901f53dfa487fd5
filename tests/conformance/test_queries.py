"""Query strings: text that becomes arguments."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from tests.conformance.caller import Caller
from tests.conformance.conftest import World

REF = "12345678-1234-5678-1234-567812345678"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {}),
        ("count=5", {"count": 5}),
        ("count=-5", {"count": -5}),
        ("count=12345678901234567890123", {"count": 12345678901234567890123}),
        ("ratio=1.5", {"ratio": 1.5}),
        ("ratio=1e-7", {"ratio": 1e-07}),
        ("flag=true", {"flag": True}),
        ("flag=false", {"flag": False}),
        ("text=5", {"text": "5"}),
        ("text=true", {"text": "true"}),
        ("text=null", {"text": "null"}),
        ("text=", {"text": ""}),
        ("text=a+b", {"text": "a b"}),
        ("text=a%20b", {"text": "a b"}),
        ("text=a%2Bb", {"text": "a+b"}),
        ("text=%26%3D%25%23", {"text": "&=%#"}),
        ("text=%C3%A9%F0%9F%98%80", {"text": "é😀"}),
        ("text=a=b", {"text": "a=b"}),
        ("text=a;b", {"text": "a;b"}),
        ("text=%7B%22a%22%3A1%7D", {"text": '{"a":1}'}),
        ("te%78t=a", {"text": "a"}),
        ("moment=2026-01-02T03:04:05Z", {"moment": "2026-01-02T03:04:05Z"}),
        ("moment=2026-01-02T03:04:05%2B02:00", {"moment": "2026-01-02T03:04:05+02:00"}),
        ("day=2026-01-02", {"day": "2026-01-02"}),
        (f"ref={REF}", {"ref": REF}),
        ("price=10.50", {"price": "10.50"}),
        ("colour=red", {"colour": "red"}),
        ("level=3", {"level": 3}),
        ("numbers=1", {"numbers": [1]}),
        ("numbers=3&numbers=1&numbers=2", {"numbers": [3, 1, 2]}),
        ("texts=1&texts=&texts=a", {"texts": ["1", "", "a"]}),
        ("colours=red&colours=blue", {"colours": ["red", "blue"]}),
        ("numbers=1&text=x&numbers=2", {"numbers": [1, 2], "text": "x"}),
        ("window=" + quote('{"low":1,"high":2}'), {"window": {"low": 1, "high": 2}}),
        (
            "windows=" + quote('{"low":1,"high":2}') + "&windows=" + quote('{"low":3,"high":4}'),
            {"windows": [{"low": 1, "high": 2}, {"low": 3, "high": 4}]},
        ),
        ("limits=" + quote('{"a":1}'), {"limits": {"a": 1}}),
        ("either=word", {"either": "word"}),
        ("count=5&flag=true&numbers=1", {"count": 5, "flag": True, "numbers": [1]}),
    ],
)
def test_text_becomes_what_the_parameter_is(
    stranger: Caller, world: World, query: str, expected: dict[str, Any]
) -> None:
    answer = stranger.fetch_raw(f"{world('typed')}/?{query}")
    assert answer.status == 200, answer
    given = {name: value for name, value in answer.json[world("typed")].items() if value is not None}
    assert given == expected


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("count=x", ["count"]),
        ("count=", ["count"]),
        ("count=1.5", ["count"]),
        ("count=5&count=6", ["count"]),
        ("text=a&text=a", ["text"]),
        ("flag=perhaps", ["flag"]),
        ("moment=yesterday", ["moment"]),
        ("day=2026-02-30", ["day"]),
        ("ref=1", ["ref"]),
        ("price=ten", ["price"]),
        ("colour=green", ["colour"]),
        ("colour=RED", ["colour"]),
        ("level=2", ["level"]),
        ("numbers=1&numbers=x", ["numbers.1"]),
        ("numbers=x&numbers=y", ["numbers.0", "numbers.1"]),
        ("colours=red&colours=green", ["colours.1"]),
        ("window=x", ["window"]),
        ("window=1", ["window"]),
        ("window=%7B", ["window"]),
        ("window=" + quote('{"low":-1,"high":2}'), ["window.low"]),
        ("window=" + quote('{"low":1}'), ["window.high"]),
        ("window=" + quote('{"low":1,"high":2}') + "&window=" + quote('{"low":1,"high":2}'), ["window"]),
        ("limits=" + quote('{"a":"x"}'), ["limits.a"]),
        ("limits=" + quote("[1]"), ["limits"]),
        ("nope=1", ["nope"]),
        ("Count=1", ["Count"]),
        ("numbers[]=1", ["numbers[]"]),
        ("count=x&nope=1", None),
        ("=1", [""]),
        ("request=1", ["request"]),
    ],
)
def test_a_fault_is_named(stranger: Caller, world: World, query: str, fields: list[str] | None) -> None:
    answer = stranger.fetch_raw(f"{world('typed')}/?{query}").refused("VALIDATION_ERROR")
    assert fields is None or answer.details.keys() == set(fields), answer.details


@pytest.mark.parametrize(
    "query",
    [
        "%",
        "text=%",
        "text=%z",
        "text=%zz",
        "text=%f",
        "text=%ff",
        "text=%C3",
        "text=%C3%28",
        "text=%ED%A0%80",
        "text=%C0%80",
        "%ff=1",
        "%C3=%C3",
        "&&&",
        "?",
        "text",
        "text&text",
        "text=%00",
        "text=%0d%0aX-Injected:1",
        "count=%EF%BC%95",
        "count=%205",
        "count=0x10",
        "count=1_000",
        "count=" + "9" * 5_000,
        "ratio=nan",
        "ratio=1e999",
        "price=NaN",
        "price=1e999999999",
        "moment=9999999999999999",
        "window=" + quote("[" * 5_000),
        "window=" + quote('{"low":NaN,"high":1}'),
        "limits=" + quote('{"\\ud800":1}'),
        "texts=" + "a" * 40_000,
    ],
)
def test_bad_encoding_and_odd_values_are_never_the_servers_fault(stranger: Caller, world: World, query: str) -> None:
    answer = stranger.fetch_raw(f"{world('typed')}/?{query}")
    assert answer.status in (200, 400, 422), answer
    assert "X-Injected" not in answer.headers


@pytest.mark.parametrize("field", ["numbers=1", "n{}=1", "count=1", ""])
def test_thousands_of_fields(stranger: Caller, world: World, field: str) -> None:
    query = "&".join(field.format(number) for number in range(5_000))
    assert stranger.fetch_raw(f"{world('typed')}/?{query}").status in (200, 400, 413, 422)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("count=5", [5, 0.0, False, "2026-01-01", None, ""]),
        ("count=-12345678901234567890123", [-12345678901234567890123, 0.0, False, "2026-01-01", None, ""]),
        ("ratio=1.5&flag=true", [0, 1.5, True, "2026-01-01", None, ""]),
        ("ratio=5", [0, 5.0, False, "2026-01-01", None, ""]),
        ("day=2026-01-02&text=5", [0, 0.0, False, "2026-01-02", None, "5"]),
        ("counts=1&counts=2", [0, 0.0, False, "2026-01-01", [1, 2], ""]),
    ],
)
def test_strict_parameters(stranger: Caller, world: World, query: str, expected: list[Any]) -> None:
    assert stranger.fetch_raw(f"{world('strict')}/?{query}").json[world("strict")] == expected


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("count=05", "count"),
        ("count=5.0", "count"),
        ("count=%205x", "count"),
        ("count=true", "count"),
        ("ratio=1e999", "ratio"),
        ("ratio=.5", "ratio"),
        ("flag=1", "flag"),
        ("flag=True", "flag"),
        ("day=yesterday", "day"),
        ("counts=1&counts=x", "counts.1"),
    ],
)
def test_strict_parameters_take_json_alone(stranger: Caller, world: World, query: str, field: str) -> None:
    answer = stranger.fetch_raw(f"{world('strict')}/?{query}").refused("VALIDATION_ERROR")
    assert answer.details.keys() == {field}
