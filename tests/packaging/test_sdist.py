"""The source distribution of mizan-native: whoever has no wheel builds from it."""

from __future__ import annotations

import os
import shutil
import tarfile
from pathlib import Path

import pytest

from tests.packaging.tools import BIN, BUILD_SECONDS, ROOT, lacking, run

pytestmark = pytest.mark.timeout(BUILD_SECONDS)


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unpacked source distribution."""
    maturin = BIN / "maturin"
    if not maturin.exists():
        lacking("maturin is missing (make develop)")
    folder = tmp_path_factory.mktemp("sdist")
    run(str(maturin), "sdist", "--out", str(folder), variables=os.environ, folder=ROOT, timeout=BUILD_SECONDS)
    (packed,) = folder.glob("*.tar.gz")
    with tarfile.open(packed) as archive:
        archive.extractall(folder, filter="data")
    (unpacked,) = (path for path in folder.iterdir() if path.is_dir())
    return unpacked


def _files(folder: Path, pattern: str) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.glob(pattern) if path.is_file()}


@pytest.mark.parametrize("name", ["Cargo.lock", "Cargo.toml", "pyproject.toml", "LICENSE-MIT", "LICENSE-APACHE"])
def test_top_level(sources: Path, name: str) -> None:
    assert (sources / name).is_file()


@pytest.mark.parametrize("pattern", ["src/**/*.rs", "cores/mizan-rust/src/**/*.rs", "python/**/*.py*"])
def test_all_sources_are_there(sources: Path, pattern: str) -> None:
    in_checkout = {name for name in _files(ROOT, pattern) if "__pycache__" not in name}
    assert in_checkout
    assert _files(sources, pattern) == in_checkout


def test_nothing_built_and_nothing_of_other_packages(sources: Path) -> None:
    everything = _files(sources, "**/*")
    assert not [name for name in everything if name.endswith((".so", ".pyc", ".whl"))]
    others = ("tests/", "examples/", "backends/", "cores/mizan-python/", "target/", ".venv/", ".ci/")
    assert not [name for name in everything if name.startswith(others)]


def test_it_compiles_as_locked(sources: Path) -> None:
    """Cargo accepts manifests, lock file and sources as they are; the code generator has nothing to add to that."""
    if shutil.which("cargo") is None:
        lacking("cargo is missing")
    # As the Makefile has it: with another interpreter PyO3 would be compiled again, there and here.
    variables = {**os.environ, "PYO3_PYTHON": str(BIN / "python"), "CARGO_TARGET_DIR": str(ROOT / "target")}
    run("cargo", "check", "--quiet", "--locked", variables=variables, folder=sources, timeout=BUILD_SECONDS)
