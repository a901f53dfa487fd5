"""Bodies of ``call/`` that are none: always the documented error."""

from __future__ import annotations

import contextlib
import gzip
import json
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from tests.conformance.caller import Caller
from tests.conformance.conftest import World
from tests.conformance.target import TIMEOUT, Target

VALID = b'{"fn":"add","args":{"a":1}}'
LIMIT = 1_048_576

NOT_A_CALL = {
    "empty": b"",
    "white space": b" \n",
    "null": b"null",
    "true": b"true",
    "number": b"1",
    "text": b'"add"',
    "list": b"[]",
    "list of a call": b"[" + VALID + b"]",
    "truncated": VALID[:-1],
    "truncated in a string": b'{"fn":"ad',
    "truncated in a word": b'{"fn":tru',
    "with a tail": VALID + b"x",
    "two": VALID + VALID,
    "with a NUL": VALID + b"\x00",
    "single quotes": VALID.replace(b'"', b"'"),
    "trailing comma": b'{"fn":"add","args":{"a":1,}}',
    "comment": b'{"fn":"add",/* */"args":{"a":1}}',
    "bare key": b'{fn:"add"}',
    "leading zero": b'{"fn":"add","args":{"a":01}}',
    "plus": b'{"fn":"add","args":{"a":+1}}',
    "hexadecimal": b'{"fn":"add","args":{"a":0x1}}',
    "NaN": b'{"fn":"add","args":{"a":NaN}}',
    "Infinity": b'{"fn":"add","args":{"a":Infinity}}',
    "-Infinity": b'{"fn":"add","args":{"a":-Infinity}}',
    "NaN far down": b'{"fn":"measure","args":{"value":[[{"a":NaN}]]}}',
    "a control character": b'{"fn":"echo","args":{"text":"\x01"}}',
    "a newline in a string": b'{"fn":"echo","args":{"text":"\n"}}',
    "a wrong escape": b'{"fn":"echo","args":{"text":"\\x41"}}',
    "a cut escape": b'{"fn":"echo","args":{"text":"\\u00"}}',
    "a byte order mark": b"\xef\xbb\xbf" + VALID,
    "UTF-16": VALID.decode().encode("utf-16"),
    "UTF-16 without a mark": VALID.decode().encode("utf-16-le"),
    "UTF-16 big-endian": VALID.decode().encode("utf-16-be"),
    "UTF-32": VALID.decode().encode("utf-32"),
    "Latin-1": b'{"fn":"echo","args":{"text":"\xe9"}}',
    "overlong UTF-8": b'{"fn":"echo","args":{"text":"\xc0\x80"}}',
    "a surrogate in UTF-8": b'{"fn":"echo","args":{"text":"\xed\xa0\x80"}}',
    "UTF-8 cut": b'{"fn":"echo","args":{"text":"\xc3"}}',
    "UTF-8 in a key cut": b'{"\xc3":"echo"}',
    "compressed": gzip.compress(VALID),
    "a form": b"fn=add&args=%7B%22a%22%3A1%7D",
    "a page": b"<html></html>",
    "no members": b"{}",
    "no fn": b'{"args":{"a":1}}',
    "another name for fn": b'{"function":"add","args":{"a":1}}',
    "an unknown member": b'{"fn":"add","args":{"a":1},"id":1}',
    "an unknown member before": b'{"jsonrpc":"2.0","fn":"add","args":{"a":1}}',
    "a member in capitals": b'{"FN":"add"}',
    "fn null": b'{"fn":null}',
    "fn a number": b'{"fn":1}',
    "fn a boolean": b'{"fn":true}',
    "fn a list": b'{"fn":["add"]}',
    "fn an object": b'{"fn":{"name":"add"}}',
    "args null": b'{"fn":"add","args":null}',
    "args a list": b'{"fn":"add","args":[1]}',
    "args a text": b'{"fn":"add","args":"{}"}',
    "args a number": b'{"fn":"add","args":0}',
    "args false": b'{"fn":"add","args":false}',
    "garbage": bytes(range(256)),
    "many brackets": b"[" * 100_000,
    "many braces": b'{"a":' * 100_000,
    "deep": b'{"fn":"measure","args":{"value":' + b"[" * 10_000 + b"]" * 10_000 + b"}}",
    "deep objects": b'{"fn":"measure","args":{"value":' + b'{"a":' * 10_000 + b"1" + b"}" * 10_000 + b"}}",
    "deep in an unknown place": b'{"fn":' + b"[" * 10_000 + b"]" * 10_000 + b"}",
}


@pytest.mark.parametrize("body", NOT_A_CALL.values(), ids=NOT_A_CALL)
def test_what_is_not_a_call_is_400(stranger: Caller, body: bytes) -> None:
    stranger.post(body).refused("BAD_REQUEST")


UNKNOWN_NAMES = {
    "unknown": "unknown",
    "empty": "",
    "a space": " ",
    "a space after": "add ",
    "capitals": "ADD",
    "a newline": "add\n",
    "a header": "add\r\nX-Injected: 1",
    "a NUL": "add\u0000",
    "an escape": "\x1b[31madd",
    "not ASCII": "ädd",
    "a lookalike": "аdd",
    "a path": "../add",
    "an attribute": "__class__",
    "too long": "x" * 129,
    "much too long": "x" * 100_000,
    "a page": "<script>alert(1)</script>",
    "a context": "user",
}


@pytest.mark.parametrize("name", UNKNOWN_NAMES.values(), ids=UNKNOWN_NAMES)
def test_an_unknown_function_is_404(stranger: Caller, name: str) -> None:
    answer = stranger.call(name, {"a": 1}).refused("NOT_FOUND")
    assert "X-Injected" not in answer.headers
    assert len(answer.body) < 1_000


ODD_VALUES = {
    "an escaped surrogate": b'{"fn":"echo","args":{"text":"\\ud800"}}',
    "a surrogate as a key": b'{"fn":"add","args":{"a":1,"\\udfff":1}}',
    "a surrogate in fn": b'{"fn":"\\ud800"}',
    "surrogates the wrong way round": b'{"fn":"echo","args":{"text":"\\ude00\\ud83d"}}',
    "5,000 digits": b'{"fn":"add","args":{"a":' + b"9" * 5_000 + b"}}",
    "200,000 digits": b'{"fn":"add","args":{"a":' + b"9" * 200_000 + b"}}",
    "a huge exponent": b'{"fn":"add","args":{"a":1e400}}',
    "a huge negative exponent": b'{"fn":"add","args":{"a":1e-400}}',
    "a long fraction": b'{"fn":"add","args":{"a":1.' + b"0" * 10_000 + b"}}",
    "a member twice": b'{"fn":"add","fn":"echo","args":{"a":1}}',
    "args twice": b'{"fn":"add","args":{"a":1},"args":{"b":1}}',
    "an argument twice": b'{"fn":"add","args":{"a":1,"a":2}}',
    "a huge Decimal": b'{"fn":"typed_call","args":{"price":"1e999999999"}}',
    "Decimal NaN": b'{"fn":"typed_call","args":{"price":"NaN"}}',
    "text NaN for a number": b'{"fn":"typed_call","args":{"ratio":"NaN"}}',
    "the end of time": b'{"fn":"typed_call","args":{"moment":99999999999999999999}}',
    "a moment of nan": b'{"fn":"typed_call","args":{"moment":"nan"}}',
    "a wide list": b'{"fn":"measure","args":{"value":[' + b"[]," * 50_000 + b"[]]}}",
    "a scope that is NaN": b'{"fn":"book","args":{"active":true,"amount":"NaN","colour":"red","day":"2026-01-02",'
    b'"flags":[],"limits":{},"moment":"2026-01-02","ratio":1,"ref":"12345678123456781234567812345678"}}',
    "a scope that is infinite": b'{"fn":"book","args":{"active":true,"amount":"1","colour":"red","day":"2026-01-02",'
    b'"flags":[],"limits":{},"moment":"2026-01-02","ratio":"inf","ref":"12345678123456781234567812345678"}}',
}


@pytest.mark.parametrize("body", ODD_VALUES.values(), ids=ODD_VALUES)
def test_odd_values_are_never_the_servers_fault(stranger: Caller, body: bytes) -> None:
    assert stranger.post(body).status in (200, 400, 422)


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_64_levels_and_no_more(stranger: Caller, world: World, opening: str) -> None:
    """The body and ``args`` are two of them."""
    closing = "]" if opening == "[" else "}"
    innermost = "" if opening == "[" else "1"
    for levels, code in ((62, None), (63, "BAD_REQUEST"), (200, "BAD_REQUEST")):
        value = opening * levels + innermost + closing * levels
        answer = stranger.post(f'{{"fn":"{world("measure")}","args":{{"value":{value}}}}}'.encode())
        assert answer.code == code, levels
        assert code is not None or answer.result == levels


def _body_of(size: int, world: World) -> bytes:
    head, tail = f'{{"fn":"{world("length")}","args":{{"text":"'.encode(), b'"}}'
    return head + b"x" * (size - len(head) - len(tail)) + tail


def test_a_body_of_the_limit_is_taken(stranger: Caller, world: World) -> None:
    answer = stranger.post(_body_of(LIMIT, world))
    assert answer.result > LIMIT - 100


@pytest.mark.parametrize("size", [LIMIT + 1, 2 * LIMIT, 3 * LIMIT, 20 * LIMIT])
def test_a_body_over_the_limit_is_413(stranger: Caller, world: World, size: int) -> None:
    stranger.post(_body_of(size, world)).refused("PAYLOAD_TOO_LARGE")
    assert stranger.call("add", {"a": 1}).result == 3


def _chunks(body: bytes, size: int = 65_536) -> Iterator[bytes]:
    for start in range(0, len(body), size):
        yield body[start : start + size]


@pytest.mark.event_loop
def test_chunks(stranger: Caller, world: World) -> None:
    assert stranger.post(_chunks(_body_of(LIMIT, world))).result > LIMIT - 100
    assert stranger.post(_chunks(VALID, 3)).result == 3
    stranger.post(_chunks(_body_of(LIMIT + 1, world))).refused("PAYLOAD_TOO_LARGE")
    stranger.post(_chunks(_body_of(3 * LIMIT, world))).refused("PAYLOAD_TOO_LARGE")
    stranger.post(_chunks(b"")).refused("BAD_REQUEST")


@pytest.mark.parametrize("white", [b" ", b"\n\t\r "])
def test_white_space_around_is_json(stranger: Caller, white: bytes) -> None:
    assert stranger.post(white + VALID + white).result == 3


def test_members_in_any_order(stranger: Caller) -> None:
    assert stranger.post(b'{"args":{"a":1},"fn":"add"}').result == 3


def test_an_error_does_not_repeat_the_body(stranger: Caller) -> None:
    for body in (b'{"fn":"add","hunter2":1}', b"hunter2", b'{"fn":["hunter2"]}', b'{"fn":"add","args":"hunter2"}'):
        assert b"hunter2" not in stranger.post(body).refused("BAD_REQUEST").body


def test_many_bad_bodies_on_one_connection(stranger: Caller) -> None:
    """A refused body leaves nothing behind that the next request would stumble over."""
    for body in NOT_A_CALL.values():
        stranger.post(body).refused("BAD_REQUEST")
        assert stranger.post(VALID).result == 3


def test_valid_means_valid(stranger: Caller) -> None:
    value: Any = json.loads(VALID)
    assert stranger.call(value["fn"], value["args"]).result == 3


def test_a_caller_that_hangs_up_half_way(target: Target) -> None:
    """Nobody reads the answer; what matters is that the server takes it calmly."""
    address = (target.url.removeprefix("http://").split(":")[0], int(target.url.rpartition(":")[2]))
    head = "POST /api/mizan/call/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    for framing in (f"Content-Length: {len(VALID) + 10}\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n1b\r\n"):
        with socket.create_connection(address, timeout=TIMEOUT) as connection:
            connection.sendall(head.encode() + framing.encode() + VALID)
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(4_096):
                pass
        assert target.stranger().post(VALID).result == 3


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "x", "gzip, identity", "identity, gzip"])
def test_compressed_bodies_are_415(stranger: Caller, encoding: str) -> None:
    for body in (VALID, gzip.compress(VALID)):
        answer = stranger.post(body, headers={"Content-Encoding": encoding}).refused("UNSUPPORTED_MEDIA_TYPE")
        assert "compressed" in answer.json["error"]["message"]


@pytest.mark.parametrize("encoding", ["identity", "Identity", ""])
def test_identity_is_no_compression(stranger: Caller, encoding: str) -> None:
    assert stranger.post(VALID, headers={"Content-Encoding": encoding}).result == 3


@pytest.mark.parametrize(
    ("length", "statuses"),
    [
        ("9" * 5_000, {413, 400}),
        ("2000000", {413}),
        ("-1", {400}),
        ("-0", {400}),
        ("+27", {400}),
        ("2_7", {400}),
        ("0x1b", {400}),
        ("27 27", {400}),
        ("27,27", {400, 200}),  # a server may make one of it (RFC 9110 section 8.6)
        ("\xb2\xb7", {400}),
        ("27.0", {400}),
        ("x", {400}),
    ],
)
def test_odd_lengths_are_refused(target: Target, length: str, statuses: set[int]) -> None:
    """By the adapter, or by the server in front of it in its own words."""
    status, _ = _exchange(target, f"Content-Length: {length}\r\n".encode("latin-1"), VALID)
    assert status in statuses


@pytest.mark.event_loop
def test_two_lengths_are_refused(target: Target) -> None:
    status, _ = _exchange(target, b"Content-Length: 27\r\nContent-Length: 30\r\n", VALID)
    assert status in (400, None)


@pytest.mark.django
def test_chunks_are_refused_where_nothing_tells_their_end(target: Target) -> None:
    if target.facade.has_event_loop:
        return
    chunked = b"1b\r\n" + VALID + b"\r\n0\r\n\r\n"
    status, body = _exchange(target, b"Transfer-Encoding: chunked\r\n", chunked)
    assert status == 400
    assert b"Content-Length" in body


def _exchange(target: Target, framing: bytes, body: bytes) -> tuple[int | None, bytes]:
    """The status and the rest of the answer to a call whose framing is sent as it is."""
    address = (target.url.removeprefix("http://").split(":")[0], int(target.url.rpartition(":")[2]))
    head = (
        b"POST /api/mizan/call/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nConnection: close\r\n"
    )
    received = b""
    with socket.create_connection(address, timeout=TIMEOUT) as connection:
        connection.sendall(head + framing + b"\r\n" + body)
        with contextlib.suppress(ConnectionResetError):
            # A development server waits for the rest of the body after it has answered.
            while not received.endswith(b"}") and (chunk := connection.recv(65_536)):
                received += chunk
    return (int(received.split(b" ", 2)[1]) if received else None), received
