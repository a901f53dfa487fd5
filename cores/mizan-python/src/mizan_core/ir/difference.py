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
    return "".join(_ended(line) for line in lines)


def _lines(text: str) -> list[str]:
    """Lines with their ends, parted by line feeds alone; a carriage return is made visible."""
    lines = [line + "\n" for line in text.replace("\r", "\\r").split("\n")]
    return lines[:-1] if text.endswith("\n") or not text else [*lines[:-1], lines[-1][:-1]]


def _ended(line: str) -> str:
    return line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
