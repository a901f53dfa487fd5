"""How an interface document differs from the one it should be."""

from __future__ import annotations

from difflib import unified_diff


def difference(expected: str, actual: str, name: str) -> str | None:
    """A unified diff that turns *actual* into *expected*; None when they are equal.

    :param name: what *actual* is called, for example the file's path.
    """
    if expected == actual:
        return None
    lines = unified_diff(_lines(actual), _lines(expected), name, f"{name} (expected)")
    return "".join(map(_shown, lines))


def _lines(text: str) -> list[str]:
    """Lines with their ends, parted by line feeds alone."""
    *ended, rest = text.split("\n")
    return [line + "\n" for line in ended] + ([rest] if rest else [])


def _shown(line: str) -> str:
    """A line of the diff; what would be invisible in it is spelled out."""
    text = line.replace("\r", "\\r")
    return text if text.endswith("\n") else f"{text}\n\\ No newline at end of file\n"
