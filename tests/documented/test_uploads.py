"""docs/uploads.md: the examples, as printed."""

from __future__ import annotations

import shlex
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.documented.applications import in_django, in_fastapi
from tests.documented.pages import answer, block

COMMAND = shlex.split(block("uploads", "sh", "curl").replace("\\\n", " "))


def _said(option: str, separator: str) -> list[list[str]]:
    """What the command on the page says after *option*, each time."""
    return [value.split(separator, 1) for name, value in pairwise(COMMAND) if name == option]


SENT = [(name, value.removeprefix("@")) for name, value in _said("-F", "=")]
"""The parts: their names, and their contents or files."""
HEADER = dict(_said("-H", ": "))
FASTAPI = f"""
(arguments, *files) = {SENT!r}
parts = [("args", (None, arguments[1]))] + [(name, (file, b"content")) for name, file in files]
sent = http.post("/api/mizan/call/set_picture/", files=parts, headers={HEADER!r})
read = http.get("/api/mizan/ctx/product/?product_id=1")
large = http.post("/api/mizan/call/set_picture/", files=[("image", ("a", b"a" * 2_000_001))], headers={HEADER!r})
print(json.dumps([sent.json(), read.json(), large.status_code]))
"""
DJANGO = f"""
from django.core.files.uploadedfile import SimpleUploadedFile

(arguments, *files) = {SENT!r}
parts = {{"args": arguments[1], **{{name: SimpleUploadedFile(file, b"content") for name, file in files}}}}
sent = http.post("/api/mizan/call/set_picture/", parts, headers={HEADER!r})
read = http.get("/api/mizan/ctx/product/?product_id=1")
large = {{"image": SimpleUploadedFile("a", b"a" * 2_000_001)}}
large = http.post("/api/mizan/call/set_picture/", large, headers={HEADER!r})
print(json.dumps([sent.json(), read.json(), large.status_code]))
"""


def _check(told: list[Any]) -> None:
    assert told == [answer("uploads", "bill.pdf"), {"picture_size": 7}, 413]


def test_the_command() -> None:
    assert SENT == [("args", '{"product_id": 1}'), ("image", "tea.png"), ("papers.0", "bill.pdf")]
    assert HEADER == {"X-Mizan-Call": "1"}


def test_in_fastapi(tmp_path: Path) -> None:
    _check(in_fastapi(tmp_path, block("uploads", "python", "from fastapi"), FASTAPI))


def test_in_django(tmp_path: Path) -> None:
    _check(in_django(tmp_path, block("uploads", "python", "# shop/clients.py"), DJANGO))
