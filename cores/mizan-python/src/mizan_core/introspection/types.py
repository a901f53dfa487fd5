"""Named types: what the introspected annotations refer to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mizan_core.introspection.docs import docstring
from mizan_core.introspection.naming import type_label, type_module
from mizan_core.introspection.shapes import ANY, LEAVES, Body, Mode, Shape, references

_WRITTEN_IN_PLACE = frozenset({"primitive", "enum"})
_ALIASES_IN_PLACE = frozenset({"primitive", "enum", "ref", "any", "null"})


@dataclass(slots=True)
class NamedType:
    """A type with a name of its own, as it is sent (``input``) and as it is answered (``output``)."""

    label: str
    module: str
    is_alias: bool
    """Whether it is but another name (``type X = ...``), not a model."""
    sources: list[Any]
    """The annotations that it was read from."""
    bodies: dict[Mode, Body] = field(default_factory=dict)
    _references: dict[Mode, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, annotation: Any, is_alias: bool) -> NamedType:
        label, module = type_label(annotation), type_module(annotation)
        return cls(label, module, is_alias, [annotation])

    @property
    def description(self) -> str | None:
        """What its author says of it; a graph is compiled without."""
        return docstring(self.sources[0])

    @property
    def is_sided(self) -> bool:
        """Whether its body differs between the sides."""
        sent, answered = self.bodies["input"], self.bodies["output"]
        return sent is not answered and sent != answered

    def references(self, mode: Mode) -> list[str]:
        """The paths that its body refers to; to be asked when that is known."""
        found = self._references.get(mode)
        if found is None:
            found = self._references[mode] = list(references(self.bodies[mode]))
        return found

    def in_place(self, mode: Mode) -> Shape | None:
        """What is written instead of a reference to it; None for the reference."""
        body = self.bodies[mode]
        if body["kind"] != "alias":
            return None
        kinds = _ALIASES_IN_PLACE if self.is_alias else _WRITTEN_IN_PLACE
        return body["shape"] if body["shape"]["kind"] in kinds else None


class TypeTable(dict[str, NamedType]):
    """Every named type by its path."""

    def settle(self, path: str, mode: Mode) -> Shape | str:
        """What a reference comes to: the path of the type referred to, or the shape that is written in place."""
        seen: set[str] = set()
        while path not in seen:
            seen.add(path)
            shape = self[path].in_place(mode)
            if shape is None:
                return path
            if shape["kind"] != "ref":
                return shape
            path = shape["name"]
        return ANY  # `type X = X` says nothing.

    def reachable(self, roots: Iterable[tuple[Shape, Mode]]) -> set[tuple[str, Mode]]:
        """The types that shapes refer to, directly or through other types, each with its side."""
        waiting = [(path, mode) for shape, mode in roots if shape["kind"] not in LEAVES for path in references(shape)]
        reached: set[tuple[str, Mode]] = set()
        while waiting:
            path, mode = waiting.pop()
            settled = self.settle(path, mode)
            if isinstance(settled, str) and (settled, mode) not in reached:
                reached.add((settled, mode))
                waiting.extend([(inner, mode) for inner in self[settled].references(mode)])
        return reached

    def with_two_forms(self) -> set[str]:
        """The types that differ between the sides, in themselves or in a type that they refer to."""
        users: dict[str, set[str]] = {}
        differing = set()
        for path, named in self.items():
            inner = named.references("output")
            if named.is_sided:
                differing.add(path)
                inner = [*inner, *named.references("input")]
            for other in inner:
                users.setdefault(other, set()).add(path)
        return _closure(differing, users)


def _closure(start: set[str], users: Mapping[str, set[str]]) -> set[str]:
    reached, waiting = set(start), list(start)
    while waiting:
        new = users.get(waiting.pop(), set()) - reached
        reached |= new
        waiting.extend(new)
    return reached
