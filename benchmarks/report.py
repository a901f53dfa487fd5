"""Writes docs/performance.md and its charts from the results of a run with each Python that there are some of.

The text between the figures is written by hand: ``performance.md.in``, the head of each benchmark file, and the note of
each question. ``python -m benchmarks.report`` writes the page anew from ``benchmarks/results``.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from string import Template
from typing import Any, NamedTuple, TypeAlias

from benchmarks import catalogue, machine, table
from benchmarks.chart import Bar, chart
from benchmarks.measurement import EFFORTS

Results: TypeAlias = "Mapping[str, Mapping[str, Any]]"
"""What was found, by question."""

_HERE = Path(__file__).parent
FOLDER = _HERE / "results"
_TEMPLATE = _HERE / "performance.md.in"
_DOCS = _HERE.parent / "docs"
_HEAD = "| question | Python | Mizan | the other | ratio | quartiles | worst pair | target | met |\n|" + " --- |" * 9


class Recorded(NamedTuple):
    """What a run with one Python has found.

    :param python: ``3.11``.
    :param properties: the machine's, by name.
    """

    python: str
    properties: Mapping[str, str]
    results: Results

    @classmethod
    def of(cls, results: Results) -> Recorded:
        """What this Python has found on this machine."""
        return cls(".".join(platform.python_version_tuple()[:2]), dict(machine.describe()), results)

    @property
    def name(self) -> str:
        return f"{self.python}.json"

    def save(self, folder: Path = FOLDER) -> None:
        folder.mkdir(exist_ok=True)
        (folder / self.name).write_text(json.dumps(self._asdict(), indent=2) + "\n")

    def after(self, earlier: Recorded | None) -> Recorded:
        """Together with what a run before has found of the files that this one did not ask."""
        if earlier is None:
            return self
        asked = {result["file"] for result in self.results.values()}
        kept = {name: result for name, result in earlier.results.items() if result["file"] not in asked}
        return self._replace(results=kept | dict(self.results))


def read(folder: Path = FOLDER) -> list[Recorded]:
    """Those that there are, the oldest Python first."""
    found = [Recorded(**json.loads(file.read_text())) for file in folder.glob("*.json")]
    return sorted(found, key=lambda recorded: [int(part) for part in recorded.python.split(".")])


def write(runs: Sequence[Recorded]) -> None:
    """The page and the charts, in docs; the charts show the newest Python."""
    charts = _DOCS / "performance"
    charts.mkdir(exist_ok=True)
    (_DOCS / "performance.md").write_text(page(runs))
    newest = runs[-1]
    (charts / "ratios.svg").write_text(ratio_chart(newest.results, newest.python))
    (charts / "limits.svg").write_text(limit_chart(newest.results, newest.python))


def page(runs: Sequence[Recorded]) -> str:
    """The text of the page."""
    asked = _questions(runs)
    return Template(_TEMPLATE.read_text()).substitute(
        machine=_machine(runs),
        sections="\n\n".join(_section(file, asked) for file in catalogue.FILES if _of(file, asked)),
        missed=_list(asked, lambda result: result["met"] is False, _missed)
        or "Every target that could be measured was reached in this run.",
        unmeasured=_list(asked, lambda result: "not_measured" in result, _unmeasured)
        or "Every question was measured in this run.",
    )


def ratio_chart(results: Results, python: str) -> str:
    """How many times as fast, for the questions with a ratio to reach."""
    bars = [_bar(name, result, 1) for name, result in results.items() if _has_target(result) and not result["at_most"]]
    legend = "Medians of paired ratios; thin line: quartiles; stroke: target. The scale is logarithmic."
    return chart(f"Times as fast as the alternative, on Python {python}", legend, bars, logarithmic=True)


def limit_chart(results: Results, python: str) -> str:
    """How much of its limit each of the other questions uses."""
    bars = [
        _bar(name, result, result["target"])
        for name, result in results.items()
        if _has_target(result) and result["at_most"]
    ]
    legend = "Medians; thin line: quartiles; stroke: the limit."
    return chart(f"Share of the limit that is used, on Python {python}", legend, bars, logarithmic=False)


def _bar(name: str, result: Mapping[str, Any], unit: float) -> Bar:
    """*unit*: what counts as one."""
    ratio = result["ratio"] / unit
    low, high = result["ratio_quartiles"]
    text = table.factor(ratio)
    return Bar(name, ratio, (low / unit, high / unit), result["target"] / unit, result["met"], text)


_Asked: TypeAlias = "dict[str, dict[str, Mapping[str, Any]]]"
"""The answers to each question, by Python."""


def _questions(runs: Sequence[Recorded]) -> _Asked:
    asked: _Asked = {}
    for run in runs:
        for name, result in run.results.items():
            asked.setdefault(name, {})[run.python] = result
    return asked


def _machine(runs: Sequence[Recorded]) -> str:
    """What each run was measured with, side by side."""
    names = list(dict.fromkeys(name for run in runs for name in run.properties))
    rows = [(name, *(run.properties.get(name, "") for run in runs)) for name in names]
    rows.append(("Run", *(_effort(run) for run in runs)))
    lines = [("", *(run.python for run in runs)), *[("---",) * (len(runs) + 1)], *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _effort(run: Recorded) -> str:
    """How thorough it was; where files were asked in different ways, each."""
    names = dict.fromkeys(result["effort"] for result in run.results.values())
    return "; ".join(EFFORTS[name].description for name in names)


def _section(file: str, asked: _Asked) -> str:
    subject, text = catalogue.description(file)
    own = _of(file, asked)
    rows = "\n".join(_row(name, python, result) for name, by in own.items() for python, result in by.items())
    notes = _list(own, lambda result: result["note"] and result["met"] is not False, _note)
    return f"### {subject}\n\n{text}\n\n{_HEAD}\n{rows}" + (f"\n\n{notes}" if notes else "")


def _row(name: str, python: str, result: Mapping[str, Any]) -> str:
    target = table.target(result["target"], result["at_most"])
    label = f"{name}, against {result['against']}"
    if result["ratio"] is None:
        return f"| {label} | {python} | not measured | | | | | {target} | |"
    unit = result["unit"]
    low, high = map(table.factor, result["ratio_quartiles"])
    cells = (
        label,
        python,
        table.quantity(result["median"], unit),
        table.quantity(result["their_median"], unit),
        table.factor(result["ratio"]),
        f"{low} to {high}",
        table.factor(result["worst_ratio"]),
        target,
        table.verdict(result["met"]),
    )
    return f"| {' | '.join(cells)} |"


def _of(file: str, asked: _Asked) -> _Asked:
    return {name: by for name, by in asked.items() if next(iter(by.values()))["file"] == file}


def _has_target(result: Mapping[str, Any]) -> bool:
    return result["ratio"] is not None and result["target"] is not None


def _list(
    asked: _Asked,
    chosen: Callable[[Mapping[str, Any]], object],
    line: Callable[[str, Mapping[str, Mapping[str, Any]]], str],
) -> str:
    """A line for each question with an answer of that kind, which gets those."""
    found = {name: {python: result for python, result in by.items() if chosen(result)} for name, by in asked.items()}
    return "\n".join(line(name, by) for name, by in found.items() if by)


def _note(name: str, by: Mapping[str, Mapping[str, Any]]) -> str:
    return f"- {name}: {next(iter(by.values()))['note']}"


def _missed(name: str, by: Mapping[str, Mapping[str, Any]]) -> str:
    said = "; ".join(
        f"{table.factor(result['ratio'])} on {python}, target {table.target(result['target'], result['at_most'])}"
        for python, result in by.items()
    )
    return f"- **{name}**: {said}. {next(iter(by.values()))['note']}".rstrip()


def _unmeasured(name: str, by: Mapping[str, Mapping[str, Any]]) -> str:
    reasons = dict.fromkeys(result["not_measured"] for result in by.values())
    return f"- **{name}** ({', '.join(by)}): {'; '.join(reasons)}."


def main() -> int:
    runs = read()
    if not runs:
        raise SystemExit("there are no results: make bench, or make bench-quick")
    write(runs)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
