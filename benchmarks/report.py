"""Writes docs/performance.md and its charts from the results of a full run.

The text between the figures is written by hand: ``performance.md.in``, the head of each benchmark file, and the note of
each question. ``python -m benchmarks.report`` writes the page anew from results.json.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from string import Template
from typing import Any, TypeAlias

from benchmarks import catalogue, machine, table
from benchmarks.chart import Bar, chart

Results: TypeAlias = "Mapping[str, Mapping[str, Any]]"
"""results.json."""

_HERE = Path(__file__).parent
RESULTS = _HERE / "results.json"
_TEMPLATE = _HERE / "performance.md.in"
_DOCS = _HERE.parent / "docs"
_HEAD = "| question | Mizan | the other | ratio | quartiles | worst pair | target | met |\n|" + " --- |" * 8


def write(results: Results) -> None:
    """The page and the charts, in docs."""
    charts = _DOCS / "performance"
    charts.mkdir(exist_ok=True)
    (_DOCS / "performance.md").write_text(page(results, machine.describe()))
    (charts / "ratios.svg").write_text(ratio_chart(results))
    (charts / "limits.svg").write_text(limit_chart(results))


def page(results: Results, properties: list[tuple[str, str]]) -> str:
    """The text of the page."""
    return Template(_TEMPLATE.read_text()).substitute(
        machine="\n".join(f"| {name} | {value} |" for name, value in properties),
        sections="\n\n".join(_section(file, results) for file in catalogue.FILES if _of(file, results)),
        missed=_list(results, lambda result: result["met"] is False, _missed)
        or "Every target that could be measured was reached in this run.",
        unmeasured=_list(results, lambda result: "not_measured" in result, _unmeasured)
        or "Every question was measured in this run.",
    )


def ratio_chart(results: Results) -> str:
    """How many times as fast, for the questions with a ratio to reach."""
    bars = [_bar(name, result, 1) for name, result in results.items() if _has_target(result) and not result["at_most"]]
    legend = "Medians of paired ratios; thin line: quartiles; stroke: target. The scale is logarithmic."
    return chart("Times as fast as the alternative", legend, bars, logarithmic=True)


def limit_chart(results: Results) -> str:
    """How much of its limit each of the other questions uses."""
    bars = [
        _bar(name, result, result["target"])
        for name, result in results.items()
        if _has_target(result) and result["at_most"]
    ]
    legend = "Medians; thin line: quartiles; stroke: the limit."
    return chart("Share of the limit that is used", legend, bars, logarithmic=False)


def _bar(name: str, result: Mapping[str, Any], unit: float) -> Bar:
    """*unit*: what counts as one."""
    ratio = result["ratio"] / unit
    low, high = result["ratio_quartiles"]
    text = table.factor(ratio)
    return Bar(name, ratio, (low / unit, high / unit), result["target"] / unit, result["met"], text)


def _section(file: str, results: Results) -> str:
    subject, text = catalogue.description(file)
    asked = _of(file, results)
    rows = "\n".join(_row(name, result) for name, result in asked.items())
    notes = _list(asked, lambda result: result["note"] and result["met"] is not False, _note)
    return f"### {subject}\n\n{text}\n\n{_HEAD}\n{rows}" + (f"\n\n{notes}" if notes else "")


def _row(name: str, result: Mapping[str, Any]) -> str:
    target = table.target(result["target"], result["at_most"])
    label = f"{name}, against {result['against']}"
    if result["ratio"] is None:
        return f"| {label} | not measured | | | | | {target} | |"
    unit = result["unit"]
    low, high = map(table.factor, result["ratio_quartiles"])
    cells = (
        label,
        table.quantity(result["median"], unit),
        table.quantity(result["their_median"], unit),
        table.factor(result["ratio"]),
        f"{low} to {high}",
        table.factor(result["worst_ratio"]),
        target,
        table.verdict(result["met"]),
    )
    return f"| {' | '.join(cells)} |"


def _of(file: str, results: Results) -> dict[str, Mapping[str, Any]]:
    return {name: result for name, result in results.items() if result["file"] == file}


def _has_target(result: Mapping[str, Any]) -> bool:
    return result["ratio"] is not None and result["target"] is not None


def _list(
    results: Results, chosen: Callable[[Mapping[str, Any]], object], line: Callable[[str, Mapping[str, Any]], str]
) -> str:
    return "\n".join(line(name, result) for name, result in results.items() if chosen(result))


def _note(name: str, result: Mapping[str, Any]) -> str:
    return f"- {name}: {result['note']}"


def _missed(name: str, result: Mapping[str, Any]) -> str:
    target = table.target(result["target"], result["at_most"])
    return f"- **{name}**: {table.factor(result['ratio'])}, target {target}. {result['note']}".rstrip()


def _unmeasured(name: str, result: Mapping[str, Any]) -> str:
    return f"- **{name}**: {result['not_measured']}."


def main() -> int:
    results = json.loads(RESULTS.read_text())
    if any(result["effort"] != "full" for result in results.values()):
        raise SystemExit("results.json is of a quick run; the page is written from a full one: make bench")
    write(results)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
