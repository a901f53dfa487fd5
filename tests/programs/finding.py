"""Where the programs are that the tests run beside Python and Rust: on PATH, or fetched below ``.tools/``."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FETCHED = ROOT / ".tools/bin"
"""Where ``python -m tests.programs`` puts what PATH lacks."""


def find(program: str) -> str | None:
    """The path of *program*; what is on PATH comes first. None where it is neither there nor fetched."""
    return shutil.which(program) or shutil.which(program, path=os.fspath(FETCHED))


def missing(program: str) -> str:
    """What to do about a program that is not there."""
    return f"{program} is missing: install it, or let `make .tools/bin/{program}` fetch it"
