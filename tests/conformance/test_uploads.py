"""Files: parts of a call in their places, limits that hold while they come in, and nothing left of them afterwards."""

from __future__ import annotations

import hashlib
import json
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.conformance.answers import Answer, read_call
from tests.conformance.caller import Caller
from tests.conformance.conftest import World
from tests.conformance.large_upload import growth
from tests.conformance.target import TIMEOUT, Target
from tests.conformance.tokens import mint

CALL = {"X-Mizan-Call": "1"}
BOUNDARY = "a-boundary-of-these-tests"
TYPE = f"multipart/form-data; boundary={BOUNDARY}"
IMAGE = b"\x89PNG\r\n--" + bytes(range(256)) * 40


def part(name: str, content: bytes, filename: str | None = None, content_type: str = "image/png") -> bytes:
    named = "" if filename is None else f'; filename="{filename}"\r\nContent-Type: {content_type}'
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n'
    return head.encode() + content + b"\r\n"


def args(**arguments: Any) -> bytes:
    return part("args", json.dumps(arguments).encode())


def body(*parts: bytes) -> bytes:
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def send(caller: Caller, function: str, content: Any, headers: dict[str, str] | None = None) -> Answer:
    sent = {**caller.headers, "Content-Type": TYPE, **(CALL if headers is None else headers)}
    return read_call(caller.http.post(f"/api/mizan/call/{function}/", content=content, headers=sent))


def told(name: str, content: bytes, content_type: str = "image/png") -> list[Any]:
    return [name, len(content), content_type, hashlib.sha256(content).hexdigest()]


class TestParts:
    def test_one(self, stranger: Caller, world: World) -> None:
        sent = body(args(user_id=5, note="n"), part("image", IMAGE, "a.png"))
        answer = send(stranger, world("upload_one"), sent)
        assert answer.result == [*told("a.png", IMAGE), "n"]
        assert answer.header == f"{world('user')};user_id=5"

    def test_a_list(self, stranger: Caller, world: World) -> None:
        files = [part(f"docs.{index}", b"x" * index, f"{index}.txt", "text/plain") for index in (1, 0, 2)]
        answer = send(stranger, world("upload_many"), body(*files))
        assert answer.result == [told(f"{index}.txt", b"x" * index, "text/plain") for index in range(3)]

    def test_what_need_not_be(self, stranger: Caller, world: World) -> None:
        assert stranger.call(world("upload_perhaps")).result == [0, 0]
        assert send(stranger, world("upload_perhaps"), body(args())).result == [0, 0]
        assert send(stranger, world("upload_perhaps"), body(part("docs.0", b"a", "a"))).result == [0, 1]
        held = args(image=None, docs=[None])
        sent = body(held, part("image", b"abc", "a"), part("docs.0", b"", "b"))
        assert send(stranger, world("upload_perhaps"), sent).result == [3, 1]

    def test_names_as_they_come(self, stranger: Caller, world: World) -> None:
        sent = body(args(user_id=1), part("image", b"a", "caf\u00e9 \U0001f600.png"))
        assert send(stranger, world("upload_one"), sent).result[0] == "caf\u00e9 \U0001f600.png"

    @pytest.mark.django
    def test_a_name_is_no_path(self, stranger: Caller, world: World) -> None:
        sent = body(args(user_id=1), part("image", b"a", "../../etc/passwd"))
        assert send(stranger, world("upload_one"), sent).result[0] == "passwd"

    def test_a_large_one(self, target: Target, world: World) -> None:
        content = bytes(range(256)) * 40_000
        answer = send(target.stranger(), world("upload_large"), body(args(), part("data", content, "large")))
        assert answer.result == len(content)
        assert target.stranger().call(world("upload_is_gone")).result is True

    @pytest.mark.event_loop
    def test_in_pieces(self, stranger: Caller, world: World) -> None:
        whole = body(args(user_id=5), part("image", IMAGE, "a.png"))

        def pieces() -> Iterator[bytes]:
            for start in range(0, len(whole), 7):
                yield whole[start : start + 7]

        assert send(stranger, world("upload_one"), pieces()).result == [*told("a.png", IMAGE), "none"]

    def test_json_under_the_same_url(self, stranger: Caller, world: World) -> None:
        answer = stranger.request("POST", f"call/{world('add')}/", json={"args": {"a": 1, "b": 2}})
        assert answer.result == 3


UNEXPECTED = [
    ([part("image", b"a", "a"), part("more", b"b", "b")], "more"),
    ([part("image", b"a", "a"), part("image", b"b", "b")], "image"),
    ([part("image.0", b"a", "a")], "image.0"),
    ([part("user_id", b"a", "a")], "user_id"),
    ([part("image", b"a")], "image"),
    ([part("image", b"a", "a"), part("args", b"{}")], "args"),
    ([part("args", b"{}"), part("args", b"{}"), part("image", b"a", "a")], "args"),
    ([part("args", b'{"image": "a", "user_id": 1}'), part("image", b"a", "a")], "image"),
    ([part("args", b'{"user_id": 1}')], "image"),
    ([part("args", b'{"user_id": "x"}'), part("image", b"a", "a")], "user_id"),
    ([part("args", b'{"user_id": 1, "more": 1}'), part("image", b"a", "a")], "more"),
]
LISTS = [
    ([part("docs.1", b"a", "a")], "docs.1"),
    ([part("docs.0", b"a", "a"), part("docs.2", b"a", "a")], "docs.2"),
    ([part("docs.00", b"a", "a")], "docs.00"),
    ([part("docs.-1", b"a", "a")], "docs.-1"),
    ([part("docs", b"a", "a")], "docs"),
    ([part("docs.0.x", b"a", "a")], "docs.0.x"),
    ([part(f"docs.{index}", b"a", "a") for index in range(4)], "docs.3"),
    ([], "docs"),
]


class TestRefused:
    @pytest.mark.parametrize(("parts", "path"), UNEXPECTED, ids=[str(index) for index in range(len(UNEXPECTED))])
    def test_what_is_not_expected(self, stranger: Caller, world: World, parts: Sequence[bytes], path: str) -> None:
        answer = send(stranger, world("upload_one"), body(*parts)).refused("VALIDATION_ERROR")
        assert path in answer.details
        assert answer.header is None

    @pytest.mark.parametrize(("parts", "path"), LISTS, ids=[str(index) for index in range(len(LISTS))])
    def test_in_a_list(self, stranger: Caller, world: World, parts: Sequence[bytes], path: str) -> None:
        answer = send(stranger, world("upload_many"), body(args(), *parts)).refused("VALIDATION_ERROR")
        assert answer.details.keys() == {path}

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"nothing of it",
            body(args(user_id=1), part("image", b"a", "a"))[:-10],
            body(b"--" + BOUNDARY.encode() + b"\r\nContent-Type: text/plain\r\n\r\na\r\n"),
            body(part("args", b"[1]")),
            body(part("args", b'{"user_id": 1} ')[:-2] + b',"fn":"x"\r\n', part("image", b"a", "a")),
            body(part("args", b"{"), part("image", b"a", "a")),
            body(part("args", b'{"note":' + b"[" * 100 + b"]" * 100 + b"}"), part("image", b"a", "a")),
            body(b"--" + BOUNDARY.encode() + b"\r\nX-Long: " + b"a" * 5_000 + b"\r\n\r\na\r\n"),
        ],
        ids=["empty", "text", "cut", "nameless", "list", "more", "broken", "deep", "long-header"],
    )
    def test_what_is_none(self, stranger: Caller, world: World, content: bytes) -> None:
        send(stranger, world("upload_one"), content).refused("BAD_REQUEST")

    def test_without_a_boundary(self, stranger: Caller, world: World) -> None:
        headers = {**CALL, "Content-Type": "multipart/form-data"}
        send(stranger, world("upload_one"), body(args()), headers).refused("BAD_REQUEST")

    def test_to_whom_it_does_not_go(self, stranger: Caller, world: World) -> None:
        send(stranger, world("add"), body(args(a=1, b=2))).refused("UNSUPPORTED_MEDIA_TYPE")
        send(stranger, "no_such_function", body(args())).refused("NOT_FOUND")
        headers = {"Content-Type": TYPE, **CALL}
        answer = read_call(stranger.http.post("/api/mizan/call/", content=body(args()), headers=headers))
        answer.refused("UNSUPPORTED_MEDIA_TYPE")

    def test_json_where_a_file_has_to_be(self, stranger: Caller, world: World) -> None:
        answer = stranger.call(world("upload_one"), {"user_id": 1}).refused("VALIDATION_ERROR")
        assert answer.details == {"image": ["Field required: send it as a file, in multipart/form-data"]}
        stranger.call(world("upload_one"), {"user_id": 1, "image": "a"}).refused("VALIDATION_ERROR")


class TestLimits:
    def test_of_a_file(self, stranger: Caller, world: World) -> None:
        fits, is_too_large = (body(args(user_id=1), part("image", b"a" * size, "a")) for size in (100_000, 100_001))
        assert send(stranger, world("upload_one"), fits).result[1] == 100_000
        answer = send(stranger, world("upload_one"), is_too_large).refused("PAYLOAD_TOO_LARGE")
        assert answer.json["error"]["message"] == "The file image is larger than 100,000 bytes."

    def test_of_the_arguments(self, stranger: Caller, world: World) -> None:
        sent = body(args(user_id=1, note="a" * 1_100_000), part("image", b"a", "a"))
        send(stranger, world("upload_one"), sent).refused("PAYLOAD_TOO_LARGE")

    def test_of_what_stands_behind(self, stranger: Caller, world: World) -> None:
        sent = body(args(user_id=1), part("image", b"a", "a")) + b"a" * 1_300_000
        send(stranger, world("upload_one"), sent).refused("PAYLOAD_TOO_LARGE")

    def test_a_declared_length_is_refused_before_anything_is_read(self, target: Target, world: World) -> None:
        head = _head(world("upload_one"), 10_000_000)
        assert _first_line(target, head) == b"HTTP/1.1 413"

    def test_who_may_not_is_refused_before_anything_is_read(self, target: Target, world: World) -> None:
        gigabyte = 1_073_741_824
        head = _head(world("upload_for_staff"), gigabyte)
        assert _first_line(target, head) == b"HTTP/1.1 401"
        assert _first_line(target, _head("no_such_function", gigabyte)) == b"HTTP/1.1 404"

    @pytest.mark.parametrize("content_type", [TYPE, "application/x-www-form-urlencoded", "application/json"])
    def test_so_it_is_at_urls_of_functions(self, target: Target, world: World, content_type: str) -> None:
        base = "/async/routed" if world.suffix else "/routed"
        for path in ("/members/", "/taking/"):
            head = _head_of(f"{base}{path}", 1_073_741_824, content_type)
            assert _first_line(target, head) == b"HTTP/1.1 401"


def _head(function: str, length: int) -> bytes:
    return _head_of(f"/api/mizan/call/{function}/", length, TYPE)


def _head_of(path: str, length: int, content_type: str) -> bytes:
    lines = [
        f"POST {path} HTTP/1.1",
        "Host: 127.0.0.1",
        f"Content-Type: {content_type}",
        f"Content-Length: {length}",
        "X-Mizan-Call: 1",
    ]
    return "\r\n".join([*lines, "", ""]).encode()


def _first_line(target: Target, head: bytes) -> bytes:
    """The beginning of the answer to a request whose body never comes."""
    url = httpx.URL(target.url)
    with socket.create_connection((url.host, url.port or 80), timeout=TIMEOUT) as connection:
        connection.sendall(head)
        return connection.recv(4_096)[:12]


class TestForeignPages:
    def test_the_header_is_demanded(self, target: Target, world: World) -> None:
        sent = body(args(user_id=1), part("image", b"a", "a"))
        for caller in (target.stranger(), target.member("plain"), target.bearer(mint("5"))):
            for headers in ({}, {"X-Mizan-Call": "0"}):
                send(caller, world("upload_one"), sent, headers).refused("CSRF_FAILED")

    @pytest.mark.django
    def test_and_the_csrf_token_in_its_header_alone(self, target: Target, world: World) -> None:
        member = target.member("plain")
        sent = body(args(user_id=1), part("image", b"a", "a"))
        assert send(member, world("upload_one"), sent).result[1] == 1
        token = member.headers["X-CSRFToken"].encode()
        send(Caller(member.http), world("upload_one"), sent).refused("CSRF_FAILED")
        sent = body(part("csrfmiddlewaretoken", token), part("image", b"a", "a"))
        send(Caller(member.http), world("upload_one"), sent).refused("CSRF_FAILED")

    def test_a_token_is_enough(self, target: Target, world: World) -> None:
        sent = body(args(user_id=1), part("image", b"a", "a"))
        assert send(target.bearer(mint("5")), world("upload_one"), sent).result[1] == 1


@pytest.mark.logs_tracebacks
def test_nothing_is_left_of_a_failure(target: Target, world: World) -> None:
    offset = target.log_size()
    sent = body(args(), part("image", IMAGE, "a.png"))
    send(target.stranger(), world("upload_badly"), sent).refused("INTERNAL_ERROR")
    target.logged("after the file", offset)
    assert target.stranger().call(world("upload_is_gone")).result is True


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="it looks at what /proc tells of the server")
class TestNothingIsLeft:
    """Of a large file, which is on disk while it comes in."""

    LARGE = b"a" * 19_000_000

    def test_by_any_answer(self, target: Target, world: World) -> None:
        large = part("data", self.LARGE, "large")
        endings = [
            (body(args(), large), None),
            (body(args(), large[:-2] + self.LARGE + b"\r\n"), "PAYLOAD_TOO_LARGE"),
            (body(args(), large, part("more", b"", "more")), "VALIDATION_ERROR"),
            (body(args(more=1), large), "VALIDATION_ERROR"),
            (body(args(), large)[:-9], "BAD_REQUEST"),
        ]
        for sent, code in endings:
            assert send(target.stranger(), world("upload_large"), sent).code == code
            target.wait_until(lambda: not open_files(target))

    def test_by_a_client_who_leaves(self, target: Target, world: World) -> None:
        sent = body(args(), part("data", self.LARGE, "large"))
        url = httpx.URL(target.url)
        with socket.create_connection((url.host, url.port or 80), timeout=TIMEOUT) as connection:
            connection.sendall(_head(world("upload_large"), len(sent)) + sent[:-1_000])
            target.wait_until(lambda: bool(open_files(target)))
        target.wait_until(lambda: not open_files(target))

    def test_memory_does_not_grow_with_it(self, target: Target, world: World) -> None:
        assert growth(target, world("upload_huge"), 96 * 1_048_576) < 48 * 1_048_576


def open_files(target: Target) -> list[str]:
    """The files that the server has open and that are no longer, or only for a while, in a directory."""
    found = []
    for entry in Path(f"/proc/{target.process.pid}/fd").iterdir():
        with suppress(OSError):
            found.append(str(entry.readlink()))
    return [name for name in found if name.endswith("(deleted)") or ".upload" in name]


class TestForms:
    """Pages without JavaScript send them to functions that have URLs of their own."""

    def test_a_form(self, visitor: Caller, world: World) -> None:
        files = [("image", ("a.png", IMAGE)), ("docs", ("1", b"a")), ("docs", ("2", b"b"))]
        answer = self._send(visitor, world, data={"note": "n", "button": "Send"}, files=files)
        assert answer.result == [len(IMAGE), ["1", "2"], "n"]
        assert answer.header == f"{world('user')};user_id=5"

    def test_fields_in_which_nobody_has_chosen_a_file(self, visitor: Caller, world: World) -> None:
        content = body(part("note", b"n"), part("image", b"", ""), part("docs", b"", ""))
        answer = self._send(visitor, world, content=content, headers={"Content-Type": TYPE})
        assert answer.result == [None, [], "n"]

    def test_the_csrf_token_is_in_it(self, target: Target, visitor: Caller, world: World) -> None:
        if not target.facade.is_django:
            return
        token = visitor.headers["X-CSRFToken"]
        caller = Caller(visitor.http)
        files = [("image", ("a.png", b"abc"))]
        assert self._send(caller, world, data={"csrfmiddlewaretoken": token}, files=files).result[0] == 3
        self._send(caller, world, data={"note": "n"}, files=files).refused("CSRF_FAILED")
        self._send(caller, world, data={"csrfmiddlewaretoken": "x" * 64}, files=files).refused("CSRF_FAILED")

    def test_limits(self, visitor: Caller, world: World) -> None:
        self._send(visitor, world, files=[("image", ("a", b"a" * 100_001))]).refused("PAYLOAD_TOO_LARGE")
        self._send(visitor, world, files=[("docs", ("a", b"a"))] * 4).refused("VALIDATION_ERROR")
        self._send(visitor, world, files=[("more", ("a", b"a"))]).refused("VALIDATION_ERROR")
        answer = self._send(visitor, world, data={"note": ["a", "b"]}, files=[("image", ("a", b"a"))])
        assert answer.refused("VALIDATION_ERROR").details.keys() == {"note"}

    @staticmethod
    def _send(caller: Caller, world: World, **options: Any) -> Answer:
        url = f"{'/async' if world.suffix else ''}/routed/uploads/5/"
        headers = {**caller.headers, **options.pop("headers", {})}
        return read_call(caller.http.post(url, headers=headers, **options))


@pytest.fixture
def visitor(target: Target) -> Caller:
    """Somebody without a session, with what a site's CSRF protection asks of everybody."""
    caller = Caller(target.http())
    token = caller.session().json["csrfToken"]
    return Caller(caller.http, {} if token is None else {"X-CSRFToken": token})
