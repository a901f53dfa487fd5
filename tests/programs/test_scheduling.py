"""Tests that share something dear are in one group."""

from __future__ import annotations

import pytest

from tests.scheduling import group


@pytest.mark.parametrize(
    ("nodeid", "expected"),
    [
        ("tests/conformance/test_a.py::test_b[django-wsgi-pure-sync-x]", "django-wsgi-pure"),
        ("tests/conformance/test_a.py::test_b[x-fastapi-native]", "fastapi-native"),
        ("tests/conformance/test_a.py::test_b", "tests/conformance/test_a.py"),
        ("tests/packaging/test_a.py::test_b[3.10-FastAPI]", "3.10"),
        ("tests/packaging/test_a.py::test_b[pure]", "tests/packaging/test_a.py"),
        ("tests/live/test_drivers.py::test_a[daphne-channels-redis-b]", "daphne-channels-redis"),
        ("tests/core/test_a.py::TestB::test_c[fastapi-native]", "tests/core/test_a.py"),
    ],
)
def test_groups(nodeid: str, expected: str) -> None:
    assert group(nodeid) == expected
