"""``export_mizan_ir`` and ``python -m mizan_fastapi.ir``: one document, printed, written or checked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import TypeAlias

import pytest

from tests.adapters.projects import FUNCTIONS, run, write_django_project, write_module

Export: TypeAlias = Callable[..., "CompletedProcess[str]"]


@pytest.fixture(params=["django", "fastapi"])
def export(request: pytest.FixtureRequest, tmp_path: Path) -> Export:
    if request.param == "django":
        write_django_project(tmp_path)
        return lambda *options: run(tmp_path, "project.py", "export_mizan_ir", *options)
    write_module(tmp_path)
    return lambda *options: run(tmp_path, "-m", "mizan_fastapi.ir", "functions", *options)


def test_both_print_the_same_bytes(tmp_path: Path) -> None:
    write_django_project(tmp_path)
    write_module(tmp_path)
    django = run(tmp_path, "project.py", "export_mizan_ir")
    fastapi = run(tmp_path, "-m", "mizan_fastapi.ir", "functions")
    assert django.returncode == fastapi.returncode == 0, django.stderr + fastapi.stderr
    assert django.stdout == fastapi.stdout
    assert django.stdout.startswith('ir version=2\ntype "Profile" {\n')


def test_output_writes_what_is_printed(export: Export, tmp_path: Path) -> None:
    file = tmp_path / "interface.kdl"
    assert export("--output", file).returncode == 0
    assert file.read_bytes().decode("utf-8") == export().stdout


def test_check_passes_on_a_current_file(export: Export, tmp_path: Path) -> None:
    file = tmp_path / "interface.kdl"
    export("--output", file)
    done = export("--check", file)
    assert (done.returncode, done.stdout) == (0, "")


def test_check_shows_the_difference(export: Export, tmp_path: Path) -> None:
    file = tmp_path / "interface.kdl"
    export("--output", file)
    before = file.read_bytes()
    file.write_bytes(before.replace(b'auth "required"', b'auth "staff"'))
    done = export("--check", file)
    assert done.returncode == 1
    assert "out of date" in done.stderr
    assert '-    auth "staff"' in done.stderr
    assert '+    auth "required"' in done.stderr


def test_check_says_when_the_file_is_missing(export: Export, tmp_path: Path) -> None:
    done = export("--check", tmp_path / "nowhere.kdl")
    assert done.returncode == 1
    assert "does not exist; write it with --output" in done.stderr


def test_a_broken_interface_is_told_in_full(tmp_path: Path) -> None:
    write_module(tmp_path, FUNCTIONS.replace('affects="user"', 'affects=["usr", "nothing_like_it"]'))
    done = run(tmp_path, "-m", "mizan_fastapi.ir", "functions")
    assert done.returncode == 1
    assert '"usr"' in done.stderr
    assert '"nothing_like_it"' in done.stderr
    assert "Traceback" not in done.stderr
