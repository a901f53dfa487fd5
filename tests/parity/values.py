"""Strategies for what may be handed to an engine: JSON values, JSON-like values, and what is neither."""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeAlias

from hypothesis import strategies as st

from tests.parity import subclasses

Values: TypeAlias = st.SearchStrategy[Any]

MAX_DEPTH = 64
MAX_INTEGER = 2**53 - 1

WELL_FORMED_TEXTS = (
    "",
    "user",
    "user_id",
    "5",
    "5.0",
    "é",
    "e\u0301",
    "☃",
    "😀",
    "\U0010ffff",
    "\uffff",
    '"\\/\b\f\n\r\t',
    "\x00",
    "\x1f\x7f\x80\x9f\xa0",
    "\x85\u200e\u200f\u2028\u2029\u202a\u202e\u2066\u2069\ufeff",
    "a b;c,d=e%&?#+~!'()*",
    "\r\nX-Injected: 1",
    "null",
    "#null",
    "NaN",
    "lie",
)
SURROGATES = ("\ud800", "\udfff", "a\udc80b", "\udc00\ud800")

INTEGERS = (
    *range(-2, 3),
    *(sign * (2**bits + offset) for bits in (31, 32, 53, 63, 64, 128) for offset in (-1, 0, 1) for sign in (1, -1)),
)
FLOATS = (
    0.0,
    -0.0,
    1.0,
    0.1,
    1e-4,
    1e-5,
    1e-7,
    1e15,
    1e16,
    9999999999999998.0,
    123456789012345680.0,
    1e21,
    1e22,
    1e23,
    5e-324,
    2.2250738585072014e-308,
    2.225073858507201e-308,
    1.7976931348623157e308,
    float(2**53),
    2.5e-8,
    # Half-way between two shortest texts.
    844659930260246.25,
    844659930260246.75,
)
NOT_FINITE = (math.nan, -math.nan, math.inf, -math.inf)
DIGITS = (4_299, 4_300, 4_301, 5_000, 6_000)
"""Around the number of digits that CPython will print by itself."""


def texts() -> st.SearchStrategy[str]:
    """Well-formed Unicode."""
    return st.text(max_size=12) | st.sampled_from(WELL_FORMED_TEXTS)


def any_texts() -> st.SearchStrategy[str]:
    """Unicode, well-formed or not."""
    return st.one_of(texts(), st.text(st.characters(), max_size=6), st.sampled_from(SURROGATES))


def integers() -> st.SearchStrategy[int]:
    return printable_integers() | st.builds(long_integer, st.sampled_from(DIGITS))


def printable_integers() -> st.SearchStrategy[int]:
    """Those that ``str`` will print."""
    return st.integers() | st.sampled_from(INTEGERS)


def floats() -> st.SearchStrategy[float]:
    """Finite numbers of every magnitude."""
    return st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from(FLOATS)


def scalars() -> Values:
    """JSON scalars."""
    return st.one_of(st.none(), st.booleans(), integers(), floats(), texts())


def json_values() -> Values:
    """JSON values as built-in types."""
    return st.recursive(scalars(), _containers, max_leaves=12)


def not_json() -> Values:
    """What no JSON value is made of."""
    return st.one_of(
        st.sampled_from(NOT_FINITE),
        st.sampled_from(SURROGATES),
        st.sampled_from(
            (
                set(),
                frozenset({1}),
                b"bytes",
                bytearray(b"array"),
                Decimal("1.5"),
                Fraction(1, 3),
                1j,
                object(),
                object,
                range(3),
                ...,
                len,
                datetime.date(2026, 1, 2),
                st,
            )
        ),
    )


def anything() -> Values:
    """Every kind of value: JSON, subclasses of its types, and what is no JSON at all."""
    leaves = st.one_of(scalars(), _subclassed_scalars(), not_json())
    return st.recursive(leaves, _strange_containers, max_leaves=12)


def mostly(usual: Values) -> Values:
    """Two draws in three from *usual*, the third from ``anything``."""
    return st.one_of(usual, usual, anything())


def nested(levels: int, wrap: Callable[[Any], Any] = lambda inner: [inner], core: object = 0) -> Any:
    """*core* inside that many containers."""
    value: Any = core
    for _ in range(levels):
        value = wrap(value)
    return value


def deep_values() -> Values:
    """Values nested to just within and just beyond the limit, and far beyond."""
    wraps = st.sampled_from(
        (lambda inner: [inner], lambda inner: (inner,), lambda inner: {"a": inner}, lambda inner: [0, {"b-c": inner}])
    )
    levels = st.integers(MAX_DEPTH // 2 - 2, MAX_DEPTH + 4) | st.just(200)
    return st.builds(nested, levels, wraps, st.sampled_from((0, "x", [], {}, math.nan)))


def plain_dicts(keys: st.SearchStrategy[str], values: Values) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(keys, values, max_size=4)


def long_integer(digits: int) -> int:
    """An integer of that many digits."""
    return int(10 ** (digits - 1)) + 7


def _containers(children: Values) -> Values:
    return st.lists(children, max_size=4) | plain_dicts(texts(), children)


def _subclassed_scalars() -> Values:
    return st.one_of(
        st.sampled_from(subclasses.MEMBERS),
        *(st.builds(kind, any_texts()) for kind in subclasses.TEXT_TYPES),
        *(st.builds(kind, integers()) for kind in subclasses.INTEGER_TYPES),
        *(st.builds(kind, st.floats()) for kind in subclasses.FLOAT_TYPES),
    )


def _strange_containers(children: Values) -> Values:
    keys = st.one_of(texts(), texts(), any_texts(), _wrong_keys())
    lists = st.lists(children, max_size=4)
    dicts = st.dictionaries(keys, children, max_size=4)
    return st.one_of(
        lists,
        dicts,
        lists.map(tuple),
        st.builds(subclasses.Point, children, children),
        dicts.map(subclasses.default_dict),
        *(lists.map(kind) for kind in subclasses.LIST_TYPES),
        *(dicts.map(kind) for kind in subclasses.DICT_TYPES),
    )


def _wrong_keys() -> Values:
    return st.sampled_from((1, 1.5, None, True, b"k", (1, 2), subclasses.Level.LOW, subclasses.Colour.RED))
