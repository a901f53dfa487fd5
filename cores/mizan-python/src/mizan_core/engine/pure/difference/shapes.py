"""Differences between shapes."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias

from mizan_core.engine.pure.canonical import dump
from mizan_core.engine.pure.difference.alternatives import (
    Alternative,
    Alternatives,
    Shape,
    Types,
    form,
    limits_of,
    paired,
    paired_by_name,
)
from mizan_core.engine.pure.difference.changes import Changes, Class
from mizan_core.engine.pure.difference.constraints import compare_limits, same_value

Direction: TypeAlias = Literal["sent", "received"]
"""Who makes the values: clients, or the server."""

_WIDENED: dict[Direction, Class] = {"sent": "compatible", "received": "breaking"}
"""What it means that there are more values than before."""
_NARROWED: dict[Direction, Class] = {"sent": "breaking", "received": "compatible"}
"""What it means that there are fewer."""


class Comparison:
    """Two interfaces whose shapes are compared.

    :param old: the bodies of the older one's types.
    :param changes: gets what is found.
    """

    def __init__(self, old: Types, new: Types, changes: Changes) -> None:
        self._old = old
        self._new = new
        self._changes = changes
        self._seen: set[tuple[str, str, Direction]] = set()
        """The pairs of structs that have been compared."""
        self._met: set[tuple[int, int, Direction]] = set()
        """The pairs of shapes that have been compared or wait for it, by where they are: types may hold themselves."""
        self._waiting: deque[tuple[Direction, str, Shape, Shape]] = deque()

    def arguments(self, word: str, before: str | None, after: str | None) -> None:
        """The arguments of a function, or the parameters of a subscription."""
        self._fields("sent", f"{word} ", _fields_of(self._old, before), _fields_of(self._new, after))
        self._settle()

    def outputs(self, before: tuple[str, bool], after: tuple[str, bool]) -> None:
        """The result of a function, and whether it may be null."""
        one, other = Alternatives.named(self._old, before[0]), Alternatives.named(self._new, after[0])
        one.null |= before[1]
        other.null |= after[1]
        self._renamed("the result", before[0], after[0])
        self._alternatives("received", "the result", one, other)
        self._settle()

    def types(self, direction: Direction, place: str, before: str | None, after: str | None) -> None:
        """Types that are there or not: of a message or of an error's data."""
        if before is not None and after is not None:
            one, other = Alternatives.named(self._old, before), Alternatives.named(self._new, after)
            self._alternatives(direction, place, one, other)
            self._settle()
        elif before is not None:
            self._changes.changed("breaking", f"{place} is gone")
        elif after is not None:
            self._changes.changed("compatible", f"{place} is new")

    def sent(self, place: str, before: Shape | None, after: Shape | None) -> None:
        """A parameter or a form's field: whether it is there, and its shape."""
        self._member("sent", place, before, after)
        self._settle()

    def _member(self, direction: Direction, place: str, before: Shape | None, after: Shape | None) -> None:
        self._presence(direction, place, *(None if each is None else each["required"] for each in (before, after)))
        if before is not None and after is not None:
            self._compare(direction, place, before["shape"], after["shape"])

    def _presence(self, direction: Direction, place: str, before: bool | None, after: bool | None) -> None:
        """Whether something is there, and has to be."""
        is_sent = direction == "sent"
        if before is None and after is not None:
            required = is_sent and after
            word = "new and required" if required else "new"
            self._changes.changed("breaking" if required else "compatible", f"{place} is {word}")
        elif before is not None and after is None:
            self._changes.changed("breaking", f"{place} is gone")
        elif after and not before:
            word = "required" if is_sent else "always there"
            self._changes.changed(_NARROWED[direction], f"{place} is {word} now")
        elif before and not after:
            word = "is optional" if is_sent else "may be missing"
            self._changes.changed(_WIDENED[direction], f"{place} {word} now")

    def _compare(self, direction: Direction, place: str, before: Shape, after: Shape) -> None:
        pair = (id(before), id(after), direction)
        if pair not in self._met:
            self._met.add(pair)
            self._waiting.append((direction, place, before, after))

    def _settle(self) -> None:
        """Compare what waits for it."""
        while self._waiting:
            direction, place, before, after = self._waiting.popleft()
            if before["kind"] == after["kind"] == "ref":
                self._renamed(place, before["name"], after["name"])
            one, other = Alternatives.of(self._old, before), Alternatives.of(self._new, after)
            self._alternatives(direction, place, one, other)

    def limits(self, direction: Direction, place: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
        """Limits of what is sent or received: those of what is received are no client's business."""
        found = compare_limits(before, after)
        if found == "wider":
            self._changes.changed("compatible", f"{place} has a wider limit now")
        elif found == "tighter":
            self._changes.changed(_NARROWED[direction], f"{place} has a tighter limit now")

    def _renamed(self, place: str, one: str, other: str) -> None:
        """Whether a type goes by another name, which says nothing on the wire."""
        if one != other and one not in self._new and other not in self._old:
            self._changes.changed("source", f"the type of {place} is called {other} now")

    def _alternatives(self, direction: Direction, place: str, before: Alternatives, after: Alternatives) -> None:
        if before.any or after.any:
            if not before.any:
                self._changes.changed(_WIDENED[direction], f"{place} may be anything now")
            elif not after.any:
                self._changes.changed(_NARROWED[direction], f"{place} is not anything any more")
            return
        if after.null and not before.null:
            self._changes.changed(_WIDENED[direction], f"{place} may be null now")
        elif before.null and not after.null:
            self._changes.changed(_NARROWED[direction], f"{place} is never null now")
        name = after.discriminator
        if direction == "sent" and name is not None and before.discriminator != name and not before.all_say(name):
            self._changes.changed("breaking", f"{place} has to say {name} now")
        pairs, gone, new = paired(before.items, after.items)
        for one, other in pairs:
            self._pair(direction, place, one, other)
        if new:
            self._changes.changed(_WIDENED[direction], f"{place} may be of another type, too, now")
        if gone:
            self._changes.changed(_NARROWED[direction], f"{place} is of fewer types now")

    def _pair(self, direction: Direction, place: str, before: Alternative, after: Alternative) -> None:
        kind = before["kind"]
        if kind != after["kind"] or (kind == "tuple" and len(before["items"]) != len(after["items"])):
            self._changes.changed("breaking", f"{place} is of another type now")
        elif kind == "struct":
            pair = (before["name"], after["name"], direction)
            if pair not in self._seen:
                self._seen.add(pair)
                self._fields(direction, f"{place}: ", before["fields"], after["fields"])
        elif kind == "enum":
            self._values(direction, place, before["values"], after["values"])
        elif kind == "primitive":
            self._scalars(direction, place, before, after)
        elif kind == "tuple":
            for index, (one, other) in enumerate(zip(before["items"], after["items"], strict=True)):
                self._compare(direction, f"item {index} of {place}", one, other)
        else:
            self.limits(direction, place, limits_of(before), limits_of(after))
            if kind == "list":
                self._compare(direction, f"an item of {place}", before["item"], after["item"])
            elif kind == "map":
                self._compare(direction, f"a value of {place}", before["value"], after["value"])

    def _fields(self, direction: Direction, place: str, before: Sequence[Shape], after: Sequence[Shape]) -> None:
        for name, one, other in paired_by_name(before, after):
            self._member(direction, f"{place}{name}", one, other)

    def _values(self, direction: Direction, place: str, before: Sequence[Any], after: Sequence[Any]) -> None:
        for value in _without(after, before):
            self._changes.changed(_WIDENED[direction], f"{place} may be {dump(value)} now")
        for value in _without(before, after):
            self._changes.changed(_NARROWED[direction], f"{place} is never {dump(value)} now")

    def _scalars(self, direction: Direction, place: str, before: Shape, after: Shape) -> None:
        names = (before["name"], after["name"])
        if names == ("integer", "number"):
            self._changes.changed(_WIDENED[direction], f"{place} may be a fraction now")
        elif names == ("number", "integer"):
            self._changes.changed(_NARROWED[direction], f"{place} is an integer now")
        elif names[0] != names[1]:
            self._changes.changed("breaking", f"{place} is of another type now")
            return
        if form(before) != form(after):
            self._changes.changed("breaking", f"{place} is written another way now")
        self.limits(direction, place, limits_of(before), limits_of(after))


def _without(values: Sequence[Any], others: Sequence[Any]) -> list[Any]:
    return [value for value in values if not any(same_value(value, other) for other in others)]


def _fields_of(types: Types, name: str | None) -> Sequence[Shape]:
    body = types.get(name) if name is not None else None
    fields: Sequence[Shape] = body["fields"] if body is not None and body["kind"] == "struct" else ()
    return fields
