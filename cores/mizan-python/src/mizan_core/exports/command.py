"""Printing a document, writing it, or checking that a file is current: what commands for documents have in common."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from difflib import unified_diff
from pathlib import Path
from typing import Any

from mizan_core.errors import MizanError


class OutOfDate(MizanError):
    """A file is not the document that it is to be; the message holds the difference."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Give *parser* ``--output FILE`` and ``--check FILE``."""
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--output", metavar="FILE", type=Path, help="write the document to FILE")
    group.add_argument("--check", metavar="FILE", type=Path, help="fail with the difference unless FILE is current")


def run(write: Callable[[], str], options: Mapping[str, Any]) -> str | None:
    """Do what the command line says; gives what is to be printed, if anything.

    :param write: gives the document.
    :raises OutOfDate: when the file that ``--check`` names is missing, or is not the document.
    """
    output, check = options["output"], options["check"]
    document = write()
    if output is not None:
        output.write_bytes(document.encode("utf-8"))
        return None
    if check is None:
        return document
    if not check.is_file():
        raise OutOfDate(f"{check} does not exist; write it with --output {check}")
    problem = difference(document, check.read_bytes().decode("utf-8", "replace"), str(check))
    if problem is not None:
        raise OutOfDate(f"{check} is out of date; write it with --output {check}\n{problem}")
    return None


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
