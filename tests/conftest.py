"""What all tests share: the two engines, and how far hypothesis searches (``HYPOTHESIS_PROFILE=ci|thorough``)."""

from __future__ import annotations

import importlib
import os
from typing import cast

import pytest
from hypothesis import HealthCheck, settings

from mizan_core.engine import CONTRACT_VERSION, Engine, pure

settings.register_profile("ci", max_examples=100, deadline=None, derandomize=True, database=None)
settings.register_profile(
    "thorough", max_examples=2_000, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--no-native",
        action="store_true",
        help="leave the native engine out (with MIZAN_ENGINE=pure where a broken one is installed); not in CI",
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("no_native") and os.environ.get("CI", "").lower() == "true":
        raise pytest.UsageError("--no-native is for a developer's machine: CI tests both engines")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
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


def load_native() -> Engine:
    """:raises Exception: when the native engine is missing or not of this checkout's contract (``make develop``)."""
    module = importlib.import_module("mizan_native")
    if module.CONTRACT_VERSION != CONTRACT_VERSION:
        raise RuntimeError(f"mizan_native speaks contract {module.CONTRACT_VERSION}, this checkout {CONTRACT_VERSION}")
    return cast(Engine, module)


def _needs_native(item: pytest.Item) -> bool:
    chosen = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
    return chosen.get("engine") == "native" or "native" in getattr(item, "fixturenames", ())
