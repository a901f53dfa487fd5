"""The generator of clients, which only ``mizan-native`` has."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence

from mizan_core.errors import EngineUnavailable

_NATIVE = "mizan_native"


def run_generator(arguments: Sequence[str], document: str | None = None) -> int:
    """Run ``mizan-generate`` with *arguments*, printing as it does; its exit code.

    :param document: the interface, where it is at hand; else the arguments say where it comes from.
    :raises EngineUnavailable: mizan-native is not installed, or cannot be used here.
    """
    try:
        importlib.import_module(_NATIVE)
    except ModuleNotFoundError as error:
        if error.name != _NATIVE:
            raise
        raise EngineUnavailable(
            "the generator of clients is part of mizan-native, which is not installed here: pip install mizan-native; "
            "or run npx mizan-generate, or the program mizan-generate, which need no Python package"
        ) from error
    # Beside the engine's contract, so not among its names.
    extension = importlib.import_module(f"{_NATIVE}._native")
    code: int = extension.run_generator(list(arguments), document, _say, _complain)
    return code


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _complain(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()
