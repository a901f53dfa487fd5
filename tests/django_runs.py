"""Django's own test case classes, which need its own runner and settings: a process of their own for each engine."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

_ROOT = Path(__file__).parents[1]


def run_django_cases(cases: Sequence[str], engine: str, settings: str, timeout: float, **variables: str) -> None:
    """Run the modules *cases*; fails with what Django says unless all pass.

    :param settings: the module of Django's settings.
    :param variables: more environment variables.
    """
    run = subprocess.run(
        [sys.executable, "-W", "error", "-m", "django", "test", *cases],
        cwd=_ROOT,
        env={
            **{name: value for name, value in os.environ.items() if not name.startswith("MIZAN_")},
            "MIZAN_ENGINE": engine,
            "DJANGO_SETTINGS_MODULE": settings,
            "PYTHONPATH": str(_ROOT),
            **variables,
        },
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "Ran 0 tests" not in run.stderr
