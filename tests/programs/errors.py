"""What a source of programs says when it has nothing."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

_SECONDS = 300


class NotFetched(Exception):
    """A source does not have the program, or cannot be reached."""


def run(command: Sequence[str], folder: Path | None = None) -> str:
    """What *command* prints.

    :raises NotFetched: when it cannot be run or fails, with the last line that it said.
    """
    try:
        ended = subprocess.run(command, capture_output=True, text=True, cwd=folder, timeout=_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotFetched(f"{command[0]}: {error}") from error
    if ended.returncode:
        said = (ended.stderr or ended.stdout).strip().splitlines() or ["it said nothing"]
        raise NotFetched(f"{command[0]} ended with {ended.returncode}: {said[-1]}")
    return ended.stdout
