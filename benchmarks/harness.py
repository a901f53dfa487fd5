"""What a benchmark file is written with: questions, paired timing, and the command line of one file.

A file ``benchmarks/<subject>.py`` holds the questions on one subject in ``QUESTIONS`` and ends with::

    if __name__ == "__main__":
        raise SystemExit(main(QUESTIONS))

so that ``python -m benchmarks.<subject> --quick`` answers them; ``benchmarks/run.py`` runs every such file.
"""

from __future__ import annotations

import argparse
import json
import sys
import traceback
from collections.abc import Sequence
from dataclasses import asdict

from benchmarks import table
from benchmarks.measurement import FULL, QUICK, Effort, Failure, Missing, Question, Samples
from benchmarks.results import answer
from benchmarks.timing import Run, bounded, interleaved, repeat, rounds

__all__ = ("Effort", "Question", "Run", "Samples", "bounded", "interleaved", "main", "repeat", "rounds")


def main(questions: Sequence[Question]) -> int:
    """Answer questions as the command line asks, in a table, or with ``--json`` as samples, a line each.

    The exit status: 0, or 1 when a question failed to run. A missed target is an answer, not a failure.
    """
    arguments = _parser(questions).parse_args()
    effort = QUICK if arguments.quick else FULL
    report = _print_json if arguments.json else _print_row
    if not arguments.json:
        print(table.heading())
    failed = False
    for question in questions:
        if arguments.only in (None, question.name):
            outcome = _ask(question, effort)
            report(question, outcome)
            failed |= isinstance(outcome, Failure)
    return int(failed)


def _parser(questions: Sequence[Question]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Measure one side against the other.")
    parser.add_argument("--quick", action="store_true", help="a few seconds a question; the ratios are rough")
    parser.add_argument("--json", action="store_true", help="print the samples as JSON, one line a question")
    parser.add_argument("--only", metavar="NAME", choices=[question.name for question in questions])
    return parser


def _ask(question: Question, effort: Effort) -> Samples | Missing | Failure:
    reason = question.missing()
    if reason is not None:
        return Missing(reason)
    try:
        return question.measure(effort)
    except Exception:  # noqa: BLE001 - the other questions go on
        return Failure(traceback.format_exc())


def _print_json(question: Question, outcome: Samples | Missing | Failure) -> None:
    line = {"claim": asdict(question.claim), "outcome": type(outcome).__name__, **asdict(outcome)}
    print(json.dumps(line), flush=True)


def _print_row(question: Question, outcome: Samples | Missing | Failure) -> None:
    if isinstance(outcome, Failure):
        print(f"{question.name}: failed to run\n{outcome.error}", file=sys.stderr)
    else:
        print(table.row(answer(question.claim, outcome)), flush=True)
