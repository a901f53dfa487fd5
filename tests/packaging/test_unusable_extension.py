"""An installed mizan-native that cannot be used: of another contract, it gives way; broken, it is an error."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mizan_core.engine import CONTRACT_VERSION
from tests.packaging.choice import choose
from tests.packaging.environment import Environment
from tests.packaging.tools import BUILD_SECONDS

pytestmark = pytest.mark.timeout(BUILD_SECONDS)

OTHER = CONTRACT_VERSION + 41


def _newer_native(environment: Environment) -> None:
    _append(environment.package("mizan_native") / "__init__.py", f"CONTRACT_VERSION = {OTHER}")


def _newer_core(environment: Environment) -> None:
    _append(environment.package("mizan_core") / "engine/contract.py", f"CONTRACT_VERSION = {OTHER}")


def _append(module: Path, line: str) -> None:
    module.write_text(f"{module.read_text('utf-8')}\n{line}\n", encoding="utf-8")


CONTRACTS = pytest.mark.parametrize("disagree", [_newer_native, _newer_core])


@CONTRACTS
def test_another_contract_gives_way_to_pure_with_one_warning(
    throwaway: Environment, disagree: Callable[[Environment], None]
) -> None:
    disagree(throwaway)
    choice = choose(throwaway)
    assert choice.engine == "pure"
    ((category, message),) = choice.warnings
    assert category == "RuntimeWarning"
    assert f"contract {OTHER}" in message or f"speaks {OTHER}" in message
    assert f"contract {CONTRACT_VERSION}" in message or f"speaks {CONTRACT_VERSION}" in message
    assert "install the versions of one release" in message
    assert choice.reason in message


@CONTRACTS
def test_an_operator_sees_that_warning_once(throwaway: Environment, disagree: Callable[[Environment], None]) -> None:
    disagree(throwaway)
    said = throwaway.python("-c", "import mizan_core.engine; from mizan_core.engine import current; current()").stderr
    assert said.count("RuntimeWarning") == 1


@CONTRACTS
def test_another_contract_does_not_do_when_native_is_demanded(
    throwaway: Environment, disagree: Callable[[Environment], None]
) -> None:
    disagree(throwaway)
    choice = choose(throwaway, engine="native")
    assert choice.error == "EngineUnavailable"
    assert "ImportError" in choice.families
    assert str(OTHER) in choice.message
    assert choice.warnings == []


@CONTRACTS
def test_another_contract_is_of_no_interest_when_pure_is_demanded(
    throwaway: Environment, disagree: Callable[[Environment], None]
) -> None:
    disagree(throwaway)
    choice = choose(throwaway, engine="pure")
    assert (choice.engine, choice.warnings) == ("pure", [])


def _truncated(package: Path) -> None:
    extension = package / "_native.abi3.so"
    # Not longer: the system's loader trusts the headers, and ends the process when it reads beyond the file.
    extension.write_bytes(extension.read_bytes()[:60])


def _no_library(package: Path) -> None:
    (package / "_native.abi3.so").write_bytes(b"<html>404</html>\n")


def _missing(package: Path) -> None:
    (package / "_native.abi3.so").unlink()


def _of_another_platform(package: Path) -> None:
    (package / "_native.abi3.so").rename(package / "_native.cp310-win_amd64.pyd")


def _in_want_of_a_module(package: Path) -> None:
    _append(package / "__init__.py", "import a_module_that_is_not_there")


def _failing(package: Path) -> None:
    _append(package / "__init__.py", "1 / 0")


# How an installation breaks, the exception that tells, and a word of its message that leads to the cause.
BREAKAGES = pytest.mark.parametrize(
    ("break_it", "error", "cause"),
    [
        (_truncated, "ImportError", "_native.abi3.so"),
        (_no_library, "ImportError", "_native.abi3.so"),
        (_missing, "ModuleNotFoundError", "found none"),
        (_of_another_platform, "ModuleNotFoundError", "found _native.cp310-win_amd64.pyd"),
        (_in_want_of_a_module, "ModuleNotFoundError", "a_module_that_is_not_there"),
        (_failing, "ZeroDivisionError", "division"),
    ],
)


@BREAKAGES
@pytest.mark.parametrize("engine", ["auto", "native"])
def test_a_broken_installation_is_an_error(
    throwaway: Environment, break_it: Callable[[Path], None], error: str, cause: str, engine: str
) -> None:
    break_it(throwaway.package("mizan_native"))
    choice = choose(throwaway, engine)
    assert choice.engine is None
    assert choice.error == error
    assert cause in choice.message
    assert choice.module != "mizan_native", "this says that the package is absent"


@BREAKAGES
def test_a_broken_installation_runs_on_pure_when_told_so(
    throwaway: Environment, break_it: Callable[[Path], None], error: str, cause: str
) -> None:
    break_it(throwaway.package("mizan_native"))
    choice = choose(throwaway, engine="pure")
    assert (choice.engine, choice.warnings) == ("pure", [])


def test_a_missing_extension_says_what_was_expected_where_and_what_mends_it(throwaway: Environment) -> None:
    _missing(throwaway.package("mizan_native"))
    message = choose(throwaway).message
    assert all(text in message for text in ("_native.abi3.so", "CPython", "reinstall", "uninstall"))
