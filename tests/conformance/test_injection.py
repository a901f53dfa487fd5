"""Arguments that reach ``X-Mizan-Invalidate``: one line of ASCII that fits, whatever they are."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from tests.conformance.caller import Caller
from tests.conformance.conftest import World

NASTY = [
    "\r\nSet-Cookie: stolen=1",
    "\n\n<script>",
    "\r",
    "\t",
    "\u0000",
    "\u007f",
    "\u0085\u2028\u2029",
    "a b",
    " lead",
    "trail ",
    "a, b",
    "user;user_id=6",
    "a=b&c=d",
    "%",
    "%0d%0a",
    "100%25",
    '"quoted"',
    "back\\slash",
    "é",
    "ÿ",
    "😀",
    "ﬀ",
    "-._~",
    "!'()*",
    "/?:@[]{}|^`<>#$+",
    "\ufeff",
    "\U0010ffff",
]


@pytest.mark.parametrize("name", NASTY, ids=ascii)
def test_values_are_percent_encoded(stranger: Caller, world: World, name: str) -> None:
    answer = stranger.call(world("relabel"), {"name": name})
    assert answer.header == f"{world('label')};name={quote(name, safe='')}"
    assert answer.invalidate == [{"context": world("label"), "params": {"name": name}}]
    assert "Set-Cookie" not in answer.headers


def test_the_header_holds_4096_bytes_and_no_more(stranger: Caller, world: World) -> None:
    label = world("label")
    room = 4_096 - len(f"{label};name=")
    for name, fits in (
        ("a" * room, True),
        ("a" * (room + 1), False),
        ("é" * (room // 6), True),
        ("é" * (room // 6 + 1), False),
        ("a" * 900_000, False),
    ):
        answer = stranger.call(world("relabel"), {"name": name})
        assert answer.header == (f"{label};name={quote(name, safe='')}" if fits else label)
        assert answer.invalidate == [{"context": label, "params": {"name": name}}]


def test_the_longest_context_gives_way_first(stranger: Caller, world: World) -> None:
    label, caption = world("label"), world("caption")
    both = {"name": "a" * 4_000, "title": "b" * 200}
    assert stranger.call(world("relabel_both"), both).header == f"{label}, {caption};title={'b' * 200}"
    both = {"name": "a" * 200, "title": "b" * 4_000}
    assert stranger.call(world("relabel_both"), both).header == f"{label};name={'a' * 200}, {caption}"
    both = {"name": "a" * 5_000, "title": "b" * 5_000}
    assert stranger.call(world("relabel_both"), both).header == f"{label}, {caption}"
