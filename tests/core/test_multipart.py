"""The reader of multipart bodies: in whatever pieces a body comes, and whatever ends it."""

# Only the stubs of Django know a type argument.
# mypy: disable-error-code="type-arg"

from __future__ import annotations

import gc
import weakref
from contextlib import suppress

import pytest
from django.core.files.uploadedfile import UploadedFile

import mizan.signatures  # noqa: F401 - whose classes are known
from mizan_core.client import client
from mizan_core.errors import APIError, BadRequest, PayloadTooLarge
from mizan_core.http.multipart import FileHead, MultipartReader
from mizan_core.interface.uploads import upload_places

BODY = (
    b'--b\r\nContent-Disposition: form-data; name="args"\r\n\r\n{"a":1}\r\n'
    b'--b\r\ncontent-disposition: FORM-DATA; name="image"; filename="a.png"\r\ncontent-type: image/png\r\n\r\n'
    b"line\r\n--not\r\n--b"
    b"\r\n--b--\r\nepilogue"
)


class Written:
    """A sink that remembers."""

    def __init__(self, head: FileHead) -> None:
        self.head = head
        self.data = b""
        self.is_closed = False

    def write(self, data: bytes) -> None:
        self.data += data

    def file(self) -> bytes:
        return self.data

    def close(self) -> None:
        self.is_closed = True


@client
def take(request: object, image: UploadedFile, docs: list[UploadedFile]) -> None: ...


def reader_of(*, is_form: bool = False, max_bytes: int = 10_000) -> tuple[MultipartReader, list[Written]]:
    sinks: list[Written] = []

    def open_sink(head: FileHead) -> Written:
        sinks.append(Written(head))
        return sinks[-1]

    places = upload_places(take.parameters)
    return MultipartReader("multipart/form-data; boundary=b", places, max_bytes, open_sink, is_form=is_form), sinks


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 64, 1_000])
def test_in_pieces_of_any_size(size: int) -> None:
    body = BODY.replace(b"line\r\n--not\r\n--b\r\n", b"line\r\n--not\r\n")
    reader, sinks = reader_of()
    for start in range(0, len(body), size):
        reader.feed(body[start : start + size])
    reader.end()
    assert reader.arguments == b'{"a":1}'
    assert reader.files() == {"image": b"line\r\n--not"}
    assert sinks[0].head == ("image", "a.png", "image/png")
    reader.close()
    assert sinks[0].is_closed


def part(name: str, content: bytes, options: str = '; filename="a"') -> bytes:
    return b'--b\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n' % (
        name.encode(),
        options.encode(),
        content,
    )


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (part("image", b"a" * 12_000_000), PayloadTooLarge),
        (part("args", b"a" * 10_001, ""), PayloadTooLarge),
        (part("image", b"a") + part("image", b"b"), APIError),
        (b"--b\r\nContent-Disposition: attachment\r\n\r\na\r\n--b--", BadRequest),
        (b"--b\r\nContent-Disposition: form-data; name=\xff; filename=a\r\n\r\na\r\n--b--", BadRequest),
        (b"--b\r\nno colon\r\n\r\na\r\n--b--", BadRequest),
        (b"--c\r\n", BadRequest),
    ],
)
def test_what_is_refused_while_it_comes(body: bytes, kind: type[Exception]) -> None:
    reader, sinks = reader_of()
    with pytest.raises(kind):
        reader.feed(body)
    reader.close()
    assert all(sink.is_closed for sink in sinks)


def test_headers_without_end() -> None:
    reader, _ = reader_of()
    reader.feed(b"--b\r\n")

    def feed() -> None:
        for _ in range(100_000):
            reader.feed(b"a")

    with pytest.raises(BadRequest):
        feed()


def test_many_parts_without_content() -> None:
    reader, _ = reader_of(is_form=True, max_bytes=10_000_000)
    with pytest.raises(BadRequest, match="1000 fields at most"):
        reader.feed(part("note", b"", "") * 1_002)


def test_a_form() -> None:
    reader, _ = reader_of(is_form=True)
    body = part("docs", b"1") + part("note", b"n", "") + part("docs", b"2") + part("note", "é".encode(), "")
    reader.feed(body + part("image", b"", '; filename=""') + b"--b--\r\n")
    reader.end()
    assert reader.texts == {"note": ["n", "é"]}
    assert reader.files() == {"docs.0": b"1", "docs.1": b"2"}


@pytest.mark.parametrize("boundary", ["", "; boundary=", "; boundary=" + "b" * 300])
def test_a_boundary_that_is_none(boundary: str) -> None:
    with pytest.raises(BadRequest):
        MultipartReader(f"multipart/form-data{boundary}", None, 1, Written, is_form=False)


def test_a_body_that_is_cut_off() -> None:
    reader, _ = reader_of()
    reader.feed(part("image", b"a"))
    with pytest.raises(BadRequest, match="cut off"):
        reader.end()


@pytest.mark.parametrize(
    "body",
    [BODY, BODY[: BODY.index(b":1}")], BODY.replace(b"image", b"other")],
    ids=["whole", "cut off", "refused"],
)
def test_nothing_of_it_is_left_to_the_garbage_collector(body: bytes) -> None:
    gc.disable()
    try:
        reader, _ = reader_of()
        alive = weakref.ref(reader)
        with suppress(APIError):
            reader.feed(body)
        reader.close()
        del reader
        assert alive() is None
    finally:
        gc.enable()
