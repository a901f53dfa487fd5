"""The page, its charts and the table, from a small set of results."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks import catalogue, report, table
from benchmarks.chart import WIDTH, Bar, chart
from benchmarks.measurement import QUICK, Claim, Failure, Missing, Samples
from benchmarks.results import answer
from benchmarks.run import Run

CLAIMS: dict[str, tuple[Claim, Samples | Missing]] = {
    "fast & right": (Claim("fast & right", "the other", 10, False, "Both sides cache."), Samples([1], [30])),
    "too slow": (Claim("too slow", "the other", 10, False, "Half of it is hashing."), Samples([1], [5])),
    "small": (Claim("small", "1.5 MB", 1, True, ""), Samples([0.5], [1.5], "MB")),
    "only a figure": (Claim("only a figure", "the other", None, True, ""), Samples([1], [2])),
    "unknown": (Claim("unknown", "the other", 2, False, ""), Missing("there is no wrk")),
}


def results() -> Run:
    run = Run(QUICK)
    for claim, outcome in CLAIMS.values():
        run.take("cache_key", claim, outcome)
    return run


def recorded(python: str, document: report.Results) -> report.Recorded:
    return report.Recorded(python, {"Processor": "a fast one", "Python": f"CPython {python}.1"}, document)


@pytest.fixture
def page() -> str:
    return report.page([recorded("3.11", results().document)])


def section(page: str, heading: str) -> str:
    return page.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def test_the_page_that_is_kept_says_what_its_template_says() -> None:
    """What is changed in the page alone is gone with the next run."""
    kept = (report._DOCS / "performance.md").read_text()
    template = (report._HERE / "performance.md.in").read_text()
    lost = [line for line in template.splitlines() if not line.startswith("$") and line not in kept.splitlines()]
    assert lost == []


def test_the_page_has_a_table_for_each_file(page: str) -> None:
    answers = section(page, "The answers")
    subject, text = catalogue.description("cache_key")
    assert f"### {subject}\n\n{text}\n\n| question |" in answers
    assert answers.count(" | 3.11 | ") == len(CLAIMS)
    answers = answers.replace(" | 3.11 |", " |")
    assert "| fast & right, against the other | 1.00 us | 30.0 us | 30.0 | 30.0 to 30.0 | 30.0 | 10 | yes |" in answers
    assert "| too slow, against the other | 1.00 us | 5.00 us | 5.00 | 5.00 to 5.00 | 5.00 | 10 | no |" in answers
    assert "| small, against 1.5 MB | 0.50 MB | 1.50 MB | 0.33 | 0.33 to 0.33 | 0.33 | at most 1 | yes |" in answers
    assert "| only a figure, against the other | 1.00 us | 2.00 us | 0.50 | 0.50 to 0.50 | 0.50 | - | - |" in answers
    assert "| unknown, against the other | not measured | | | | | 2 | |" in answers


def test_missed_targets_are_said_with_their_notes(page: str) -> None:
    missed = section(page, "Where targets are missed")
    assert missed.strip() == "- **too slow**: 5.00 on 3.11, target 10. Half of it is hashing."


def test_other_notes_stand_below_their_table(page: str) -> None:
    answers = section(page, "The answers")
    assert "\n\n- fast & right: Both sides cache." in answers
    assert "Half of it is hashing." not in answers


def test_what_was_not_measured_is_said(page: str) -> None:
    assert section(page, "What was not measured").strip() == "- **unknown** (3.11): there is no wrk."


def test_the_machine_is_described(page: str) -> None:
    described = section(page, "The machine")
    assert "|  | 3.11 |\n| --- | --- |\n| Processor | a fast one |" in described
    assert f"| Run | {QUICK.description} |" in described
    assert "$" not in page


def test_pythons_stand_side_by_side() -> None:
    slow = {"fast & right": results().document["too slow"]}
    page = report.page([recorded("3.9", results().document), recorded("3.13", slow)])
    assert "|  | 3.9 | 3.13 |\n| --- | --- | --- |\n| Processor | a fast one | a fast one |" in page
    rows = [line for line in page.splitlines() if line.startswith("| fast & right,")]
    assert [row.split(" | ")[1] for row in rows] == ["3.9", "3.13"]
    missed = section(page, "Where targets are missed").strip().splitlines()
    assert missed[0].startswith("- **fast & right**: 5.00 on 3.13, target 10.")
    assert missed[1].startswith("- **too slow**: 5.00 on 3.9, target 10.")


def test_results_are_kept_by_python_and_by_file(tmp_path: Path) -> None:
    document = results().document
    other = {"another": {**document["small"], "file": "floors"}}
    for python, found in (("3.13", document), ("3.9", document)):
        recorded(python, found).save(tmp_path)
    before, newest = report.read(tmp_path)
    assert [before.python, newest.python] == ["3.9", "3.13"]
    newest._replace(results=other).after(newest).save(tmp_path)
    assert list(report.read(tmp_path)[1].results) == [*document, "another"]
    again = {"small": document["small"]}
    assert list(newest._replace(results=again).after(newest).results) == ["small"]


def test_a_run_without_a_miss_says_so() -> None:
    document = {name: line for name, line in results().document.items() if name == "small"}
    page = report.page([recorded("3.11", document)])
    assert "Every target that could be measured was reached" in section(page, "Where targets are missed")
    assert "Every question was measured" in section(page, "What was not measured")


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]  # noqa: S314 - our own


def test_each_chart_has_its_questions() -> None:
    document = results().document
    ratios, limits = report.ratio_chart(document, "3.11"), report.limit_chart(document, "3.11")
    assert {"fast & right", "30.0", "too slow", "5.00"} <= set(texts(ratios))
    assert not {"small", "only a figure", "unknown"} & set(texts(ratios))
    assert {"small", "0.33"} <= set(texts(limits))
    assert ratios.count('class="met"') == ratios.count('class="missed"') == 1


def bars(svg: str) -> list[tuple[float, float]]:
    """Where each bar begins and ends."""
    found = re.findall(r'class="(?:met|missed)" x="([0-9.]+)" y="[0-9.]+" width="([0-9.]+)"', svg)
    return [(float(left), float(left) + float(width)) for left, width in found]


def bar(value: float) -> Bar:
    return Bar(f"{value}", value, (value, value), 1, met=value >= 1, text="")


def test_logarithmic_bars_begin_at_one_and_grow_with_the_power() -> None:
    slower, faster, fastest = bars(chart("", "", [bar(0.1), bar(10), bar(100)], logarithmic=True))
    assert slower[1] == faster[0] == fastest[0]
    assert slower[1] - slower[0] == pytest.approx(faster[1] - faster[0], abs=0.2)
    assert fastest[1] - fastest[0] == pytest.approx(2 * (faster[1] - faster[0]), abs=0.2)
    assert 0 < slower[0] < fastest[1] < WIDTH


def test_linear_bars_begin_at_zero() -> None:
    half, whole, nothing = bars(chart("", "", [bar(0.5), bar(1), bar(-1)], logarithmic=False))
    assert half[0] == whole[0] == nothing[0]
    assert half[1] - half[0] == pytest.approx((whole[1] - whole[0]) / 2, abs=0.2)
    assert nothing[1] == nothing[0]
    assert whole[1] < WIDTH


def test_a_conclusion_counts() -> None:
    run = results()
    run.take("cache_key", Claim("broken", "the other", 1, False, ""), Failure("ValueError"))
    assert run.failures == ["broken"]
    assert "broken" not in run.document
    assert run.conclusion == (
        "2 of 3 targets met; the figures are in benchmarks/results\n"
        "missed: too slow\nnot measured: unknown\nfailed to run: broken"
    )


def test_a_row_gives_the_reason_or_the_figures() -> None:
    unknown, small = (answer(*CLAIMS[name]) for name in ("unknown", "small"))
    assert table.row(unknown).endswith("not measured: there is no wrk")
    assert re.search(r"small +0\.50 MB +1\.50 MB +0\.33 +0\.33\.\.0\.33 +0\.33 +at most 1 +yes", table.row(small))


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.6924, "us", "692 ns"),
        (1.17, "us", "1.17 us"),
        (29.61, "us", "29.6 us"),
        (17_700, "us", "17.7 ms"),
        (1_004_000, "us", "1.00 s"),
        (1_556_216, "B", "1,556,216 B"),
        (None, "us", "-"),
    ],
)
def test_quantities_read_well(value: float | None, unit: str, text: str) -> None:
    assert table.quantity(value, unit) == text


def test_every_benchmark_file_is_found_and_says_what_it_does() -> None:
    folder = Path(catalogue.__file__).parent
    asking = {path.stem for path in folder.glob("*.py") if path.read_text().endswith("main(QUESTIONS))\n")}
    assert set(catalogue.FILES) == asking
    for file in catalogue.FILES:
        subject, text = catalogue.description(file)
        assert subject, file
        assert text, file
