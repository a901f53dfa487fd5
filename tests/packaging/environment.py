"""Environments of their own, into which the built wheels are installed as a user would install them."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TypeAlias

from tests.packaging.tools import ROOT, run, uv

Variables: TypeAlias = Mapping[str, str]
NONE: Variables = MappingProxyType({})

PROGRAMS = Path(__file__).with_name("programs")


class Environment:
    """A fresh virtual environment.

    :param folder: where to make it.
    :param interpreter: the Python that it is made of.
    """

    def __init__(self, folder: Path, interpreter: Path) -> None:
        self._folder = folder
        self._python = folder / "bin/python"
        uv("venv", "--quiet", "--no-project", "--python", str(interpreter), str(folder))

    def install(self, *requirements: Path | str) -> None:
        """Install with what they depend on, in the versions of constraints.txt."""
        # What was downloaded once needs no network; only what is missing is asked for.
        if self._install("--offline", requirements, check=False).returncode:
            self._install("--no-progress", requirements)

    def add(self, *wheels: Path) -> None:
        """Install *wheels* and nothing else: whatever they depend on must be there."""
        self._install("--no-index", wheels)

    def add_alone(self, *wheels: Path) -> None:
        """Install *wheels* without what they depend on, as files of their own that a test may damage."""
        uv("pip", "install", "--quiet", "--no-deps", "--link-mode=copy", *self._target, *map(str, wheels))

    def package(self, name: str) -> Path:
        """The folder of an installed package."""
        return next(self._folder.glob(f"lib/python*/site-packages/{name}"))

    def program(self, name: str, *arguments: str, flags: Sequence[str] = (), variables: Variables = NONE) -> str:
        """What a program of this folder prints; it must end with 0 and say nothing on stderr."""
        ended = self.python(*flags, str(PROGRAMS / f"{name}.py"), *arguments, variables=variables)
        assert not ended.stderr, ended.stderr
        return ended.stdout

    def python(
        self, *arguments: str, variables: Variables = NONE, check: bool = True
    ) -> subprocess.CompletedProcess[str]:
        """Run the environment's interpreter outside the checkout; with *check* it must end with 0.

        :param variables: environment variables; no setting of the surroundings reaches the interpreter.
        """
        surroundings = {**_surroundings(), **variables}
        return run(str(self._python), *arguments, variables=surroundings, folder=self._folder, check=check)

    @property
    def _target(self) -> tuple[str, ...]:
        return ("--python", str(self._python))

    def _install(
        self, option: str, requirements: tuple[Path | str, ...], *, check: bool = True
    ) -> subprocess.CompletedProcess[str]:
        constraints = str(ROOT / "constraints.txt")
        wanted = map(str, requirements)
        return uv("pip", "install", "--quiet", option, "-c", constraints, *self._target, *wanted, check=check)


def _surroundings() -> dict[str, str]:
    """The environment variables without those that would lead an interpreter or Mizan elsewhere."""
    leading = ("PYTHON", "MIZAN_", "DJANGO_", "VIRTUAL_ENV")
    return {name: value for name, value in os.environ.items() if not name.startswith(leading)}
