"""How ``--check`` shows what is out of date."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mizan_core.exports.documents import difference


def test_none_when_equal() -> None:
    assert difference("a\nb\n", "a\nb\n", "ir.kdl") is None
    assert difference("", "", "ir.kdl") is None


def test_lines_from_the_file_to_what_is_expected() -> None:
    assert difference("a\nnew\nc\n", "a\nold\nc\n", "ir.kdl") == (
        "--- ir.kdl\n+++ ir.kdl (expected)\n@@ -1,3 +1,3 @@\n a\n-old\n+new\n c\n"
    )


def test_missing_line_feed_at_the_end() -> None:
    shown = difference("a\n", "a", "ir.kdl")
    assert shown == ("--- ir.kdl\n+++ ir.kdl (expected)\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n")


def test_carriage_returns_are_visible() -> None:
    shown = difference("a\n", "a\r\n", "ir.kdl")
    assert shown is not None
    assert "-a\\r\n+a\n" in shown
    assert difference("a\\r\n", "a\r\n", "ir.kdl")


def test_an_empty_file() -> None:
    assert difference("a\n", "", "ir.kdl") == "--- ir.kdl\n+++ ir.kdl (expected)\n@@ -0,0 +1 @@\n+a\n"


@given(expected=st.text("ab\\r\r\n\u2028"), actual=st.text("ab\\r\r\n\u2028"))
def test_says_nothing_only_when_equal(expected: str, actual: str) -> None:
    shown = difference(expected, actual, "ir.kdl")
    assert (shown is None) == (expected == actual)
    if shown is not None:
        assert shown.startswith("--- ir.kdl\n+++ ir.kdl (expected)\n@@ ")
        assert shown.endswith("\n")
