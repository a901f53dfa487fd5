"""Figures against the recorded ones, and what to say of those that differ."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

Figures: TypeAlias = Mapping[str, Mapping[str, int]]
"""For each subject its numbers, by what they count."""

FOLDER = Path(__file__).with_name("baseline")


class Tolerance(NamedTuple):
    """How far a number may be above the recorded one; below it may be as far as it likes.

    :param rise: as a share of it.
    :param least: what is always allowed, for numbers so small that one more is a large share.
    """

    rise: float
    least: int = 0


def differences(new: Figures, recorded: Figures, tolerances: Mapping[str, Tolerance]) -> list[str]:
    """What is out of tolerance, a line each; what has no tolerance is not compared."""
    lines = [f"{subject}: not recorded yet" for subject in new if subject not in recorded]
    lines += [f"{subject}: recorded, but not measured any more" for subject in recorded if subject not in new]
    for subject in new.keys() & recorded.keys():
        for kind, tolerance in tolerances.items():
            line = _difference(new[subject][kind], recorded[subject][kind], tolerance)
            lines += [f"{subject}, {kind}: {line}"] if line else []
    return sorted(lines)


def _difference(new: int, old: int, tolerance: Tolerance) -> str | None:
    change = f"{old:,} -> {new:,}" + (f" ({(new - old) / old:+.1%})" if old else "")
    allowed = old + max(old * tolerance.rise, tolerance.least)
    return f"{change}, with at most {allowed:,.0f} allowed" if new > allowed else None


def complaint(lines: list[str], file: Path) -> str:
    """What a failing test says."""
    listed = "\n".join(f"  {line}" for line in lines)
    return (
        f"Out of tolerance against tests/guard/baseline/{file.name}:\n{listed}\n"
        "If a change means that, run `make baseline`, commit the file with the change and give the reason there."
    )


def read(file: Path) -> dict[str, Any]:
    """What a file has recorded; nothing when there is none."""
    if not file.exists():
        return {}
    recorded: dict[str, Any] = json.loads(file.read_text())
    return recorded


def write(file: Path, recorded: Mapping[str, Any]) -> None:
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(recorded, indent=2) + "\n")
