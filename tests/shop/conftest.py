"""Running the demo as its users do: as a program of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import pytest

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 100

Start: TypeAlias = "Callable[..., subprocess.Popen[str]]"


@pytest.fixture
def temporary_folder(tmp_path: Path) -> Path:
    """Where the demo puts what it removes in the end."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    return folder


@pytest.fixture
def start(temporary_folder: Path) -> Iterator[Start]:
    """Starts the demo with arguments and environment variables."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str, **variables: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "examples.shop.demo", *arguments],
            cwd=ROOT,
            env={**os.environ, "TMPDIR": str(temporary_folder), "PYTHONUTF8": "1", **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
        )
        started.append(process)
        return process

    yield start
    for process in started:
        # Told to end, it stops its servers; killed, it could not.
        process.terminate()
        process.communicate(timeout=SECONDS)
