"""The documents about what is registered, each with its command: it prints the document, writes it, or checks that a
file is current.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from difflib import unified_diff
from functools import partial
from pathlib import Path
from typing import Any

from mizan_core.commands import Command, CommandRefused, Write
from mizan_core.exports.manifest import manifest_text
from mizan_core.exports.openapi import openapi_text
from mizan_core.ir import build_ir


def _document_command(name: str, write: Callable[[], str]) -> Command:
    """A command for one document.

    :param name: what the document is, for the command's help.
    :param write: gives it.
    """
    description = f"Print {name} of the registered functions, or write it, or check a file against it."
    return Command(description, _add_arguments, partial(_run, write))


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    """Give *parser* ``--output FILE`` and ``--check FILE``."""
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--output", metavar="FILE", type=Path, help="write the document to FILE")
    group.add_argument("--check", metavar="FILE", type=Path, help="fail with the difference unless FILE is current")


def _run(document: Callable[[], str], options: Mapping[str, Any], write: Write) -> None:
    output, check = options["output"], options["check"]
    text = document()
    if output is not None:
        output.write_bytes(text.encode("utf-8"))
    elif check is None:
        write(text)
    elif not check.is_file():
        raise CommandRefused(f"{check} does not exist; write it with --output {check}")
    else:
        problem = difference(text, check.read_bytes().decode("utf-8", "replace"), str(check))
        if problem is not None:
            raise CommandRefused(f"{check} is out of date; write it with --output {check}\n{problem}")


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


INTERFACE = _document_command("the interface document (KDL)", build_ir)
MANIFEST = _document_command("the edge manifest (JSON)", manifest_text)
OPENAPI = _document_command("the OpenAPI description (3.1)", openapi_text)
