"""Runs ``django_cases`` under each engine: Django's own test case classes need its own runner and settings."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conformance.target import ENGINES, ROOT

_TIMEOUT = 250
CASES = ("tests.live.django_cases", "tests.live.django_socket_cases")


@pytest.mark.parametrize(("engine_name", "cases"), [(engine, case) for engine in ENGINES for case in CASES])
def test_django_cases(engine_name: str, cases: str, tmp_path: Path, pytestconfig: pytest.Config) -> None:
    if engine_name == "native" and pytestconfig.getoption("no_native"):
        pytest.skip("--no-native leaves the native engine out")
    run = subprocess.run(
        [sys.executable, "-W", "error", "-m", "django", "test", cases],
        cwd=ROOT,
        env={
            **{name: value for name, value in os.environ.items() if not name.startswith("MIZAN_")},
            "MIZAN_ENGINE": engine_name,
            "MIZAN_TEST_FOLDER": str(tmp_path),
            "DJANGO_SETTINGS_MODULE": "tests.live.django_project.settings",
            "PYTHONPATH": str(ROOT),
        },
        capture_output=True,
        text=True,
        timeout=_TIMEOUT,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "Ran 0 tests" not in run.stderr
