"""Results as lines of plain text."""

from __future__ import annotations

from benchmarks.measurement import MICROSECONDS
from benchmarks.results import Result

_COLUMNS = ("ours", "theirs", "ratio", "quartiles", "worst", "target", "met")
_WIDTHS = (11, 11, 8, 17, 8, 10, 5)
_NAME = 60


def heading() -> str:
    return _line("question", _COLUMNS)


def row(result: Result) -> str:
    """One question's line; the reason instead of figures where there are none."""
    name = result.claim.name
    if result.not_measured is not None:
        return f"{name:<{_NAME}} not measured: {result.not_measured}"
    lower, upper = result.ratio_quartiles or (None, None)
    cells = (
        quantity(result.median, result.unit),
        quantity(result.their_median, result.unit),
        factor(result.ratio),
        f"{factor(lower)}..{factor(upper)}",
        factor(result.worst_ratio),
        target(result.claim.target, result.claim.at_most),
        verdict(result.met),
    )
    return f"{_line(name, cells)}  against {result.claim.against}"


def quantity(value: float | None, unit: str) -> str:
    """A measured value with its unit; times in the unit that reads best."""
    if value is None:
        return "-"
    if unit != MICROSECONDS:
        return f"{_digits(value)} {unit}"
    for size, name in ((1e6, "s"), (1e3, "ms"), (1, "us")):
        if abs(value) >= size:
            return f"{_digits(value / size)} {name}"
    return f"{value * 1e3:.0f} ns"


def factor(value: float | None) -> str:
    return "-" if value is None else _digits(value)


def target(value: float | None, at_most: bool) -> str:
    if value is None:
        return "-"
    return f"{'at most ' if at_most else ''}{value:g}"


def verdict(met: bool | None) -> str:
    return {True: "yes", False: "no", None: "-"}[met]


def _digits(value: float) -> str:
    """Three significant digits, never an exponent."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def _line(name: str, cells: tuple[str, ...]) -> str:
    return " ".join((f"{name:<{_NAME}}", *(f"{cell:>{width}}" for cell, width in zip(cells, _WIDTHS, strict=True))))
