"""Commands that print, write or check a document about the functions that a module registers."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from mizan_core.errors import GraphError
from mizan_core.exports.command import OutOfDate, add_arguments, run


def export(command: str, description: str | None, write: Callable[[], str], arguments: list[str] | None = None) -> int:
    """Import the module that registers the functions, then print, write or check the document; the exit code.

    :param command: how the program is called, for its help.
    :param write: gives the document.
    """
    parser = argparse.ArgumentParser(prog=command, description=description)
    parser.add_argument("module", help="dotted name of the module that registers the functions, for example app.main")
    add_arguments(parser)
    options = parser.parse_args(arguments)
    sys.path.insert(0, str(Path.cwd()))
    import_module(options.module)
    try:
        text = run(write, vars(options))
    except (GraphError, OutOfDate) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    if text is not None:
        sys.stdout.buffer.write(text.encode("utf-8"))
    return 0
