"""Comparing shapes structurally (protocol.md sections 5 and 7)."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from typing import Any, TypeAlias

from mizan_core.engine.pure.constraints import INT64
from mizan_core.engine.pure.shape import Shape

Comparing: TypeAlias = "Generator[tuple[Shape, Shape], bool | None, bool]"
"""Yields pairs of shapes, is sent whether each is equal, and returns whether the pair that it is about is."""


class Comparison:
    """Structural equality: two shapes are equal when no path through them tells them apart.

    Recursive types are equal until proven different, so a pair that is being compared counts as equal meanwhile.
    """

    __slots__ = ("_assumed", "_different", "_types")

    def __init__(self, types: Mapping[str, Shape]) -> None:
        self._types = types
        # In the order that they were assumed in, to take them back; a set has none.
        self._assumed: dict[tuple[str, str], None] = {}
        self._different: set[tuple[str, str]] = set()

    def equal(self, left: Shape, right: Shape) -> bool:
        """Whether the two shapes accept the same values, names aside."""
        # A stack of its own: a chain of named types may be longer than the interpreter's.
        steps = [self._compare(left, right)]
        answer: bool | None = None
        while steps:
            try:
                pair = steps[-1].send(answer)
            except StopIteration as stop:
                answer = stop.value
                steps.pop()
            else:
                steps.append(self._compare(*pair))
                answer = None
        return answer is True

    def without_optional(self, shape: Shape) -> Shape:
        """The shape itself, freed of names, aliases and ``optional`` around it."""
        seen: set[str] = set()
        while shape["kind"] in ("optional", "ref"):
            if shape["kind"] == "optional":
                shape = shape["item"]
            elif shape["name"] in seen:
                return shape
            else:
                seen.add(shape["name"])
                shape = self._resolve(shape)
        return shape

    def equal_but_for_null(self, left: Shape, right: Shape) -> bool:
        """Whether the two shapes accept the same values, names and null aside."""
        return self.equal(self.without_optional(left), self.without_optional(right))

    def takes_null(self, shape: Shape) -> bool:
        """Whether null is a value of the shape."""
        seen: set[str] = set()
        waiting = [shape]
        while waiting:
            shape = waiting.pop()
            if shape["kind"] in ("optional", "null", "any"):
                return True
            if shape["kind"] == "union":
                waiting += shape["items"]
            elif shape["kind"] == "ref" and shape["name"] not in seen:
                seen.add(shape["name"])
                waiting.append(self._resolve(shape))
        return False

    def has_key(self, shape: Shape, field: str) -> bool:
        """Whether objects of the shape always have that field, and its values are scalars."""
        whole = self._named(shape)
        fields = whole["fields"] if whole["kind"] == "struct" else ()
        found = next((member for member in fields if member["name"] == field), None)
        return found is not None and found["required"] and self._named(found["shape"])["kind"] in ("primitive", "enum")

    def _named(self, shape: Shape) -> Shape:
        """The shape itself, freed of names around it."""
        seen: set[str] = set()
        while shape["kind"] == "ref" and shape["name"] not in seen:
            seen.add(shape["name"])
            shape = self._resolve(shape)
        return shape

    def _compare(self, left: Shape, right: Shape) -> Comparing:
        if left["kind"] == "ref" or right["kind"] == "ref":
            return (yield from self._compare_named(left, right))
        if left["kind"] != right["kind"]:
            return False
        return (yield from _compare_kind(left["kind"], left, right))

    def _compare_named(self, left: Shape, right: Shape) -> Comparing:
        pair = (repr(left), repr(right))
        if pair[0] == pair[1] or pair in self._assumed:
            return True
        if pair in self._different:
            return False
        before = len(self._assumed)
        self._assumed[pair] = None
        if (yield self._resolve(left), self._resolve(right)):
            return True
        # What was found equal since may rest on the assumption that has just failed.
        while len(self._assumed) > before:
            self._assumed.popitem()
        self._different.add(pair)
        return False

    def _resolve(self, shape: Shape) -> Shape:
        if shape["kind"] != "ref":
            return shape
        body = self._types[shape["name"]]
        return body["shape"] if body["kind"] == "alias" else body


def _compare_kind(kind: str, left: Shape, right: Shape) -> Comparing:
    """Two shapes of one kind, neither a name."""
    if kind in ("list", "optional"):
        return (yield left["item"], right["item"]) is True
    if kind == "map":
        return (yield left["value"], right["value"]) is True
    if kind == "struct":
        return (yield from _compare_fields(left["fields"], right["fields"]))
    if kind == "tuple":
        return (yield from _compare_pairs(left["items"], right["items"]))
    if kind == "enum":
        return _typed(left["values"]) == _typed(right["values"])
    if kind == "union":
        return (yield from _compare_items(left["items"], right["items"]))
    return _scalar(left) == _scalar(right)


def _compare_fields(left: list[Shape], right: list[Shape]) -> Comparing:
    others = {field["name"]: field for field in right}
    if {(field["name"], field["required"]) for field in left} != {(name, others[name]["required"]) for name in others}:
        return False
    for field in left:
        if not (yield field["shape"], others[field["name"]]["shape"]):
            return False
    return True


def _compare_pairs(left: list[Shape], right: list[Shape]) -> Comparing:
    if len(left) != len(right):
        return False
    for pair in zip(left, right, strict=True):
        if not (yield pair):
            return False
    return True


def _compare_items(left: list[Shape], right: list[Shape]) -> Comparing:
    """Every item has an equal one on the other side."""
    for item in left:
        if not (yield from _any_equal((item, other) for other in right)):
            return False
    for other in right:
        if not (yield from _any_equal((item, other) for item in left)):
            return False
    return True


def _any_equal(pairs: Iterable[tuple[Shape, Shape]]) -> Comparing:
    for pair in pairs:
        if (yield pair):
            return True
    return False


def _scalar(shape: Shape) -> tuple[str | None, str | None]:
    """What counts of a shape without parts: not its limits, nor how large an integer may be."""
    wire_format = shape.get("format")
    return shape.get("name"), None if wire_format == INT64 else wire_format


def _typed(values: list[Any]) -> set[tuple[str, Any]]:
    return {(type(value).__name__, value) for value in values}
