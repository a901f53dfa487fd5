"""The programs that build and install, each run with a time limit; a failure shows what the program said."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

import pytest

from tests.extent import IS_CI

ROOT = Path(__file__).resolve().parents[2]
BIN = ROOT / ".venv/bin"

BUILD_SECONDS = 900


def lacking(what: str) -> NoReturn:
    """Skip the test, or fail it where nothing may be lacking (``CI=true``)."""
    if IS_CI:
        pytest.fail(f"{what}; CI=true takes that for a failure", pytrace=False)
    pytest.skip(what)


def uv(*arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run uv; with *check* a failure is an AssertionError."""
    return run(uv_path() or lacking("uv is missing"), *arguments, variables=os.environ, timeout=300, check=check)


def make(*arguments: str) -> None:
    """Run a verb of the Makefile in the checkout."""
    if shutil.which("make") is None:
        lacking("make is missing")
    run("make", *arguments, variables=os.environ, folder=ROOT, timeout=BUILD_SECONDS)


def run(
    *command: str,
    variables: Mapping[str, str],
    folder: Path | None = None,
    timeout: float = 250,
    check: bool = True,
) -> subprocess.CompletedProcess[str]:
    """Run *command* with the environment *variables*; with *check* a failure is an AssertionError."""
    ended = subprocess.run(
        command, capture_output=True, text=True, check=False, env=variables, cwd=folder, timeout=timeout
    )
    assert not check or ended.returncode == 0, (
        f"{command} ended with {ended.returncode}:\n{ended.stdout}\n{ended.stderr}"
    )
    return ended


def uv_path() -> str | None:
    """The environment's own uv, else one that was fetched or is on PATH."""
    for candidate in (Path(sys.executable).with_name("uv"), BIN / "uv", ROOT / ".tools/bin/uv"):
        if candidate.exists():
            return str(candidate)
    return shutil.which("uv")
