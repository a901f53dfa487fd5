from __future__ import annotations

import sys
from fcntl import LOCK_EX, flock
from pathlib import Path

import pytest

from tests.packaging import interpreters
from tests.packaging.environment import Environment
from tests.packaging.tools import lacking
from tests.packaging.wheels import SERVING, Wheels, build


def pytest_ignore_collect(config: pytest.Config) -> bool | None:
    """Without the native engine (``--no-native``) there is nothing to build and to choose from."""
    return True if config.getoption("no_native") else None


@pytest.fixture(scope="session")
def wheels(shared_folder: Path) -> Wheels:
    """The five wheels, built once: by the first process that needs them, while the others wait."""
    with (shared_folder / "wheels.lock").open("w") as lock:
        flock(lock, LOCK_EX)
        return build(shared_folder / "wheels")


@pytest.fixture(scope="session")
def base_python() -> Path:
    """The interpreter that runs the tests, outside any environment."""
    return Path(sys.base_prefix, "bin", f"python{sys.version_info.major}.{sys.version_info.minor}")


@pytest.fixture(scope="session")
def pure(wheels: Wheels, base_python: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """Core, adapters and caches without mizan-native. Tests leave it as it is."""
    environment = Environment(tmp_path_factory.mktemp("pure"), base_python)
    environment.install(*(wheels[name].path for name in SERVING), "httpx")
    return environment


@pytest.fixture(scope="session", params=interpreters.VERSIONS)
def everywhere(request: pytest.FixtureRequest, wheels: Wheels, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """All five wheels on each version of CPython in turn. Tests leave it as it is."""
    interpreter = interpreters.find(request.param)
    if interpreter is None:
        lacking(f"CPython {request.param} is missing: put it on PATH or name it in MIZAN_TEST_PYTHONS")
    environment = Environment(tmp_path_factory.mktemp(f"cpython{request.param}"), interpreter)
    environment.install(*(wheels[name].path for name in (*SERVING, "mizan-native")), "httpx")
    return environment


@pytest.fixture
def throwaway(wheels: Wheels, base_python: Path, tmp_path: Path) -> Environment:
    """The core and mizan-native in an environment that the test may damage."""
    environment = Environment(tmp_path / "environment", base_python)
    environment.add_alone(wheels["mizan-core"].path, wheels["mizan-native"].path)
    return environment
