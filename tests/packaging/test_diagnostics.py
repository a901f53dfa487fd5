"""``python -m mizan_native`` as an operator uses it."""

from __future__ import annotations

import json
import subprocess

import pytest

from tests.packaging.choice import demand
from tests.packaging.environment import Environment
from tests.packaging.tools import BUILD_SECONDS
from tests.packaging.wheels import Wheels

pytestmark = pytest.mark.timeout(BUILD_SECONDS)


def diagnose(environment: Environment, *arguments: str, engine: str | None = None) -> subprocess.CompletedProcess[str]:
    return environment.python("-W", "error", "-m", "mizan_native", *arguments, check=False, variables=demand(engine))


def break_pure_engine(environment: Environment) -> None:
    module = environment.package("mizan_core") / "engine/pure/__init__.py"
    wrong = "def canonical_json(value: object) -> bytes: return b'wrong'"
    module.write_text(f"{module.read_text('utf-8')}\n\n{wrong}\n", encoding="utf-8")


def test_a_sound_installation(everywhere: Environment, wheels: Wheels) -> None:
    ended = diagnose(everywhere)
    assert (ended.returncode, ended.stderr) == (0, "")
    version = wheels["mizan-native"].metadata["Version"]
    for expected in ("native", "mizan-native is installed", version, "CPython", "_native.abi3.so", "checks passed"):
        assert expected in ended.stdout
    assert "FAILED" not in ended.stdout


def test_the_report_for_programs(everywhere: Environment, wheels: Wheels) -> None:
    report = json.loads(diagnose(everywhere, "--json").stdout)
    assert report["engine"].startswith("native")
    assert report["mizan-native"] == wheels["mizan-native"].metadata["Version"]
    assert report["mizan-core"] == wheels["mizan-core"].metadata["Version"]
    assert set(report["self-test"].values()) == {"passed"}


def test_it_tells_that_pure_was_asked_for(everywhere: Environment) -> None:
    ended = diagnose(everywhere, engine="pure")
    assert ended.returncode == 0
    assert "pure (MIZAN_ENGINE=pure asks for it)" in ended.stdout


def test_it_runs_without_the_packages_that_serve(throwaway: Environment) -> None:
    ended = diagnose(throwaway)
    assert (ended.returncode, ended.stderr) == (0, "")


def test_help(throwaway: Environment) -> None:
    ended = diagnose(throwaway, "--help")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert all(text in ended.stdout for text in ("exit code", "--json", "MIZAN_ENGINE"))


def test_a_failed_self_test(throwaway: Environment) -> None:
    break_pure_engine(throwaway)
    ended = diagnose(throwaway)
    assert ended.returncode == 1
    assert "FAILED canonical_json: pure engine: gave b'wrong'" in ended.stdout
    report = json.loads(diagnose(throwaway, "--json").stdout)
    assert report["self-test"]["canonical_json"] != "passed"


def test_an_extension_that_does_not_load(throwaway: Environment) -> None:
    (throwaway.package("mizan_native") / "_native.abi3.so").unlink()
    ended = diagnose(throwaway)
    assert ended.returncode == 1
    assert "reinstall it" in ended.stderr
