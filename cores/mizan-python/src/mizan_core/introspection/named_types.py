"""Types under the names that clients see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mizan_core.introspection.naming import Nameable, give_names
from mizan_core.introspection.shapes import LEAVES, Body, Mode, Shape, reference, transform, transform_body
from mizan_core.introspection.types import NamedType, TypeTable


class NamedTypes:
    """The types that some shapes refer to, named.

    :param roots: the shapes (or bodies), each with its side.
    :param taken: names that belong to others, each with the path of the type that may have it nevertheless.
    """

    def __init__(self, table: TypeTable, roots: Iterable[tuple[Shape, Mode]], taken: Mapping[str, str | None]) -> None:
        self._table = table
        self._with_two_forms = table.with_two_forms()
        self._reached = sorted(table.reachable(roots))
        forms: dict[str, set[str]] = {}
        for path, mode in self._reached:
            forms.setdefault(path, set()).add(self._form(path, mode))
        self._references: dict[tuple[str, Mode], Shape] = {}
        self._given = give_names([_nameable(table[path], path, forms[path]) for path in forms], taken)

    @property
    def problems(self) -> list[str]:
        """Types that no name could be found for."""
        return [f"the type {path} has the name of another; rename it" for path in self._given.colliding]

    def shape(self, shape: Shape, mode: Mode) -> Shape:
        """*shape* with its references by name."""
        return shape if shape["kind"] in LEAVES else transform(shape, lambda path: self._refer(path, mode))

    def body(self, body: Body, mode: Mode) -> Body:
        """*body* with its references by name."""
        return transform_body(body, lambda path: self._refer(path, mode))

    def types(self) -> dict[str, Body]:
        """Every type by its name, sorted."""
        named: dict[str, Any] = {}
        for path, mode in self._reached:
            name = self._name(path, mode)
            if name not in named:
                named[name] = self.body(self._table[path].bodies[mode], mode)
        return dict(sorted(named.items()))

    def descriptions(self) -> dict[str, str]:
        """What the authors say of the types, by name."""
        said = {self._name(path, mode): self._table[path].description for path, mode in self._reached}
        return {name: description for name, description in said.items() if description is not None}

    def _refer(self, path: str, mode: Mode) -> Shape:
        known = self._references.get((path, mode))
        if known is None:
            settled = self._table.settle(path, mode)
            known = reference(self._name(settled, mode)) if isinstance(settled, str) else settled
            self._references[path, mode] = known
        return known

    def _name(self, path: str, mode: Mode) -> str:
        return self._given.names[path, self._form(path, mode)]

    def _form(self, path: str, mode: Mode) -> str:
        return "Input" if mode == "input" and path in self._with_two_forms else ""


def _nameable(named: NamedType, path: str, forms: set[str]) -> Nameable:
    return Nameable(path, named.label, named.module, frozenset(forms))
