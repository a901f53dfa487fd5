"""Runs ``django_cases`` under each engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conformance.target import ENGINES
from tests.django_runs import run_django_cases

_TIMEOUT = 250
CASES = ("tests.live.django_cases", "tests.live.django_socket_cases")


@pytest.mark.parametrize(("engine_name", "cases"), [(engine, case) for engine in ENGINES for case in CASES])
def test_django_cases(engine_name: str, cases: str, tmp_path: Path, pytestconfig: pytest.Config) -> None:
    if engine_name == "native" and pytestconfig.getoption("no_native"):
        pytest.skip("--no-native leaves the native engine out")
    folder = {"MIZAN_TEST_FOLDER": str(tmp_path)}
    run_django_cases([cases], engine_name, "tests.live.django_project.settings", _TIMEOUT, **folder)
