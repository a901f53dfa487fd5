"""The generator of clients, which only ``mizan-native`` has; and how interfaces differ, which both engines say."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence

from mizan_core.engine.pure.difference import ir_difference
from mizan_core.errors import EngineUnavailable

_NATIVE = "mizan_native"
_SUFFIXES = {
    "breaking": "  (breaks clients of before)",
    "unknown": "  (may break clients of before)",
    "source": "  (sources need the new name)",
    "compatible": "",
}
_MARKS = {"added": "+", "removed": "-", "changed": "~"}


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


def report_difference(old: str, new: str) -> int:
    """Print what is different between the texts of two interface documents, as ``mizan-generate --diff`` does.

    :returns: the exit code: 1 where clients of *old* break.
    :raises ValueError: when one is not an interface document, with the place.
    """
    changes = ir_difference(old, new)
    for kind, meaning, subject, detail in changes:
        _say(f"{_MARKS[kind]} {subject}{detail and f': {detail}'}{_SUFFIXES[meaning]}")
    breaking = sum(meaning == "breaking" for _, meaning, *_ in changes)
    _say(_counted(len(changes), breaking))
    return 1 if breaking else 0


def _counted(count: int, breaking: int) -> str:
    if count == 0:
        return "no changes"
    if count == 1:
        return f"1 change, {'breaking' if breaking else 'not breaking'}"
    return f"{count} changes, {breaking or 'none'} of them breaking"


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _complain(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()
