"""Random requests: whatever is asked, the answer is a documented one."""

from __future__ import annotations

import json
import string
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from tests.conformance.target import Target
from tests.conformance.tokens import mint

FUNCTIONS = [
    "echo", "add", "nothing", "maybe", "maybe_not", "befriend", "norm", "types_of", "measure", "typed_call",
    "rename", "rename_maybe", "repaint", "transfer", "relocate", "relabel", "book", "retitle", "put_items", "put_note",
    "check_out", "promote", "for_users", "for_staff_only", "gate_never", "gate_knocks", "move_team", "whoami",
    "mwt_obtain", "echo_async", "add_async", "relabel_async", "book_async", "retitle_async", "promote_async",
]  # fmt: skip
PARAMETERS = [
    "text", "a", "b", "person", "friends", "point", "count", "day", "price", "colour", "value", "ratio", "flag",
    "moment", "ref", "level", "numbers", "texts", "colours", "window", "windows", "limits", "either", "user_id",
    "name", "team_id", "region", "active", "amount", "flags", "cart_id", "title", "item_ids", "number",
]  # fmt: skip

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(["5", "red", "2026-01-02", "2026-01-02T03:04:05Z", "1e5", "nan", "Infinity", "", "\r\n", 2**64])
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
names = st.sampled_from(PARAMETERS) | st.text(max_size=10)
calls = st.fixed_dictionaries(
    {"fn": st.sampled_from(FUNCTIONS) | st.text(max_size=20)},
    optional={"args": st.dictionaries(names, values, max_size=5)},
)
near_calls = st.dictionaries(st.sampled_from(["fn", "args", "id"]) | st.text(max_size=4), values, max_size=3)

_WIRE = "".join(sorted(set(string.printable) - set(string.whitespace) - {"#"}))
query_pieces = st.sampled_from(
    [*PARAMETERS, "=", "&", "%", "+", ";", "%00", "%ff", "%C3%A9", "%0d%0a", "5", "x", "{", "%22", "[", "]", "null"]
) | st.text(_WIRE, max_size=4)
queries = st.lists(query_pieces, max_size=12).map("".join)
header_text = st.binary(max_size=60).map(lambda raw: raw.translate(None, bytes([*range(0x20), 0x7F])).strip())


@given(body=st.binary(max_size=200))
def test_random_bytes(target: Target, body: bytes) -> None:
    assert target.stranger().post(body).code in ("BAD_REQUEST", "NOT_FOUND")


@given(call=calls)
def test_random_calls(target: Target, call: Any) -> None:
    for caller in (target.stranger(), target.member("staff")):
        answer = caller.post(json.dumps(call).encode())
        assert answer.status in (200, 400, 401, 403, 404, 422), answer


@given(call=near_calls | values)
def test_random_json(target: Target, call: Any) -> None:
    assert target.stranger().post(json.dumps(call).encode()).status in (200, 400, 401, 403, 404, 422)


@given(call=calls, data=st.data())
def test_calls_with_a_damaged_byte(target: Target, call: Any, data: st.DataObject) -> None:
    body = bytearray(json.dumps(call, ensure_ascii=False).encode())
    where = data.draw(st.integers(0, len(body) - 1))
    body[where : where + data.draw(st.integers(0, 2))] = data.draw(st.binary(max_size=2))
    assert target.stranger().post(bytes(body)).status in (200, 400, 401, 403, 404, 422)


@given(context=st.sampled_from(["typed", "user", "search", "ledger", "typed_async", "user_async"]), query=queries)
def test_random_queries(target: Target, context: str, query: str) -> None:
    assert target.stranger().fetch_raw(f"{context}/?{query}").status in (200, 400, 422)


@given(name=st.text(_WIRE.replace("/", "").replace("?", "").replace("\\", ""), min_size=1, max_size=12))
def test_random_contexts(target: Target, name: str) -> None:
    assume(name not in (".", ".."))
    assume("%2f" not in name.lower())
    assert target.stranger().fetch_raw(f"{name}/").status in (200, 401, 404, 422)


@given(values=st.dictionaries(st.sampled_from(PARAMETERS[6:]), st.lists(st.text(max_size=10), max_size=3), max_size=4))
def test_random_parameters(target: Target, values: dict[str, list[str]]) -> None:
    assert target.stranger().fetch("typed", **values).status in (200, 400, 422)


@given(token=header_text)
def test_random_tokens(target: Target, token: bytes) -> None:
    answer = target.member("staff").call("for_anyone", {"number": 1}, [(b"X-Mizan-Token", token)])
    assert answer.code == "UNAUTHORIZED"


@given(
    where=st.floats(0, 1, exclude_max=True), character=st.sampled_from(string.ascii_letters + string.digits + "-_.=+/")
)
def test_a_token_with_a_damaged_character(target: Target, where: float, character: str) -> None:
    token = mint()
    index = int(where * len(token))
    assume(token[index] != character)
    damaged = token[:index] + character + token[index + 1 :]
    answer = target.stranger().call("for_anyone", {"number": 1}, {"X-Mizan-Token": damaged})
    assert answer.code == "UNAUTHORIZED"


@given(name=st.text(max_size=60))
def test_the_header_of_random_text(target: Target, name: str) -> None:
    answer = target.stranger().call("relabel", {"name": name})
    assert answer.invalidate == [{"context": "label", "params": {"name": name}}]


@given(
    header=st.sampled_from([b"Accept", b"Cookie", b"X-CSRFToken", b"Origin", b"Referer", b"X-Requested-With"]),
    value=header_text,
)
def test_random_headers(target: Target, header: bytes, value: bytes) -> None:
    assert target.stranger().call("add", {"a": 1}, [(header, value)]).result == 3


@given(value=header_text)
def test_random_content_types(target: Target, value: bytes) -> None:
    body = b'{"fn":"add","args":{"a":1}}'
    answer = target.stranger().post(body, None, [(b"Content-Type", value)])
    assert answer.code == "UNSUPPORTED_MEDIA_TYPE"
