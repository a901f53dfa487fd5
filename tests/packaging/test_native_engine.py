"""The native wheel on every version of CPython: all of the contract, and across a fork."""

from __future__ import annotations

import json

import pytest

from mizan_core.engine.contract import Engine
from tests.packaging.choice import demand
from tests.packaging.environment import Environment
from tests.packaging.tools import BUILD_SECONDS

pytestmark = pytest.mark.timeout(BUILD_SECONDS)

CONTRACT = sorted(name for name in vars(Engine) if not name.startswith("_"))


def test_every_function_of_the_contract_equals_the_pure_engine(everywhere: Environment) -> None:
    report = json.loads(everywhere.program("compare"))
    assert report == {"compared": CONTRACT, "different": {}, "never refused": ["CONTRACT_VERSION"]}


@pytest.mark.parametrize("engine", ["native", "pure"])
def test_children_of_a_fork_can_use_it(everywhere: Environment, engine: str) -> None:
    everywhere.program("fork", variables=demand(engine))


def test_it_can_be_imported_again(everywhere: Environment) -> None:
    everywhere.python(
        "-W",
        "error",
        "-c",
        "import sys, mizan_native\n"
        "for name in [name for name in sys.modules if name.startswith('mizan_native')]: del sys.modules[name]\n"
        "import mizan_native as again\n"
        "assert again.canonical_json([1.5]) == mizan_native.canonical_json([1.5]) == b'[1.5]'",
    )
