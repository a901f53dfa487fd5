"""Runs benchmark files in fresh processes and writes down what they found: ``python -m benchmarks.run``.

The figures go to ``benchmarks/results``, a file for each version of Python, after each benchmark file that has been
asked; files that a run does not ask keep theirs. ``--page``, and a full run of all files, write ``docs/performance.md``
too, with what there is of every Python.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks import catalogue, report, table
from benchmarks.measurement import FULL, QUICK, Claim, Effort, Failure
from benchmarks.processes import Outcome, ask
from benchmarks.results import Result, answer


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit status: 0, or 1 when something failed to run. A missed target is an answer, not a failure."""
    options = _parser().parse_args(arguments)
    effort = QUICK if options.quick else FULL
    run = Run(effort)
    print(table.heading())
    found = report.Recorded.of(run.document)
    earlier = next((each for each in report.read() if each.python == found.python), None)
    for file in options.files or catalogue.FILES:
        for claim, outcome in ask(file, effort):
            run.take(file, claim, outcome)
        found.after(earlier).save()
    print(f"\n{run.conclusion}")
    if options.page or (effort is FULL and not options.files and not run.failures):
        report.write(report.read())
    return int(bool(run.failures))


class Run:
    """What has been found so far."""

    def __init__(self, effort: Effort) -> None:
        self._effort = effort
        self.results: list[Result] = []
        self.document: dict[str, dict[str, Any]] = {}
        """What the file of results says, by question."""
        self.failures: list[str] = []

    def take(self, file: str, claim: Claim, outcome: Outcome) -> None:
        """Judge one question's outcome and print its line."""
        if isinstance(outcome, Failure):
            self.failures.append(claim.name)
            print(f"{claim.name}: failed to run\n{outcome.error}", file=sys.stderr, flush=True)
            return
        result = answer(claim, outcome)
        self.results.append(result)
        self.document[claim.name] = {"file": file, "effort": self._effort.name, **result.document()}
        print(table.row(result), flush=True)

    @property
    def conclusion(self) -> str:
        met = sum(result.met is True for result in self.results)
        missed = [result.claim.name for result in self.results if result.met is False]
        unmeasured = [result.claim.name for result in self.results if result.not_measured is not None]
        parts = (("missed", missed), ("not measured", unmeasured), ("failed to run", self.failures))
        lines = [f"{words}: {'; '.join(names)}" for words, names in parts if names]
        return "\n".join(
            [f"{met} of {met + len(missed)} targets met; the figures are in benchmarks/{report.FOLDER.name}", *lines]
        )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Measure Mizan against what one would otherwise use.")
    parser.add_argument("--quick", action="store_true", help="a few minutes in all; the ratios are rough")
    parser.add_argument("--page", action="store_true", help="write docs/performance.md, however rough the run was")
    parser.add_argument("files", metavar="FILE", nargs="*", type=_file, help=", ".join(catalogue.FILES))
    return parser


def _file(name: str) -> str:
    file = Path(name).stem
    if file not in catalogue.FILES:
        raise argparse.ArgumentTypeError(f"{name!r} asks no questions; there are: {', '.join(catalogue.FILES)}")
    return file


if __name__ == "__main__":
    raise SystemExit(main())
