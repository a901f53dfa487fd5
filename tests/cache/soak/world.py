"""What the soak's functions keep, and what every fetch must show of it.

The state is a handful of cells, each with a version that every write raises by one: a grid of rows and columns that all
viewers see, and a row of their own for each viewer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import product
from typing import NamedTuple

ROWS, COLUMNS = 3, 2
BASE, TWIN, ELSEWHERE = "/api/mizan/", "/api/twin/", "/api/elsewhere/"
"""Where the functions are served, where they are served once more, and where one is that calls them from outside."""
PAGES = {BASE: "/pages/", TWIN: "/twin-pages/"}
"""Where those have their own URLs that have some."""
TOKEN_SECRET = "soak-token-secret-0123456789-abcdef"


class Viewer(NamedTuple):
    """Somebody who asks.

    :param user: the id that the token names; None for nobody.
    """

    user: str | None
    staff: bool = False

    @property
    def word(self) -> str:
        """What a function shows of the viewer."""
        return "anonymous" if self.user is None else self.user + ("+staff" if self.staff else "")


VIEWERS = (Viewer(None), Viewer("1"), Viewer("2"), Viewer("2", staff=True))
LANGUAGES = ("de", "fa")
GRID_CELLS = ROWS * COLUMNS
CELLS = GRID_CELLS + len(VIEWERS) * ROWS


def grid(a: int | None = None, b: int | None = None) -> list[int]:
    """The cells of a row, of a column, of both or of neither."""
    rows = range(ROWS) if a is None else [a]
    columns = range(COLUMNS) if b is None else [b]
    return [row * COLUMNS + column for row in rows for column in columns]


def own(word: str, a: int) -> list[int]:
    """What belongs to one viewer alone; staff or not, a user is the same user only with the same flag."""
    index = [viewer.word for viewer in VIEWERS].index(word)
    return [GRID_CELLS + index * ROWS + a]


class Part(NamedTuple):
    """What one function of a bundle shows: for whom, and which cells."""

    word: str
    cells: list[int]


class Fetch(NamedTuple):
    """A bundle that can be asked for, and what it must show."""

    context: str
    params: Mapping[str, int]
    viewer: Viewer
    language: str | None
    parts: Mapping[str, Part]

    @property
    def cells(self) -> list[int]:
        """All cells that the bundle shows, function by function."""
        return [cell for name in sorted(self.parts) for cell in self.parts[name].cells]

    def __str__(self) -> str:
        query = "&".join(f"{name}={value}" for name, value in self.params.items())
        return f"{self.context}?{query} for {self.viewer.word}"


def _fetches() -> Iterable[Fetch]:
    for viewer in VIEWERS:
        yield from _fetches_of(viewer)


def _fetches_of(viewer: Viewer) -> Iterable[Fetch]:
    word = viewer.word
    for a in range(ROWS):
        yield Fetch("row", {"a": a}, viewer, None, {"row": Part(word, grid(a))})
        yield Fetch("own", {"a": a}, viewer, None, {"own_cells": Part(word, own(word, a))})
        yield Fetch("card", {"a": a}, viewer, None, {"card": Part(word, grid(a))})
        yield Fetch("public", {"a": a}, viewer, None, {"public": Part("", grid(a))})
    for b in range(COLUMNS):
        yield Fetch("column", {"b": b}, viewer, None, {"column": Part(word, grid(b=b))})
        for language in LANGUAGES:
            worded = {"worded": Part(f"{word} {language}", grid(b=b))}
            yield Fetch("worded", {"b": b}, viewer, language, worded)
    for a, b in product(range(ROWS), range(COLUMNS)):
        yield Fetch("spot", {"a": a, "b": b}, viewer, None, {"spot": Part(word, grid(a, b))})
        cross = {"cross_column": Part(word, grid(b=b)), "cross_row": Part(word, grid(a))}
        yield Fetch("cross", {"a": a, "b": b}, viewer, None, cross)
    for row, column in product([None, *range(ROWS)], [None, *range(COLUMNS)]):
        given = {name: value for name, value in (("a", row), ("b", column)) if value is not None}
        yield Fetch("board", given, viewer, None, {"board": Part(word, grid(row, column))})


FETCHES = tuple(_fetches())
"""Every bundle there is; histories name them by their place here."""
