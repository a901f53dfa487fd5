"""Commands as ``python -m mizan_fastapi.NAME``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TypeAlias

from mizan_core.commands import Command, CommandRefused
from mizan_core.errors import MizanError

Main: TypeAlias = "Callable[..., int]"


def program(name: str, command: Command, *, takes_module: bool = True) -> Main:
    """What does what a command line says, ``sys.argv`` where it is given none; gives the exit status.

    :param name: the module's, for the command's help.
    :param takes_module: whether a module is imported first, which makes the application and registers the functions.
    """

    def main(arguments: list[str] | None = None) -> int:
        parser = argparse.ArgumentParser(prog=f"python -m mizan_fastapi.{name}", description=command.description)
        if takes_module:
            parser.add_argument("module", help="dotted name of the module that makes the application: app.main")
        command.add_arguments(parser)
        options = vars(parser.parse_args(arguments))
        try:
            if takes_module:
                import_named(options["module"])
            return command.run(options, _write) or 0
        except MizanError as error:
            sys.stderr.write(f"{error}\n")
            return 1

    return main


def import_named(name: str) -> ModuleType:
    """The module, which may stand in the current folder; what goes wrong inside of it stays as it is.

    :raises CommandRefused: when there is none.
    """
    sys.path.insert(0, str(Path.cwd()))
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{name}.".startswith(f"{error.name}."):
            raise
        raise CommandRefused(f"there is no module {error.name!r}, seen from {Path.cwd()}") from None


def _write(text: str) -> None:
    sys.stdout.buffer.write(text.encode("utf-8"))
    sys.stdout.buffer.flush()
