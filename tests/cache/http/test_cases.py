"""Runs ``cases`` under each engine, in a process of its own: Django's settings and the default registry are global."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cache.http.sites import NAMES
from tests.conformance.apps.accounts import SECRET
from tests.conformance.target import ENGINES, ROOT
from tests.extent import sides_on

_TIMEOUT = 500
_CASES = Path(__file__).with_name("cases")


@pytest.mark.timeout(_TIMEOUT + 20)
@pytest.mark.parametrize("engine_name", ENGINES)
def test_cases(engine_name: str, tmp_path: Path, pytestconfig: pytest.Config) -> None:
    no_native = pytestconfig.getoption("no_native")
    if engine_name == "native" and no_native:
        pytest.skip("--no-native leaves the native engine out")
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-o", "python_files=*.py", "-p", "no:cacheprovider", str(_CASES)],
        cwd=ROOT,
        env={
            **{name: value for name, value in os.environ.items() if not name.startswith("MIZAN_")},
            "MIZAN_ENGINE": engine_name,
            "MIZAN_TEST_SITES": " ".join(sides_on(engine_name, NAMES, no_native=no_native)),
            "MIZAN_CACHE_SECRET": "a-cache-secret-of-these-tests-0123456789",
            "MIZAN_MWT_SECRET": SECRET,
            "MIZAN_TEST_DATABASE": str(tmp_path / "users.sqlite3"),
        },
        capture_output=True,
        text=True,
        timeout=_TIMEOUT,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
