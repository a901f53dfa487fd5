"""Writing interface documents (protocol.md section 11)."""

from __future__ import annotations

import math
from typing import Any

import ckdl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.parity import documents, kdl, values
from tests.parity.corruption import broken
from tests.parity.differential import Same, exact
from tests.parity.documents import Document, document, emitted, function
from tests.parity.shapes import INTEGER, STRING, alias, list_of, optional, ref, struct


def write(same: Same, source: Any) -> str:
    outcome = same(lambda engine: engine.emit_ir(source))
    assert isinstance(outcome.value, str), outcome
    return outcome.value


@given(source=documents.documents())
def test_engines_agree_on_documents(same: Same, source: Document) -> None:
    before = exact(source)
    text = write(same, source)
    assert_laid_out(text)
    assert kdl.read(text) == kdl.comparable(emitted(source)), "an independent reader, told that this is KDL v2"
    assert exact(source) == before, "an argument is left as it was"


@given(source=broken(documents.documents()))
def test_engines_agree_on_broken_documents(same: Same, source: Any) -> None:
    same(lambda engine: engine.emit_ir(source))


@given(source=values.anything())
def test_engines_agree_on_anything(same: Same, source: Any) -> None:
    assert same(lambda engine: engine.emit_ir(source)).error is not None


def assert_laid_out(text: str) -> None:
    """What section 11 says of lines and characters."""
    lines = text.split("\n")
    assert lines.pop() == ""
    assert all(line.strip(" ") for line in lines)
    depth = 0
    for line in lines:
        depth -= line.endswith("}") and line.strip() == "}"
        assert len(line) - len(line.lstrip(" ")) == 4 * depth
        depth += line.endswith("{")
    assert depth == 0
    assert not {*map(ord, text)} & {*documents.UNSAFE} - {10}


@given(source=documents.documents(), data=st.data())
def test_the_order_of_the_input_does_not_matter(same: Same, source: Document, data: st.DataObject) -> None:
    shuffled = {name: data.draw(st.permutations(items)) for name, items in source.items()}
    assert write(same, shuffled) == write(same, source)


@pytest.mark.parametrize("code", sorted({*documents.UNSAFE, 0x20, 0x7E, 0x80, 0x2010, 0x2027, 0x202F, 0x2065, 0x1F600}))
def test_every_character(same: Same, code: int) -> None:
    character = chr(code)
    name = f"a{character}b"
    text = write(same, document(function("f", name), types={name: alias(STRING)}))
    short = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
    escape = short.get(character) or (f"\\u{{{code:x}}}" if code in documents.UNSAFE else character)
    assert f'type "a{escape}b" {{' in text
    assert ckdl.parse(text, version=2).nodes[1].args == [name]


def with_default(value: Any) -> Document:
    fields = [{"name": "x", "required": False, "default": value, "shape": {"kind": "any"}}]
    return document(function("f", "T"), types={"T": {"kind": "struct", "fields": fields}})


@given(value=documents.defaults())
def test_every_default(same: Same, value: Any) -> None:
    text = write(same, with_default(value))
    (property_text,) = [line.split("default=")[1] for line in text.splitlines() if "default=" in line]
    read = ckdl.parse(text, version=2).nodes[1].children[0].children[0].properties["default"]
    assert type(read) is type(value)
    if isinstance(value, float):
        assert property_text.removesuffix(" {") == repr(value)
        assert math.isclose(read, value, rel_tol=1e-15)  # ckdl reads some doubles one unit off
    else:
        assert read == value


@pytest.mark.parametrize("digits", values.DIGITS)
def test_integers_that_python_will_not_print(same: Same, digits: int) -> None:
    assert f"default=1{'0' * (digits - 2)}7 {{" in write(same, with_default(values.long_integer(digits)))


EXAMPLE = document(
    function(
        "update_profile",
        "updateProfileOutput",
        camel="updateProfile",
        auth="required",
        affects=[{"context": "user", "function": None}, {"context": "user", "function": "user_profile"}],
        merge=[{"context": "user", "slot": "user_profile", "mode": "replace"}],
        input="updateProfileInput",
    ),
    function("user_orders", "userOrdersOutput", camel="userOrders", context="user", input="userOrdersInput"),
    function("user_profile", "updateProfileOutput", camel="userProfile", context="user", input="userOrdersInput"),
    types={
        "userOrdersOutput": alias(list_of(ref("OrderOutput"))),
        "updateProfileInput": struct(name=STRING),
        "updateProfileOutput": struct(name=STRING),
        "userOrdersInput": struct(user_id=INTEGER),
        "nobodyRefersToThis": struct(x=ref("nobodyRefersToThis")),
        "OrderOutput": {
            "kind": "struct",
            "fields": [
                {"name": "id", "required": True, "shape": INTEGER},
                {"name": "note", "required": False, "default": None, "shape": optional(STRING)},
            ],
        },
    },
    contexts=[
        {
            "name": "user",
            "functions": ["user_profile", "user_orders"],
            "params": [
                {
                    "name": "user_id",
                    "required": True,
                    "shape": INTEGER,
                    "shared_by": ["user_profile", "user_orders", "user_profile"],
                }
            ],
        }
    ],
)
TEXT_PARTS = (
    """\
ir version=2
type "OrderOutput" {
    struct {
        field "id" required=#true {
            primitive "integer"
        }
        field "note" required=#false default=#null {
            optional {
                primitive "string"
            }
        }
    }
}
type "updateProfileInput" {
""",
    """\
type "userOrdersOutput" {
    alias {
        list {
            ref "OrderOutput"
        }
    }
}
function "update_profile" {
    camel "updateProfile"
    transport "http"
    auth "required"
    affects "user"
    affects "user" function="user_profile"
    merge "user" slot="user_profile" mode="replace"
    input "updateProfileInput"
    output "updateProfileOutput" nullable=#false
}
function "user_orders" {
    camel "userOrders"
    transport "http"
    context "user"
    input "userOrdersInput"
    output "userOrdersOutput" nullable=#false
}
""",
    """\
context "user" {
    function "user_orders"
    function "user_profile"
    param "user_id" required=#true {
        shape {
            primitive "integer"
        }
        shared-by "user_orders" "user_profile"
    }
}
""",
)


def test_the_example_of_the_protocol(same: Same) -> None:
    text = write(same, EXAMPLE)
    assert text.startswith(TEXT_PARTS[0])
    assert TEXT_PARTS[1] in text
    assert text.endswith(TEXT_PARTS[2])
    assert "nobodyRefersToThis" not in text


def test_an_empty_document(same: Same) -> None:
    assert write(same, document(types={})) == "ir version=2\n"


T = {"T": struct()}
MERGE = {"context": "c", "slot": "f", "mode": "replace"}
REFUSED: dict[str, Any] = {
    "a reference to nothing": document(function("f", "T"), types={"T": struct(x=ref("Nowhere"))}),
    "an output of no type": document(function("f", "Nowhere"), types=T),
    "an input of no type": document(function("f", "T", input="Nowhere"), types=T),
    "a type twice": {"types": [{"name": "T", "body": struct()}] * 2, "functions": [], "contexts": []},
    "a function twice": document(function("f", "T"), function("f", "T"), types=T),
    "a field twice": document(types={"T": {"kind": "struct", "fields": struct(x=STRING)["fields"] * 2}}),
    "a context twice": document(types=T, contexts=[{"name": "c", "functions": [], "params": []}] * 2),
    "a context of an unknown function": document(types=T, contexts=[{"name": "c", "functions": ["f"], "params": []}]),
    "an unknown transport": document(function("f", "T", transport="carrier pigeon"), types=T),
    "an unknown auth word": document(function("f", "T", auth="yes"), types=T),
    "a number as name": document(function("f", "T", camel=5), types=T),
    "a lone surrogate": document(function("f", "T", camel="\ud800"), types=T),
    "an empty enum": document(types={"T": {"kind": "enum", "values": []}}),
    "an enum of bools": document(types={"T": {"kind": "enum", "values": [True]}}),
    "a union of one": document(types={"T": alias({"kind": "union", "items": [STRING]})}),
    "a container as default": document(
        types={"T": {"kind": "struct", "fields": [{**struct(x=STRING)["fields"][0], "default": []}]}}
    ),
    "an alias of itself": document(function("f", "A"), types={"A": alias(ref("A"))}),
    "aliases of each other": document(function("f", "A"), types={"B": alias(ref("A")), "A": alias(ref("B"))}),
    "an endless alias that nothing refers to": document(function("f", "T"), types={**T, "A": alias(ref("A"))}),
    "a date that is a number": document(types={"T": alias({**INTEGER, "format": "date"})}),
    "a large string": document(types={"T": alias({**STRING, "format": "int64"})}),
    "a format of a boolean": document(types={"T": alias({"kind": "primitive", "name": "boolean", "format": "date"})}),
    "a length of an integer": document(types={"T": alias({**INTEGER, "min_length": 1})}),
    "a bound of a string": document(types={"T": alias({**STRING, "min": 1})}),
    "a bound in words": document(types={"T": alias({**INTEGER, "min": "1"})}),
    "a decimal's bound that is no text": document(types={"T": alias({**STRING, "format": "decimal", "max": 1})}),
    "a true bound": document(types={"T": alias({**INTEGER, "max": True})}),
    "an infinite bound": document(types={"T": alias({"kind": "primitive", "name": "number", "max": math.inf})}),
    "a negative length": document(types={"T": alias({**list_of(STRING), "min_length": -1})}),
    "a length of half an item": document(types={"T": alias({**list_of(STRING), "max_length": 0.5})}),
    "a length beyond numbers": document(types={"T": alias({**STRING, "max_length": 2**53})}),
    "a pattern that is a number": document(types={"T": alias({**STRING, "pattern": 1})}),
    "a name for two values": document(types={"T": {"kind": "enum", "values": [1, 2], "names": ["ONE"]}}),
    "names in place": document(types={"T": alias({"kind": "enum", "values": [1], "names": ["ONE"]})}),
    "a nameless discriminator": document(
        types={"T": alias({"kind": "union", "items": [STRING, INTEGER], "discriminator": None})}
    ),
    "a named list": document(types={"T": list_of(STRING)}),
    "a silent description": document(types={"T": {**struct(), "description": None}}),
    "a merge in no way": document(function("f", "T", merge=[{"context": "c", "slot": "f"}]), types=T),
    "a merge in an unknown way": document(function("f", "T", merge=[{**MERGE, "mode": "append"}]), types=T),
    "an upsert without a key": document(
        function("f", "T", merge=[{**MERGE, "mode": "upsert", "place": "append"}]), types=T
    ),
    "an upsert to nowhere": document(
        function("f", "T", merge=[{**MERGE, "mode": "upsert", "key": "id", "place": "top"}]), types=T
    ),
    "a key of what is replaced": document(function("f", "T", merge=[{**MERGE, "key": "id"}]), types=T),
    "a merge in two ways": document(function("f", "T", merge=[MERGE, {**MERGE, "mode": "refetch"}]), types=T),
    "half a second": document(function("f", "T", cache={"ttl": 0.5, "shared": True}), types=T),
    "a cache for whom": document(function("f", "T", cache={"ttl": 1}), types=T),
    "an unknown format": document(types={"T": alias({**STRING, "format": "postcode"})}),
    "no contexts": {"types": [], "functions": []},
    "a surplus member": {**document(types=T), "queues": []},
}


@pytest.mark.parametrize("source", REFUSED.values(), ids=REFUSED)
def test_refusals(same: Same, source: Any) -> None:
    outcome = same(lambda engine: engine.emit_ir(source))
    assert outcome.kind is ValueError
    assert str(outcome.error).startswith("document")
