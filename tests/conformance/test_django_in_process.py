"""Runs ``django_cases`` under each engine: Django's own test case classes need its own runner and settings."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.conformance.target import ROOT

CASES = (
    "tests.conformance.django_cases",
    "tests.conformance.django_fast_path_cases",
    "tests.conformance.django_form_cases",
    "tests.conformance.django_token_cases",
    "tests.conformance.django_shown_cases",
)


def test_django_cases(engine_name: str) -> None:
    run = subprocess.run(
        [sys.executable, "-W", "error", "-m", "django", "test", *CASES],
        cwd=ROOT,
        env={
            **{name: value for name, value in os.environ.items() if not name.startswith("MIZAN_")},
            "MIZAN_ENGINE": engine_name,
            "DJANGO_SETTINGS_MODULE": "tests.conformance.apps.django_site.settings",
            "PYTHONPATH": str(ROOT),
        },
        capture_output=True,
        text=True,
        timeout=250,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "Ran 0 tests" not in run.stderr
