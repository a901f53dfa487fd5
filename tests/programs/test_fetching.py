"""Getting a program that the machine lacks, without a network."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.programs import finding
from tests.programs.debian import packages
from tests.programs.errors import NotFetched
from tests.programs.placing import place

PLAN = """
Reading state information...
Inst libc6 [2.36-9] (2.36-10 Debian:12/stable [amd64])
Inst libjemalloc2 (5.3.0-1 Debian:12/stable [amd64])
Inst redis-tools (5:7.0.15-1 Debian:12/stable [amd64])
Conf redis-tools (5:7.0.15-1 Debian:12/stable [amd64])
"""


@pytest.mark.parametrize(("ci", "status"), [("", 0), ("true", 1)])
def test_what_cannot_be_had_is_a_failure_in_ci_alone(tmp_path: Path, ci: str, status: int) -> None:
    """Here neither apt nor the index of packages is within reach."""
    nowhere = {"PATH": str(tmp_path), "UV_OFFLINE": "1", "UV_CACHE_DIR": str(tmp_path / "cache"), "CI": ci}
    ended = subprocess.run(
        [sys.executable, "-m", "tests.programs", "redis-server", "--into", str(tmp_path / "tools/bin")],
        cwd=finding.ROOT,
        env={**os.environ, **nowhere},
        capture_output=True,
        text=True,
        timeout=250,
        check=False,
    )
    assert ended.returncode == status
    assert "redis-server could not be fetched: install it" in ended.stderr
    assert "apt-get or dpkg-deb is missing" in ended.stderr
    assert ("what needs it is skipped" in ended.stderr) is not bool(status)
    assert not list(tmp_path.glob("tools/bin/*"))


def test_the_one_on_path_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    on_path, fetched = tmp_path / "path", tmp_path / "fetched"
    place(Path("/bin/true"), fetched / "redis-server")
    monkeypatch.setattr(finding, "FETCHED", fetched)
    monkeypatch.setenv("PATH", str(on_path))
    assert finding.find("redis-server") == str(fetched / "redis-server")
    place(Path("/bin/true"), on_path / "redis-server")
    assert finding.find("redis-server") == str(on_path / "redis-server")
    assert finding.find("another") is None
    assert "another is missing" in finding.missing("another")


def test_a_placed_program_is_started_with_its_variables(tmp_path: Path) -> None:
    start = tmp_path / "bin/show"
    place(Path("/usr/bin/env"), start, {"LD_LIBRARY_PATH": "/with a space"})
    said = subprocess.run([start], capture_output=True, text=True, check=True, timeout=250).stdout
    assert "LD_LIBRARY_PATH=/with a space" in said.splitlines()


def test_what_does_not_start_is_not_placed(tmp_path: Path) -> None:
    with pytest.raises(NotFetched, match="show does not start"):
        place(tmp_path / "nothing", tmp_path / "bin/show")
    assert not (tmp_path / "bin/show").exists()


def test_the_c_library_is_the_systems() -> None:
    assert packages(PLAN) == ["libjemalloc2", "redis-tools"]
