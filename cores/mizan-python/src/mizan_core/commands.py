"""What a command is, whether ``manage.py`` or ``python -m`` runs it: each stands once, and both adapters offer it."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeAlias

from mizan_core.errors import MizanError

Write: TypeAlias = "Callable[[str], object]"
"""Prints a text as it is."""


class CommandRefused(MizanError):
    """Why a command has done nothing, or not all; its exit status is 1."""


class Command(NamedTuple):
    """A command.

    :param description: what it does, for its help.
    :param add_arguments: gives a parser the command's options.
    :param run: does what the command line says; gives the exit status, None for 0. A ``MizanError`` is told without a
        traceback, and ends it with 1.
    """

    description: str
    add_arguments: Callable[[ArgumentParser], None]
    run: Callable[[Mapping[str, Any], Write], int | None]
