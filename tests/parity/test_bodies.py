"""The body of a call: both engines read the same of it, or refuse it in the same words (docs/protocol.md section 9)."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import from_json

from mizan_core.engine import Engine, pure
from mizan_core.errors import BadRequest
from mizan_core.nesting import MAX_DEPTH
from tests.parity import json_texts
from tests.parity.differential import Outcome, Same

NAMES = st.sampled_from(("a", "b", "", "é", '"', "\u0000", "\ud800"))
MEMBERS = st.one_of(
    st.tuples(st.sampled_from(('"fn"', '"\\u0066n"')), st.just('"ping"') | st.sampled_from(json_texts.STRICT_STRINGS)),
    st.tuples(st.just('"args"'), json_texts.object_texts(NAMES, json_texts.value_texts())),
    st.tuples(st.just('"shown"'), json_texts.value_texts()),
)
CALLS = st.lists(MEMBERS, max_size=5).map(lambda pairs: "{" + ",".join(map(":".join, pairs)) + "}")
STRANGE_CALLS = (
    json_texts.object_texts(st.sampled_from(("fn", "args", "shown", "id", "FN")), json_texts.value_texts())
    | json_texts.value_texts()
)
USUAL = b'{"fn": "ping", "args": {"id": 1, "text": "h\\u00e9\\n \xc3\xa9", "more": [1.5, -2e3, null, {"a": true}]}}'
FEW_BYTES = st.sampled_from(b'"\\{}[]:,0123456789.eE+-utn \x00\x1f\x7f\xc3\xa9\xff/dDcC8')


def read(engine: Engine, body: bytes, named: str | None = None) -> Any:
    """What the body says; texts may be spelled differently."""
    function, arguments, _, values, shown = engine.begin_call(body, named)
    return function, from_json(arguments), values, None if shown is None else from_json(shown)


def refusal(same: Same, body: bytes, named: str | None = None) -> str:
    outcome: Outcome = same(lambda engine: read(engine, body, named))
    assert isinstance(outcome.error, BadRequest), outcome
    return str(outcome.error)


@given(body=json_texts.encoded(CALLS), named=st.sampled_from((None, None, "ping", "é")))
def test_calls(same: Same, body: bytes, named: str | None) -> None:
    same(lambda engine: read(engine, body, named))


@given(body=json_texts.encoded(STRANGE_CALLS), named=st.sampled_from((None, "ping")))
def test_what_need_not_be_a_call(same: Same, body: bytes, named: str | None) -> None:
    same(lambda engine: read(engine, body, named))


@given(
    at=st.integers(0, len(USUAL)),
    length=st.integers(0, 3),
    put=st.lists(FEW_BYTES, max_size=3).map(bytes) | st.binary(max_size=2),
    end=st.integers(0, 40).map(lambda cut: max(0, cut - 30)),
)
def test_calls_that_are_almost_whole(same: Same, at: int, length: int, put: bytes, end: int) -> None:
    body = USUAL[:at] + put + USUAL[at + length : len(USUAL) - end]
    same(lambda engine: read(engine, body))


@given(text=CALLS)
def test_what_is_plain_is_so_for_the_other_engine(native: Engine, text: str) -> None:
    """Native tells what has been sent, pure what it has written of it, where no name comes twice."""
    body = text.encode("utf-8", "surrogatepass")
    try:
        _, arguments, is_plain, _, _ = native.begin_call(body, "ping")
    except BadRequest:
        return
    if is_plain:
        assert pure.begin_call(body, "ping")[2]
        json.loads(arguments, object_pairs_hook=_check_names)


def test_a_url_names_no_function_by_what_is_no_text(same: Same) -> None:
    for body in (b"{}", b'{"fn":"\xef\xbf\xbd"}', b"["):
        outcome = same(partial(read, body=body, named="\udc80"))
        assert str(outcome.error) == "named: the string holds a lone surrogate"


def _check_names(pairs: list[tuple[str, Any]]) -> None:
    assert len({name for name, _ in pairs}) == len(pairs)


NOT_PLAIN = {
    "a number beyond all floats": b'{"a":1e999}',
    "a negative one": b'{"a":[-1E999]}',
    "with a fraction": b'{"a":' + b"9" * 400 + b".5}",
    "an integer that no float is": b'{"a":' + b"9" * 309 + b"}",
    "one in a string": b'{"a":"' + b"9" * 309 + b'"}',
    "one in a name": b'{"' + b"9" * 309 + b'":1}',
}


@pytest.mark.parametrize("arguments", NOT_PLAIN.values(), ids=NOT_PLAIN)
def test_what_is_not_plain(engine: Engine, arguments: bytes) -> None:
    _, text, is_plain, _, _ = engine.begin_call(b'{"fn":"ping","args":' + arguments + b"}")
    assert not is_plain
    assert from_json(text) == from_json(arguments)


@pytest.mark.parametrize(
    "arguments",
    [b'{"a":1,"a":2}', b'{"a":{"b":1,"c":[],"\\u0062":2}}', b'{"a":"' + b"\\u0039" * 309 + b'"}'],
    ids=["a name twice", "a name twice, escaped", "digits, escaped"],
)
def test_what_is_sent_is_not_plain(native: Engine, arguments: bytes) -> None:
    """The pure engine hands over what it has written itself."""
    assert not native.begin_call(b'{"fn":"ping","args":' + arguments + b"}")[2]


def test_a_usual_call_is_handed_over_as_it_was_sent(native: Engine) -> None:
    body = USUAL.replace(b"2e3", b"2.0")
    function, arguments, is_plain, _, shown = native.begin_call(body)
    assert (function, arguments, is_plain, shown) == ("ping", body[body.index(b'{"id"') : -1], True, None)


@pytest.mark.parametrize("opening", ["[", '{"a":', '[{"a":', '{"b":1,"a":'])
@pytest.mark.parametrize("levels", [*range(MAX_DEPTH - 3, MAX_DEPTH + 3), *range(198, 204), 250, 10_000])
@pytest.mark.parametrize("inner", ["", "1", "[]", "{}", "[1]", '{"a":"x"}'])
def test_nesting(same: Same, opening: str, levels: int, inner: str) -> None:
    count = levels // 2 if opening == '[{"a":' else levels
    closing = {"[": "]", "{": "}"}
    ends = "".join(closing[mark] for mark in reversed(opening) if mark in closing)
    value = opening * count + (inner or ("" if opening == "[" else "0")) + ends * count
    inside, hidden = f'{{"fn":"ping","args":{{"a":{value}}}}}', f'{{"fn":"ping","args":{value},"args":{{}}}}'
    for body in (value, inside, hidden, value[:-1]):
        same(partial(read, body=body.encode()))


@pytest.mark.parametrize("digits", [308, 309, 4_299, 4_300, 4_301, 5_000])
@pytest.mark.parametrize("number", ["{0}", "-{0}", "{0}.5", "0.{0}", "1e{0}", "1e-{0}", "{0}e1", '"{0}"'])
def test_many_digits(same: Same, number: str, digits: int) -> None:
    value = number.format("7" * digits)
    same(lambda engine: read(engine, f'{{"fn":"ping","args":{{"a":{value}}}}}'.encode()))


REFUSED = {
    b"": "The body is not valid JSON.",
    b"\xef\xbb\xbf{}": "The body is not valid JSON.",
    b'{"fn":"\\ud800"}': "The body is not valid JSON.",
    b'{"fn":NaN}': "The body is not valid JSON.",
    b"[" * 65 + b"]" * 65: "The body is nested deeper than 64 levels.",
    b"[]": 'The body must be a JSON object: {"fn": name, "args": {...}}.',
    b'{"fn":"a","id":1}': 'The body has an unknown member; "fn", "args" and "shown" are known.',
    b"{}": '"fn" must be there and name a function.',
    b'{"fn":null,"args":1}': '"fn" must be there and name a function.',
    b'{"fn":"a","args":[]}': '"args" must be an object.',
}


@pytest.mark.parametrize(("body", "message"), REFUSED.items())
def test_refusals(same: Same, body: bytes, message: str) -> None:
    assert refusal(same, body) == message


def test_the_url_names_the_function(same: Same) -> None:
    assert same(lambda engine: read(engine, b"{}", "ping")).value == ("ping", {}, 1, None)
    expected = '"fn" is another function than the one that the URL names.'
    assert refusal(same, b'{"fn":"pong","args":1}', "ping") == expected
    assert refusal(same, b'{"fn":1}', "ping") == '"fn" must be there and name a function.'


@pytest.mark.parametrize("arguments", [("{}",), (None,), (bytearray(b"{}"),), (b"{}", 1), (b"{}", b"ping")])
def test_wrong_types(same: Same, arguments: Any) -> None:
    assert same(lambda engine: engine.begin_call(*arguments)).kind is TypeError
