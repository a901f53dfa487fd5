"""The vectors of the specification: inputs and exact expected outputs, read as they are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

DIRECTORY = Path(__file__).parent.parent / "vectors"
FILES_READ: set[str] = set()
"""The names of the files that some test has read."""


def read(name: str) -> list[dict[str, Any]]:
    """The cases of ``tests/vectors/<name>``."""
    cases: list[dict[str, Any]] = json.loads((DIRECTORY / name).read_text(encoding="utf-8"))
    FILES_READ.add(name)
    return cases
