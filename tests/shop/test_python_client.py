"""The shop's client in Python, with files and addresses, against both of its servers; ``make typecheck`` reads it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("server", ["django", "fastapi"])
def test_it_speaks_with_the_server(server: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.shop.python_client", str(tmp_path), server]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=250, check=False)
    assert (done.returncode, done.stdout) == (0, "used\n"), done.stdout + done.stderr
