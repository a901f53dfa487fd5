"""What a shape stands for: its names followed, its unions taken apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from mizan_core.engine.pure.constraints import CONSTRAINTS, INT64

Shape: TypeAlias = dict[str, Any]
Types: TypeAlias = Mapping[str, Shape]
"""The bodies of named types."""
Alternative: TypeAlias = dict[str, Any]
"""A shape that is neither a name nor a union: of a struct with the name of its type, of enums with their values."""


@dataclass(slots=True)
class Alternatives:
    """What a value may be."""

    null: bool = False
    any: bool = False
    """Whether it may be anything; then the others say nothing."""
    discriminator: str | None = None
    """The field that tells structs apart."""
    items: list[Alternative] = field(default_factory=list)
    """What it may be else, values of enums together at the place of the first."""

    @classmethod
    def of(cls, types: Types, shape: Shape) -> Alternatives:
        """What *shape* stands for."""
        found = cls()
        found._follow(types, [shape], set())
        return found

    @classmethod
    def named(cls, types: Types, name: str) -> Alternatives:
        """What the type of that name stands for."""
        found = cls()
        found._follow(types, [{"kind": "ref", "name": name}], set())
        return found

    def all_say(self, name: str) -> bool:
        """Whether every one of them says of itself, in the field *name*, which it is."""
        return all(
            any(own["name"] == name and own["required"] for own in item.get("fields", ())) for item in self.items
        )

    def _follow(self, types: Types, waiting: list[Shape], seen: set[str]) -> None:
        """Take in the shapes that wait, the last one first, and what they stand for."""
        while waiting:
            shape = waiting.pop()
            kind = shape["kind"]
            if kind == "optional":
                self.null = True
                waiting.append(shape["item"])
            elif kind == "null":
                self.null = True
            elif kind == "any":
                self.any = self.null = True
            elif kind == "union":
                if self.discriminator is None:
                    self.discriminator = shape.get("discriminator")
                waiting.extend(reversed(shape["items"]))
            elif kind == "enum":
                self._add_values(shape["values"])
            elif kind != "ref":
                self.items.append(shape)
            elif shape["name"] not in seen:
                seen.add(shape["name"])
                waiting.extend(self._body(types.get(shape["name"]), shape["name"]))

    def _body(self, body: Shape | None, name: str) -> list[Shape]:
        """Take in the body of the type *name*; what it is another name of."""
        if body is None:
            return []
        if body["kind"] == "alias":
            return [body["shape"]]
        if body["kind"] == "enum":
            self._add_values(body["values"])
        else:
            self.items.append({**body, "name": name})
        return []

    def _add_values(self, values: Iterable[Any]) -> None:
        for item in self.items:
            if item["kind"] == "enum":
                item["values"].extend(values)
                return
        self.items.append({"kind": "enum", "values": list(values)})


def limits_of(shape: Shape) -> dict[str, Any]:
    """The limits that a shape has."""
    return {name: shape[name] for name in CONSTRAINTS if name in shape}


def form(scalar: Shape) -> str | None:
    """How a scalar is written. That an integer may be large is a limit, and no other form."""
    found = scalar.get("format")
    return None if found == INT64 else found


def paired(
    before: list[Alternative], after: list[Alternative]
) -> tuple[list[tuple[Alternative, Alternative]], list[Alternative], list[Alternative]]:
    """Those that are alike, each of *before* with the first one of *after* that is left; then what is left of both.

    Where that is one on each side, it is the same one, changed.
    """
    left, others = list(after), []
    pairs, gone = [], []
    for one in before:
        index = _position(left, _key(one), _key)
        if index is None:
            others.append(one)
        else:
            pairs.append((one, left.pop(index)))
    for one in others:
        index = _position(left, _likeness(one), _likeness)
        if index is None:
            gone.append(one)
        else:
            pairs.append((one, left.pop(index)))
    if len(gone) == len(left) == 1:
        pairs.append((gone.pop(), left.pop()))
    return pairs, gone, left


def paired_by_name(
    before: Iterable[Shape], after: Iterable[Shape], key: str = "name"
) -> Iterator[tuple[str, Shape | None, Shape | None]]:
    """What has a name in either of two, in the order of names."""
    olds, news = ({str(item[key]): item for item in items} for items in (before, after))
    for name in sorted(olds.keys() | news.keys()):
        yield name, olds.get(name), news.get(name)


def _position(items: list[Alternative], wanted: Any, key: Any) -> int | None:
    return next((index for index, item in enumerate(items) if key(item) == wanted), None)


def _likeness(item: Alternative) -> tuple[Any, ...]:
    kind = item["kind"]
    if kind == "struct":
        return kind, item["name"]
    if kind == "primitive":
        return kind, item["name"], form(item)
    return (kind, len(item["items"])) if kind == "tuple" else (kind,)


def _key(part: Any) -> Any:
    """What is equal for parts that are written alike: 1 and 1.0 are not."""
    if isinstance(part, dict):
        return tuple(sorted((name, _key(item)) for name, item in part.items()))
    if isinstance(part, list):
        return tuple(map(_key, part))
    return type(part).__name__, repr(part + 0.0 if isinstance(part, float) else part)
