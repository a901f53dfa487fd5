"""Importing the module that a command line names."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

from mizan_core.errors import MizanError


class NoSuchModule(MizanError):
    """There is no module of that name; what goes wrong inside of one that there is stays as it is."""


def import_named(name: str) -> ModuleType:
    """The module, which may stand in the current folder.

    :raises NoSuchModule: when there is none.
    """
    sys.path.insert(0, str(Path.cwd()))
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{name}.".startswith(f"{error.name}."):
            raise
        raise NoSuchModule(f"there is no module {error.name!r}, seen from {Path.cwd()}") from None
