"""Commands about the functions that a module registers: to say, write or check a document about them."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from mizan_core.errors import GraphError
from mizan_core.exports.command import OutOfDate, add_arguments, run
from mizan_fastapi.importing import NoSuchModule, import_named

Say: TypeAlias = "Callable[[Mapping[str, Any]], str | None]"
"""Gives what is to be printed, if anything, for the options of a command line."""


def export(command: str, description: str | None, write: Callable[[], str], arguments: list[str] | None = None) -> int:
    """Print, write or check the document that *write* gives, as ``about_module`` does."""
    return about_module(command, description, add_arguments, lambda options: run(write, options), arguments)


def about_module(
    command: str,
    description: str | None,
    add_options: Callable[[argparse.ArgumentParser], None],
    say: Say,
    arguments: list[str] | None = None,
) -> int:
    """Import the module that registers the functions, then do what the command line says; the exit code.

    :param command: how the program is called, for its help.
    """
    parser = argparse.ArgumentParser(prog=command, description=description)
    parser.add_argument("module", help="dotted name of the module that registers the functions, for example app.main")
    add_options(parser)
    options = parser.parse_args(arguments)
    try:
        import_named(options.module)
        text = say(vars(options))
    except (GraphError, OutOfDate, NoSuchModule) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    if text is not None:
        sys.stdout.buffer.write(text.encode("utf-8"))
    return 0
