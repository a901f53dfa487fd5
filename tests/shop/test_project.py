"""What a reader may rely on when copying the example."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_functions_load_no_framework() -> None:
    program = (
        "import sys, examples.shop.functions\n"
        "print(sorted({'django', 'fastapi', 'starlette'} & {name.partition('.')[0] for name in sys.modules}))"
    )
    assert python("-c", program) == "[]\n"


def test_migrations_are_complete(tmp_path: Path) -> None:
    manage("makemigrations", "--check", "--dry-run", database=tmp_path / "shop.sqlite3")


def test_system_checks_find_nothing(tmp_path: Path) -> None:
    assert "no issues" in manage("check", "--fail-level", "WARNING", database=tmp_path / "shop.sqlite3")


def test_shop_is_opened_once(tmp_path: Path) -> None:
    database = tmp_path / "shop.sqlite3"
    first = manage("open_shop", "--verbosity", "0", database=database)
    assert "the password of ada, bea and grace is" in first
    assert manage("open_shop", "--verbosity", "0", database=database) == ""


def manage(*arguments: str, database: Path) -> str:
    return python("-m", "examples.shop.django_project.manage", *arguments, SHOP_DATABASE=str(database))


def python(*arguments: str, **variables: str) -> str:
    """What it prints; anything but exit code 0 fails the test."""
    environment = {name: value for name, value in os.environ.items() if name != "SHOP_PASSWORD"}
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**environment, **variables},
        capture_output=True,
        text=True,
        timeout=250,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
