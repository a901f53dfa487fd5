from __future__ import annotations

from typing import cast

import pytest

from mizan_core.engine import Engine, pure
from tests.conftest import load_native
from tests.parity.differential import Same


@pytest.fixture(scope="session")
def same(request: pytest.FixtureRequest) -> Same:
    """Calls both engines and demands one outcome; with ``--no-native`` it only makes the call."""
    engines = {"pure": cast(Engine, pure)}
    if not request.config.getoption("no_native"):
        engines["native"] = load_native()
    return Same(engines)
