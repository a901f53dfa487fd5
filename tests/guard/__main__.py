"""``make baseline``: measures everything and records it, for a change that is meant."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from tests.guard import calls, instructions
from tests.guard.callgrind import ToolMissing
from tests.guard.comparison import Figures, read, write
from tests.guard.sites import NAMES


def record() -> None:
    """:raises ToolMissing: when the calls are recorded and the instructions are not."""
    record_calls()
    record_instructions()


def record_calls() -> None:
    """The versions of CPython that others have recorded stay as they are."""
    measured = {site: calls.measure(site) for site in NAMES}
    recorded = read(calls.FILE)
    for site, figures in measured.items():
        _show(figures, recorded.get(calls.VERSION, {}).get(site, {}), f"{site}: ")
    kept = {site: _only(figures, calls.TOLERANCES) for site, figures in measured.items()}
    write(calls.FILE, dict(sorted({**recorded, calls.VERSION: kept}.items())))


def record_instructions() -> None:
    """The targets that other machines have recorded stay as they are."""
    (target, rustc), figures = instructions.measure()
    recorded = read(instructions.FILE)
    _show(figures, recorded.get(target, {}).get("figures", {}))
    write(instructions.FILE, recorded | {target: {"rustc": rustc, "figures": figures}})


def _only(figures: Figures, kinds: Mapping[str, object]) -> Figures:
    return {subject: {kind: numbers[kind] for kind in kinds} for subject, numbers in figures.items()}


def _show(figures: Figures, recorded: Figures, prefix: str = "") -> None:
    for subject, numbers in figures.items():
        old = recorded.get(subject, {})
        print(f"{prefix}{subject}: " + ", ".join(_change(kind, old.get(kind), new) for kind, new in numbers.items()))


def _change(kind: str, old: int | None, new: int) -> str:
    return f"{new:,} {kind}" if old in (None, new) else f"{old:,} -> {new:,} {kind}"


if __name__ == "__main__":
    try:
        record()
    except ToolMissing as error:
        sys.exit(f"The instructions are as they were recorded: {error}")
