"""Canonical JSON (protocol.md section 2)."""

from __future__ import annotations

import json
import math
import random
import struct
import sys
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mizan_core.engine import Engine
from tests.parity import subclasses, values
from tests.parity.differential import Outcome, Same, exact


@given(value=values.anything())
def test_engines_agree_on_anything(same: Same, value: object) -> None:
    before = exact(value)
    same(lambda engine: engine.canonical_json(value))
    assert exact(value) == before, "an argument is left as it was"


@given(value=values.deep_values())
def test_engines_agree_on_deep_values(same: Same, value: object) -> None:
    same(lambda engine: engine.canonical_json(value))


@given(value=st.floats() | st.floats(width=32) | st.sampled_from(values.FLOATS))
def test_floats_are_written_as_repr_writes_them(same: Same, value: float) -> None:
    outcome = same(lambda engine: engine.canonical_json(value))
    assert outcome.value == (repr(value).encode() if math.isfinite(value) else None)


FLOAT_KINDS: dict[str, Callable[[random.Random], float]] = {
    "random bits": lambda source: struct.unpack("d", source.randbytes(8))[0],
    "subnormal": lambda source: source.getrandbits(52) * 5e-324,
    "around powers of two": lambda source: _near(source, 2.0 ** source.randint(-1022, 1023)),
    "around powers of ten": lambda source: _near(source, float(f"1e{source.randint(-307, 308)}")),
    "few digits": lambda source: float(f"{source.randint(0, 99_999)}e{source.randint(-320, 300)}"),
    "prices": lambda source: source.randint(0, 10**9) / 100,
    # Of 16 or 17 digits: half of these lie half-way between two shortest texts.
    "integers and quarters": lambda source: source.randint(10**14, 2**52) + source.choice((0.25, 0.5, 0.75)),
    "sixteenths and less": lambda source: source.randint(10**11, 10**13) + source.randint(1, 63) / 64,
    "integers beyond 2^53": lambda source: float(source.randint(2**53, 2**70)),
}


@pytest.mark.parametrize("kind", FLOAT_KINDS.values(), ids=FLOAT_KINDS)
def test_many_floats(engine: Engine, kind: Callable[[random.Random], float]) -> None:
    source = random.Random(0)  # noqa: S311 - a test that says the same every time
    found = [value for value in (kind(source) for _ in range(5_000)) if math.isfinite(value)]
    assert engine.canonical_json(found) == f"[{','.join(map(repr, found))}]".encode()


def _near(source: random.Random, value: float) -> float:
    for _ in range(source.randint(0, 3)):
        value = math.nextafter(value, source.choice((0.0, math.inf)))
    return value


@given(value=values.integers() | st.integers(-(10**80), 10**80))
def test_integers_are_written_in_decimal(same: Same, value: int) -> None:
    assert same(lambda engine: engine.canonical_json(value)).value == str(Decimal(value)).encode()


@given(value=values.json_values())
def test_equals_json_dumps(same: Same, value: object) -> None:
    text: Any = same(lambda engine: engine.canonical_json(value)).value
    with unlimited_digits():
        assert text == json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("ascii")
        assert json.loads(text) == value
    assert all(0x20 <= byte <= 0x7E for byte in text)


@pytest.mark.parametrize("wrap", [lambda inner: [inner], lambda inner: (inner,), lambda inner: {"a": inner}])
def test_depth_limit(same: Same, wrap: Callable[[Any], Any]) -> None:
    def write(levels: int) -> Outcome:
        value = values.nested(levels, wrap)
        return same(lambda engine: engine.canonical_json(value))

    assert write(values.MAX_DEPTH).error is None
    assert write(values.MAX_DEPTH + 1).kind is ValueError
    assert write(10_000).kind is ValueError


def test_a_container_that_holds_itself(same: Same) -> None:
    endless: list[Any] = []
    endless.append(endless)
    assert same(lambda engine: engine.canonical_json(endless)).kind is ValueError
    circle: dict[str, Any] = {}
    circle["a-b"] = {"c": circle}
    assert same(lambda engine: engine.canonical_json(circle)).kind is ValueError


@pytest.mark.parametrize(
    ("value", "error", "place"),
    [
        pytest.param(math.nan, ValueError, "value: ", id="NaN"),
        pytest.param({"filter": [1, {"x": -math.inf}]}, ValueError, "value.filter[1].x: ", id="infinity inside"),
        pytest.param(["a", "\ud83d"], ValueError, "value[1]: ", id="lone surrogate"),
        pytest.param({"a\udc00": 1}, ValueError, "value: ", id="lone surrogate in a key"),
        pytest.param({"a": {1: 2}}, TypeError, "value.a: ", id="integer key"),
        pytest.param({"a": {None: 2}}, TypeError, "value.a: ", id="null key"),
        pytest.param({"a b": {"c": {1, 2}}}, TypeError, 'value["a b"].c: ', id="set"),
        pytest.param({'"\n': b""}, TypeError, 'value["\\"\\n"]: ', id="bytes under a key with quotes"),
        pytest.param([Decimal(1)], TypeError, "value[0]: ", id="Decimal"),
        pytest.param([[], [object()]], TypeError, "value[1][0]: ", id="object"),
    ],
)
def test_refusals_name_the_place(same: Same, value: object, error: type[Exception], place: str) -> None:
    outcome = same(lambda engine: engine.canonical_json(value))
    assert outcome.kind is error
    assert str(outcome.error).startswith(place)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param(subclasses.Level.LOW, b"1", id="IntEnum"),
        pytest.param(subclasses.Colour.RED, b'"red"', id="str Enum"),
        pytest.param(subclasses.SafeText("truth"), b'"truth"', id="str"),
        pytest.param(subclasses.Count(5), b"5", id="int"),
        pytest.param(subclasses.Ratio(0.5), b"0.5", id="float"),
        pytest.param(subclasses.Rows([1, 2]), b"[1,2]", id="list"),
        pytest.param(OrderedDict({"a": 1}), b'{"a":1}', id="dict"),
        pytest.param(subclasses.Point(1, None), b"[1,null]", id="NamedTuple"),
    ],
)
def test_subclasses_are_taken_by_what_they_hold(same: Same, value: object, text: bytes) -> None:
    assert same(lambda engine: engine.canonical_json(value)).value == text


def test_keys_are_sorted_by_code_point(same: Same) -> None:
    value = {"\U00010000": 1, "\uffff": 2, "é": 3, "a": 4, "B": 5, "": 6, "aa": 7}
    assert list(json.loads(same(lambda engine: engine.canonical_json(value)).value)) == sorted(value)  # type: ignore[arg-type]


@contextmanager
def unlimited_digits() -> Iterator[None]:
    """Let the reference print and read integers of any size, as canonical JSON does."""
    limit = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    try:
        yield
    finally:
        sys.set_int_max_str_digits(limit)
