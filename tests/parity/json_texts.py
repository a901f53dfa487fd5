"""Strategies for JSON texts: strict ones, and ones with every liberty that some reader takes."""

from __future__ import annotations

import json
from typing import TypeAlias

from hypothesis import strategies as st

Texts: TypeAlias = st.SearchStrategy[str]

STRICT_NUMBERS = (
    "0",
    "-0",
    "5",
    "-5",
    "1760000000",
    "9007199254740991",
    "9007199254740992",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551616",
    "1" + "0" * 30,
    "9" * 1500,
    "5.0",
    "-0.0",
    "1e9",
    "1E+9",
    "1e-9",
    "1e400",
    "-1e400",
    "1e-400",
    "1e99999999999999999999",
    "0.1",
    "1.7976931348623157e309",
)
LAX_NUMBERS = (
    "00",
    "01",
    "-01",
    "+5",
    ".5",
    "5.",
    "1e",
    "1e+",
    "-",
    "--5",
    "0x10",
    "1_000",
    "1,000",
    "٥",
    "NaN",
    "-NaN",
    "Infinity",
    "-Infinity",
    "inf",
    "1L",
    "5 5",
)
STRICT_STRINGS = (
    '""',
    '"HS256"',
    '"JWT"',
    '"42"',
    '"\\u0048S256"',
    '"\\ud83d\\ude00"',
    '"\\/\\b\\f\\n\\r\\t\\"\\\\"',
    '"\\u0000"',
    '"\x7f"',
    '"\u2028\ufeff"',
    '"é😀"',
    '"1760000000"',
    '"[{[{"',
    '"\\\\"',
    '"\\\\\\""',
)
LAX_STRINGS = (
    '"\\ud800"',
    '"\\udc00\\ud800"',
    '"\\ud83d\\u0041"',
    '"\\ud83d😀"',
    '"\\uDBFF\\uDFFF\\uD800"',
    '"\\x41"',
    '"\\u12g4"',
    '"\\u 041"',
    '"\\u+041"',
    '"\\u004"',
    '"\\U0041"',
    '"\t"',
    '"\n"',
    '"\x00"',
    '"',
    '"open',
    "'42'",
    '"\\"',
    '"a" "b"',
)
LAX_VALUES = ("", "True", "None", "nul", "truefalse", "undefined", "[", "]", "{", "}", "[1,]", "{,}", '{"a"}', "{1:2}")
SPACES = ("", "", "", " ", "\n\t\r ")
STRANGE_SPACES = ("\x0b", "\x0c", "\xa0", "\u2028", "\ufeff", "/**/", "//\n", "#\n", "\x00", ",")

STRICT_SCALARS = ("null", "true", "false", *STRICT_NUMBERS, *STRICT_STRINGS)
LAX_SCALARS = (*LAX_NUMBERS, *LAX_STRINGS, *LAX_VALUES)


def scalar_texts() -> Texts:
    """A scalar, strictly written more often than not."""
    strict = st.sampled_from(STRICT_SCALARS)
    return st.one_of(strict, strict, strict, st.sampled_from(LAX_SCALARS), st.text(max_size=6).map(json.dumps))


def value_texts() -> Texts:
    """A value of any kind, well-formed more often than not."""
    return st.one_of(st.recursive(scalar_texts(), _containers, max_leaves=6), nested_texts())


def object_texts(names: Texts, values: Texts) -> Texts:
    """An object; a name can come twice, and white space anywhere."""
    pair = st.tuples(_padded(names.map(json.dumps)), _padded(values)).map(":".join)
    return st.lists(pair, max_size=6).map(lambda pairs: "{" + ",".join(pairs) + "}")


def nested_texts() -> Texts:
    """Around the limit of 64 levels, and far beyond it."""
    levels = st.integers(60, 68) | st.sampled_from((128, 500, 1_000))
    shapes = st.sampled_from((("[", "]"), ('{"a":', "}"), ('[{"a":', "}]"), ("[", "")))
    return st.builds(lambda count, shape: shape[0] * count + "0" + shape[1] * count, levels, shapes)


def encoded(texts: Texts) -> st.SearchStrategy[bytes]:
    """The bytes of a text: UTF-8 mostly, else another encoding, a mark in front, or something behind."""
    utf_8 = texts.map(lambda text: text.encode("utf-8", "surrogatepass"))
    others = st.sampled_from(("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"))
    strange = st.one_of(
        st.builds(lambda text, encoding: text.encode(encoding, "surrogatepass"), texts, others),
        st.tuples(utf_8, st.sampled_from((b" ", b"\n", b"\x00", b"x", b"{}", b"\xff"))).map(b"".join),
        st.tuples(st.sampled_from((b" ", b"\xef\xbb\xbf", b"\x00", b"\xc0\x80")), utf_8).map(b"".join),
        utf_8.map(lambda data: data.replace(b"4", b"\xed\xa0\x80", 1)),
        utf_8.map(lambda data: data[:-1]),
        st.binary(max_size=8),
    )
    return st.one_of(utf_8, utf_8, utf_8, strange)


def _padded(texts: Texts) -> Texts:
    common, strange = st.sampled_from(SPACES), st.sampled_from(STRANGE_SPACES)
    spaces = st.one_of(*[common] * 12, strange)
    return st.tuples(spaces, texts, spaces).map("".join)


def _containers(children: Texts) -> Texts:
    arrays = st.lists(_padded(children), max_size=4).map(lambda items: "[" + ",".join(items) + "]")
    return arrays | object_texts(st.sampled_from(("a", "b", "", "é", "sub")), children)
