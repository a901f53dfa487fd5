"""What all tests share: the two engines, which tests stay together when they run in several processes, and how far
hypothesis searches: ``HYPOTHESIS_PROFILE=dev|ci|thorough``, by default the last in ``make thorough``, else ``ci`` with
``CI=true``, else ``dev``.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, settings

from mizan_core.engine import CONTRACT_VERSION, Engine, pure
from tests.cache.redis.stalls import pytest_runtest_protocol  # noqa: F401 - a hook
from tests.extent import IS_CI, IS_THOROUGH

_FOLDER = Path(__file__).parent
_FIRST = [
    _FOLDER / place
    for place in (
        "cache/test_soak.py",
        "cache/test_broken_builds.py",
        "cache/http/test_cases.py",
        "packaging",
        "live/test_drivers.py",
        "shop",
        "guard",
    )
]
"""What takes long begins early, in this order, so that no process is left alone with it in the end."""
_WAITING = [_FOLDER / "packaging/test_sdist.py"]
"""What would wait for the cargo that `make test` runs beside pytest."""

settings.register_profile("dev", max_examples=30, deadline=None, derandomize=True, database=None)
settings.register_profile("ci", max_examples=50, deadline=None, derandomize=True, database=None)
settings.register_profile(
    "thorough", max_examples=2_000, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "thorough" if IS_THOROUGH else "ci" if IS_CI else "dev"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--no-native",
        action="store_true",
        help="leave the native engine out (with MIZAN_ENGINE=pure where a broken one is installed); not in CI",
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("no_native") and IS_CI:
        raise pytest.UsageError("--no-native is for a developer's machine: CI tests both engines")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    from tests.scheduling import GroupScheduling

    return GroupScheduling(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    items.sort(key=_turn)
    if not config.getoption("no_native"):
        return
    left_out = [item for item in items if _needs_native(item)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


@pytest.fixture(scope="session", params=["pure", "native"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Each engine in turn. One that cannot be loaded is an error, never a skip."""
    return cast(Engine, pure) if request.param == "pure" else load_native()


@pytest.fixture(scope="session")
def native() -> Engine:
    """The native engine, for what it alone has to show."""
    return load_native()


@pytest.fixture(scope="session")
def shared_folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of this run, the same in all of its processes (pytest-xdist)."""
    folder = tmp_path_factory.getbasetemp()
    return folder.parent if hasattr(request.config, "workerinput") else folder


def load_native() -> Engine:
    """:raises Exception: when the native engine is missing or not of this checkout's contract (``make develop``)."""
    module = importlib.import_module("mizan_native")
    if module.CONTRACT_VERSION != CONTRACT_VERSION:
        raise RuntimeError(f"mizan_native speaks contract {module.CONTRACT_VERSION}, this checkout {CONTRACT_VERSION}")
    return cast(Engine, module)


def _needs_native(item: pytest.Item) -> bool:
    return _parameters(item).get("engine") == "native" or "native" in getattr(item, "fixturenames", ())


def _turn(item: pytest.Item) -> int:
    """When it begins: a number, the lower the earlier."""
    places = (turn for turn, place in enumerate(_FIRST) if item.path.is_relative_to(place))
    return len(_FIRST) if item.path in _WAITING else next(places, len(_FIRST))


def _parameters(item: pytest.Item) -> Mapping[str, object]:
    return item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
