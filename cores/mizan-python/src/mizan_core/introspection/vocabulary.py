"""Types under the names that clients see."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mizan_core.introspection.naming import give_names
from mizan_core.introspection.shapes import Body, Mode, Shape, reference, transform, transform_body
from mizan_core.introspection.types import TypeTable


class Vocabulary:
    """The types that some shapes refer to, named.

    :param roots: the shapes (or bodies), each with its side.
    :param taken: names that belong to others.
    """

    def __init__(self, table: TypeTable, roots: Iterable[tuple[Shape, Mode]], taken: set[str]) -> None:
        self._table = table
        self._reached = table.reachable(roots)
        self._two_faced = table.two_faced()
        suffixes: dict[str, set[str]] = {}
        for path, mode in self._reached:
            suffixes.setdefault(path, set()).add(self._suffix(path, mode))
        labels = {path: (table[path].label, table[path].module) for path in suffixes}
        self._names = give_names(labels, suffixes, taken)

    @property
    def problems(self) -> list[str]:
        """Types that no name could be found for."""
        return [
            f"the type {path} would be named {self._names[path]!r}, as another one is; rename it"
            for path in self._names.colliding
        ]

    def shape(self, shape: Shape, mode: Mode) -> Shape:
        """*shape* with its references by name."""
        return transform(shape, lambda path: self._refer(path, mode))

    def body(self, body: Body, mode: Mode) -> Body:
        """*body* with its references by name."""
        return transform_body(body, lambda path: self._refer(path, mode))

    def types(self) -> dict[str, Body]:
        """Every type by its name, sorted."""
        named: dict[str, Any] = {}
        for path, mode in self._reached:
            named[self._name(path, mode)] = self.body(self._table[path].bodies[mode], mode)
        return dict(sorted(named.items()))

    def _refer(self, path: str, mode: Mode) -> Shape:
        settled = self._table.settle(path, mode)
        return reference(self._name(settled, mode)) if isinstance(settled, str) else settled

    def _name(self, path: str, mode: Mode) -> str:
        return self._names[path] + self._suffix(path, mode)

    def _suffix(self, path: str, mode: Mode) -> str:
        return "Input" if mode == "input" and path in self._two_faced else ""
