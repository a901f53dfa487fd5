"""Bar charts as SVG: text stays text, and the colours follow the reader's light or dark setting."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape

WIDTH = 960
_ROW = 30
_TOP = 44
_LEFT = 430
_RIGHT = 70
_PLOT = WIDTH - _LEFT - _RIGHT
_STYLE = """\
text { font: 12.5px system-ui, sans-serif; fill: #1f2328; }
.title { font-weight: 600; font-size: 15px; }
.soft { fill: #59636e; font-size: 12px; }
.met { fill: #2f7d5b; }
.missed { fill: #c2562d; }
.mark { stroke: #1f2328; stroke-width: 2; }
.spread { stroke: #59636e; stroke-width: 1.5; }
.grid { stroke: #8b949e; stroke-width: 1; stroke-opacity: 0.4; }
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
    """A horizontal bar for each value, a thin line for its spread, a stroke at its target.

    The bars of a logarithmic chart begin at one.
    """
    scale = _logarithmic(bars) if logarithmic else _linear(bars)
    bottom = _TOP + _ROW * len(bars)
    rows = "\n".join(_row(bar, _TOP + _ROW * number, scale) for number, bar in enumerate(bars))
    grid = "\n".join(_grid_line(value, scale.place(value), bottom) for value in scale.grid)
    height = bottom + 50
    return f"""\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img">
<title>{escape(title)}</title>
<style>
{_STYLE}
</style>
<text class="title" x="10" y="24">{escape(title)}</text>
{grid}
{rows}
<text class="soft" x="10" y="{height - 10}">{escape(legend)}</text>
</svg>
"""


class _Scale(NamedTuple):
    place: Callable[[float], float]
    """Where a value lies on the page."""
    origin: float
    """The value that bars begin at."""
    grid: list[float]


def _linear(bars: Sequence[Bar]) -> _Scale:
    greatest = max(_values(bars), default=1)
    return _Scale(lambda value: _LEFT + _PLOT * max(value, 0) / greatest, 0, [0, 1])


def _logarithmic(bars: Sequence[Bar]) -> _Scale:
    low, high = (math.log10(end) for end in (min([1, *_values(bars)]), max([10, *_values(bars)])))
    decades = range(math.ceil(low), math.floor(high) + 1)
    return _Scale(
        lambda value: _LEFT + _PLOT * (math.log10(value) - low) / (high - low), 1, [10.0**power for power in decades]
    )


def _values(bars: Sequence[Bar]) -> list[float]:
    return [value for bar in bars for value in (bar.value, bar.mark, *bar.spread)]


def _grid_line(value: float, place: float, bottom: int) -> str:
    return f"""\
<line class="grid" x1="{place:.1f}" y1="{_TOP}" x2="{place:.1f}" y2="{bottom}"/>
<text class="soft" x="{place:.1f}" y="{bottom + 16}" text-anchor="middle">{value:g}</text>"""


def _row(bar: Bar, top: int, scale: _Scale) -> str:
    middle = top + _ROW / 2
    low, high = (scale.place(value) for value in bar.spread)
    mark, end, origin = scale.place(bar.mark), scale.place(bar.value), scale.place(scale.origin)
    return f"""\
<text x="{_LEFT - 10}" y="{middle + 4:.0f}" text-anchor="end">{escape(bar.label)}</text>
<rect class="{"met" if bar.met else "missed"}" x="{min(origin, end):.1f}" y="{top + 6}" \
width="{abs(end - origin):.1f}" height="{_ROW - 12}"/>
<line class="spread" x1="{low:.1f}" y1="{middle:.0f}" x2="{high:.1f}" y2="{middle:.0f}"/>
<line class="mark" x1="{mark:.1f}" y1="{top + 3}" x2="{mark:.1f}" y2="{top + _ROW - 3}"/>
<text x="{max(end, origin, mark, high) + 8:.1f}" y="{middle + 4:.0f}">{escape(bar.text)}</text>"""
