"""Runs ``cases`` under each engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conformance.target import ENGINES
from tests.django_runs import run_django_cases
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
    place = {"MIZAN_TEST_FOLDER": str(tmp_path), "MIZAN_TEST_JOURNAL": journal}
    run_django_cases(["tests.cache.django.cases"], engine_name, "tests.cache.django.settings", _TIMEOUT, **place)
