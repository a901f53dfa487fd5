"""``make baseline``: measures everything and records it, for a change that is meant."""

from __future__ import annotations

import sys

from tests.guard import calls, instructions
from tests.guard.callgrind import ToolMissing
from tests.guard.comparison import Figures, read, write


def record() -> None:
    """:raises ToolMissing: when the calls are recorded and the instructions are not."""
    record_calls()
    record_instructions()


def record_calls() -> None:
    measured = {name: numbers for site in calls.SITES for name, numbers in calls.measure(site).items()}
    _show(measured, read(calls.FILE))
    write(calls.FILE, measured)


def record_instructions() -> None:
    """The targets that other machines have recorded stay as they are."""
    (target, rustc), figures = instructions.measure()
    recorded = read(instructions.FILE)
    _show(figures, recorded.get(target, {}).get("figures", {}))
    write(instructions.FILE, recorded | {target: {"rustc": rustc, "figures": figures}})


def _show(figures: Figures, recorded: Figures) -> None:
    for subject, numbers in figures.items():
        old = recorded.get(subject, {})
        print(f"{subject}: " + ", ".join(_change(kind, old.get(kind), new) for kind, new in numbers.items()))


def _change(kind: str, old: int | None, new: int) -> str:
    return f"{new:,} {kind}" if old in (None, new) else f"{old:,} -> {new:,} {kind}"


if __name__ == "__main__":
    try:
        record()
    except ToolMissing as error:
        sys.exit(f"The instructions are as they were recorded: {error}")
