"""What an extension that does not load says: never that it is absent, always what mends it."""

from __future__ import annotations

import importlib.machinery
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import mizan_native

PACKAGE = Path(mizan_native.__file__).parent
CORE = Path(sys.modules["mizan_core"].__file__ or "").parent.parent

SUBINTERPRETER = """
import sys
try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters
SCRIPT = '''
import sys
sys.path[:0] = {path!r}
try:
    import mizan_native
except ImportError as error:
    print(type(error).__name__, error, sep=": ")
else:
    print("loaded")
'''
run = getattr(interpreters, "exec", None) or interpreters.run_string
{first}
for options in {options!r}:
    failure = run(interpreters.create(**options) if isinstance(options, dict) else interpreters.create(options), SCRIPT)
    assert not failure, failure
"""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A copy of the package without its extension."""
    copy = tmp_path / "mizan_native"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("_native.*so", "_native.*pyd", "__pycache__"))
    return copy


def python(script: str, path: Path = PACKAGE) -> subprocess.CompletedProcess[str]:
    """Run *script* with the package at *path*, without site-packages."""
    prelude = f"import sys\nsys.path[:0] = {[str(path.parent), str(CORE)]!r}\n"
    return subprocess.run(
        [sys.executable, "-I", "-S", "-c", prelude + script], capture_output=True, text=True, timeout=250, check=False
    )


def failure(script: str, path: Path) -> str:
    """The last line of the traceback that *script* ends with."""
    outcome = python(script, path)
    assert outcome.returncode == 1, outcome.stdout
    return outcome.stderr.strip().splitlines()[-1]


def test_it_loads_with_the_standard_library_alone() -> None:
    outcome = python("import mizan_native; print(mizan_native.encode_bundle([]))")
    assert outcome.stdout.strip() == "b'{}'", outcome.stderr


def test_a_missing_extension_names_file_platform_and_machine(package: Path) -> None:
    line = failure("import mizan_native", package)
    assert line.startswith("ModuleNotFoundError: mizan-native is installed without its extension module: ")
    assert f"_native{importlib.machinery.EXTENSION_SUFFIXES[0]}" in line
    assert f"{sys.platform} {platform.machine()}" in line
    assert "found none; reinstall it" in line


def test_another_platforms_extension_is_named(package: Path) -> None:
    (package / "_native.cp39-other_machine.pyd").write_bytes(b"")
    assert "found _native.cp39-other_machine.pyd" in failure("import mizan_native", package)


def test_a_missing_extension_is_no_absent_package(package: Path) -> None:
    line = failure("import mizan_core.engine", package)
    assert line.startswith("ModuleNotFoundError: mizan-native is installed without its extension module: ")


@pytest.mark.parametrize("statement", ["import mizan_native", "import mizan_core.engine"])
def test_a_broken_extension_fails_as_python_says_it(package: Path, statement: str) -> None:
    broken = package / "_native.abi3.so"
    broken.write_bytes(b"not a library")
    line = failure(statement, package)
    assert line.startswith("ImportError: ")
    assert "invalid ELF header" in line or "file too short" in line or "not a mach-o" in line.lower()


def test_another_interpreter_is_told_how_to_get_its_own_build(package: Path) -> None:
    script = "sys.implementation.name = 'pypy'\nimport mizan_native"
    line = failure(script, package)
    assert line.startswith("mizan_core.errors.EngineUnavailable: mizan-native is not built for this interpreter: ")
    assert "MIZAN_ENGINE=pure" in line


def test_another_interpreter_runs_on_the_pure_engine(package: Path) -> None:
    script = "sys.implementation.name = 'pypy'\nimport mizan_core.engine\nprint(mizan_core.engine.current().name)"
    outcome = python(script, package)
    assert outcome.stdout.strip() == "pure", outcome.stderr
    assert outcome.stderr.count("RuntimeWarning: Mizan runs on its pure Python engine") == 1


def _options() -> list[object]:
    """One interpreter with a GIL of its own, where there is such a thing, and one that shares ours."""
    if sys.version_info >= (3, 13):
        return ["isolated", "legacy"]
    return [{"isolated": True}, {"isolated": False}]


def _in_subinterpreters(first: str) -> list[str]:
    script = SUBINTERPRETER.replace("{path!r}", repr([str(PACKAGE.parent), str(CORE)]))
    outcome = python(script.replace("{first}", first).replace("{options!r}", repr(_options())))
    assert outcome.returncode == 0, outcome.stderr
    return outcome.stdout.strip().splitlines()


def test_a_second_interpreter_is_refused_with_the_mend() -> None:
    lines = _in_subinterpreters(first="import mizan_native")
    assert len(lines) == 2
    for line in lines:
        assert line.startswith("EngineUnavailable: mizan-native cannot be used in this interpreter ")
        assert "WSGIApplicationGroup %{GLOBAL}" in line
        assert "MIZAN_ENGINE=pure" in line


def test_one_interpreter_of_a_process_has_the_extension() -> None:
    lines = _in_subinterpreters(first="")
    assert lines.count("loaded") == 1
    assert lines.count("loaded") + sum(line.startswith("EngineUnavailable: ") for line in lines) == 2


def test_a_second_import_in_one_interpreter_works() -> None:
    script = """
import mizan_native
first = mizan_native.CacheKeyer
for name in ("mizan_native", "mizan_native._native"):
    del sys.modules[name]
import mizan_native
print(mizan_native.CacheKeyer is first)
"""
    assert python(script).stdout.strip() == "True"
