"""Runs ``cases`` under each engine: Django's own test case classes need its own runner and settings."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conformance.target import ENGINES, ROOT
from tests.extent import sides_on

_TIMEOUT = 300
_JOURNALS = ("delete", "wal")


@pytest.mark.timeout(_TIMEOUT + 20)
@pytest.mark.parametrize(
    ("engine_name", "journal"), [(engine, journal) for engine in ENGINES for journal in sides_on(engine, _JOURNALS)]
)
def test_cases(engine_name: str, journal: str, tmp_path: Path, pytestconfig: pytest.Config) -> None:
    """In WAL mode a transaction goes on seeing what was there when it began; in the other, readers hold writers off."""
    if engine_name == "native" and pytestconfig.getoption("no_native"):
        pytest.skip("--no-native leaves the native engine out")
    run = subprocess.run(
        [sys.executable, "-W", "error", "-m", "django", "test", "tests.cache.django.cases"],
        cwd=ROOT,
        env={
            **{name: value for name, value in os.environ.items() if not name.startswith("MIZAN_")},
            "MIZAN_ENGINE": engine_name,
            "MIZAN_TEST_FOLDER": str(tmp_path),
            "MIZAN_TEST_JOURNAL": journal,
            "DJANGO_SETTINGS_MODULE": "tests.cache.django.settings",
            "PYTHONPATH": str(ROOT),
        },
        capture_output=True,
        text=True,
        timeout=_TIMEOUT,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "Ran 0 tests" not in run.stderr
