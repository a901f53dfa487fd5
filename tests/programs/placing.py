"""A program that lies somewhere else than it was made for, as one that can be started."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.programs.errors import NotFetched


def place(program: Path, start: Path, variables: Mapping[str, str] | None = None) -> None:
    """Write the script *start*, which becomes *program*: whoever sends it signals reaches the program itself.

    :param variables: environment variables that the program needs.
    :raises NotFetched: when the program does not run here.
    """
    settings = [f"export {name}={shlex.quote(value)}\n" for name, value in (variables or {}).items()]
    script = "".join(["#!/bin/sh\n", *settings, f'exec {shlex.quote(str(program))} "$@"\n'])
    start.parent.mkdir(parents=True, exist_ok=True)
    draft = start.with_suffix(".draft")
    draft.write_text(script, "utf-8")
    draft.chmod(0o755)
    _try(draft)
    draft.replace(start)


def _try(program: Path) -> None:
    """Whatever it says of its version: a shell and the loader of libraries end so with what cannot be started."""
    ended = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=250, check=False)
    if ended.returncode in (126, 127):
        raise NotFetched(f"{program.stem} does not start: {ended.stderr.strip()}")
