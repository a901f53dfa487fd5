"""Bar charts as SVG: text stays text, and the colours follow the reader's light or dark setting."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape

WIDTH = 860
_ROW = 30
_TOP = 44
_LEFT = 330
_RIGHT = 90
_PLOT = WIDTH - _LEFT - _RIGHT
_STYLE = """\
text { font: 13px system-ui, sans-serif; fill: #1f2328; }
.title { font-weight: 600; font-size: 15px; }
.soft { fill: #59636e; font-size: 12px; }
.met { fill: #2f7d5b; }
.missed { fill: #c2562d; }
.mark { stroke: #1f2328; stroke-width: 2; }
.spread { stroke: #59636e; stroke-width: 1.5; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; }
  .soft { fill: #9198a1; }
  .met { fill: #4cae83; }
  .missed { fill: #e08055; }
  .mark { stroke: #e6edf3; }
  .spread { stroke: #9198a1; }
}"""


class Bar(NamedTuple):
    """One measured value."""

    label: str
    value: float
    spread: tuple[float, float]
    """The quartiles."""
    mark: float
    """The target."""
    met: bool
    text: str


def chart(title: str, legend: str, bars: Sequence[Bar], *, logarithmic: bool) -> str:
    """A horizontal bar for each value, a thin line for its spread, a stroke at its target."""
    place = _scale(bars, logarithmic)
    height = _TOP + _ROW * len(bars) + 30
    rows = "\n".join(_row(bar, _TOP + _ROW * number, place) for number, bar in enumerate(bars))
    return f"""\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img">
<title>{escape(title)}</title>
<style>
{_STYLE}
</style>
<text class="title" x="10" y="24">{escape(title)}</text>
{rows}
<text class="soft" x="10" y="{height - 12}">{escape(legend)}</text>
</svg>
"""


def _row(bar: Bar, top: int, place: Callable[[float], float]) -> str:
    middle = top + _ROW / 2
    low, high = (place(value) for value in bar.spread)
    mark = place(bar.mark)
    return f"""\
<text x="{_LEFT - 10}" y="{middle + 4:.0f}" text-anchor="end">{escape(bar.label)}</text>
<rect class="{"met" if bar.met else "missed"}" x="{_LEFT}" y="{top + 6}" width="{place(bar.value) - _LEFT:.1f}" \
height="{_ROW - 12}"/>
<line class="spread" x1="{low:.1f}" y1="{middle:.0f}" x2="{high:.1f}" y2="{middle:.0f}"/>
<line class="mark" x1="{mark:.1f}" y1="{top + 3}" x2="{mark:.1f}" y2="{top + _ROW - 3}"/>
<text x="{max(place(bar.value), mark, high) + 8:.1f}" y="{middle + 4:.0f}">{escape(bar.text)}</text>"""


def _scale(bars: Sequence[Bar], logarithmic: bool) -> Callable[[float], float]:
    """Where a value lies on the page; a logarithmic scale begins at a power of ten."""
    values = [value for bar in bars for value in (bar.value, bar.mark, *bar.spread)]
    if not logarithmic:
        greatest = max(values)
        return lambda value: _LEFT + _PLOT * max(value, 0) / greatest
    low = math.floor(math.log10(min(values)))
    span = math.log10(max(values)) - low
    return lambda value: _LEFT + _PLOT * (math.log10(value) - low) / span
