"""The five distributions as ``make wheels`` builds them, and what a wheel says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser
from pathlib import Path
from typing import TypeAlias
from zipfile import ZipFile

from tests.packaging.tools import make

SERVING = ("mizan-core", "mizan-fastapi", "mizan-django", "mizan-redis")
"""The distributions that an application installs; mizan-native is up to its user."""


@dataclass(frozen=True, slots=True)
class Wheel:
    """A built wheel."""

    path: Path

    @property
    def distribution(self) -> str:
        """The name, as an installer writes it."""
        return self.path.name.split("-")[0].replace("_", "-")

    @property
    def tags(self) -> tuple[str, str, str]:
        """The tags of interpreter, ABI and platform."""
        interpreter, abi, platform = self.path.stem.split("-")[-3:]
        return interpreter, abi, platform

    @property
    def members(self) -> frozenset[str]:
        """The paths of all files in it."""
        with ZipFile(self.path) as archive:
            return frozenset(archive.namelist())

    @property
    def metadata(self) -> Message:
        """The core metadata."""
        with ZipFile(self.path) as archive:
            return BytesParser().parsebytes(archive.read(f"{self.info}/METADATA"))

    @property
    def info(self) -> str:
        """The folder of the metadata inside the wheel."""
        return "-".join(self.path.name.split("-")[:2]) + ".dist-info"


Wheels: TypeAlias = Mapping[str, Wheel]
"""Each distribution's wheel under its name."""


def build(folder: Path) -> Wheels:
    """Build the five wheels into *folder*, unless they are there; cargo compiles only what has changed."""
    if not folder.exists():
        draft = folder.with_suffix(".draft")
        make("wheels", f"DIST={draft}")
        draft.rename(folder)
    return {wheel.distribution: wheel for wheel in map(Wheel, folder.glob("*.whl"))}
