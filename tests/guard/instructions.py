"""Instructions of the crate's hot functions: the program of this folder, built as the extension is, under callgrind."""

from __future__ import annotations

import json
import os
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

from tests.guard import callgrind
from tests.guard.callgrind import ALLOCATIONS, HASHING, INSTRUCTIONS
from tests.guard.comparison import FOLDER, Figures, Tolerance, differences
from tests.packaging.tools import BUILD_SECONDS, ROOT, run

FILE = FOLDER / "instructions.json"

TOLERANCES = {
    INSTRUCTIONS: Tolerance(rise=0.10, least=100),
    HASHING: Tolerance(rise=0.05),
    ALLOCATIONS: Tolerance(rise=0.10, least=2),
}
TOLERANCES_OF_ANOTHER_COMPILER = {
    kind: Tolerance(rise=0.30, least=tolerance.least) for kind, tolerance in TOLERANCES.items()
}
"""Compilers differ by some percent; what has doubled shows none the less."""

_PACKAGE = "mizan-guard"
_MEASURED = "mizan_guard::measured"


class Compiler(NamedTuple):
    """What decides how many instructions a function has, beside its text."""

    target: str
    rustc: str


class Measurement(NamedTuple):
    compiler: Compiler
    figures: Figures

    def differences(self, recorded: dict[str, Any]) -> list[str]:
        """What is out of tolerance.

        :param recorded: what the file says of this target.
        """
        if recorded["rustc"] == self.compiler.rustc:
            return differences(self.figures, recorded["figures"], TOLERANCES)
        lines = differences(self.figures, recorded["figures"], TOLERANCES_OF_ANOTHER_COMPILER)
        return [f"{line} (rustc {self.compiler.rustc}, recorded with {recorded['rustc']})" for line in lines]


def measure() -> Measurement:
    """:raises callgrind.ToolMissing: without cargo or valgrind."""
    callgrind.need("cargo")
    callgrind.need("valgrind")
    program = _build()
    with tempfile.TemporaryDirectory() as folder:
        printed, profile = callgrind.profile(program, _MEASURED, Path(folder, "profile"))
    subjects = [line.split() for line in printed.splitlines()]
    parts = list(callgrind.parts(profile, str(program)))
    # The last part has counted the end of the program.
    if len(parts) != len(subjects) + 1:
        raise RuntimeError(f"callgrind has counted {len(parts) - 1} calls of {_MEASURED}, not {len(subjects)}")
    figures = {name: _each(part, int(rounds)) for (name, rounds), part in zip(subjects, parts, strict=False)}
    return Measurement(_compiler(), figures)


def _each(part: Counter[str], rounds: int) -> dict[str, int]:
    """The numbers of one round; what calling the first has cost is rounded off."""
    return {kind: part[kind] // rounds for kind in TOLERANCES}


def _build() -> Path:
    """The program, with the names of its functions left in."""
    locked = ["--locked"] if os.environ.get("CI") else []
    command = ("cargo", "rustc", "--release", "--quiet", "--package", _PACKAGE, "--message-format=json", *locked)
    # One's own flags would make another program.
    variables = {name: value for name, value in os.environ.items() if not name.endswith("RUSTFLAGS")}
    said = run(*command, "--", "-Cstrip=none", variables=variables, folder=ROOT, timeout=BUILD_SECONDS).stdout
    messages = map(json.loads, said.splitlines())
    (program,) = (message["executable"] for message in messages if message.get("executable"))
    return Path(program)


def _compiler() -> Compiler:
    said = run("rustc", "--version", "--verbose", variables=os.environ, folder=ROOT).stdout
    facts = dict(line.split(": ", 1) for line in said.splitlines() if ": " in line)
    return Compiler(facts["host"], facts["release"])
