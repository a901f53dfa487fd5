"""Breaking plain data at one random place, so that every check of a reader is met."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, TypeAlias

from hypothesis import strategies as st

from tests.parity import shapes, subclasses, values

Place: TypeAlias = "tuple[str | int, ...]"

JUNK: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    1,
    -1,
    2**70,
    1.5,
    float("nan"),
    "",
    "x",
    "http",
    "integer",
    "list",
    "struct",
    "\ud800",
    "a\nb",
    [],
    ["x"],
    [[]],
    {},
    {"kind": "any"},
    {"kind": "ref", "name": "Nowhere"},
    {"name": "x"},
    {"context": "user", "function": None},
    {1: 2},
    (),
    ("x", "y"),
    b"x",
    Decimal(1),
    set(),
    subclasses.SafeText("integer"),
    OrderedDict({"kind": "any"}),
    subclasses.Rows(["x"]),
    subclasses.Count(7),
)
DEEPEST_FAULT = 20
"""Deeper than any document is by itself; what a fault has made deep is left alone, or it would grow without end."""


def broken(documents: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Those documents with one to three faults each; by chance a change may leave one valid."""
    return st.composite(_break)(documents)


def _break(draw: st.DrawFn, documents: st.SearchStrategy[Any]) -> Any:
    holder = {"": _copied(draw(documents))}
    for _ in range(draw(st.integers(1, 3))):
        places = list(_places(holder))[1:] or [("",)]
        place = draw(st.sampled_from(places))
        _break_at(draw, holder, place, _at(holder, draw(st.sampled_from(places))))
    return holder[""]


def _break_at(draw: st.DrawFn, holder: Any, place: Place, other: Any) -> None:
    parent, last = _at(holder, place[:-1]), place[-1]
    way = draw(st.sampled_from(("replace", "replace", "transplant", "remove", "repeat", "rename", "deepen")))
    if way == "replace" or len(place) == 1:
        parent[last] = _copied(draw(st.sampled_from(JUNK) | values.anything()))
    elif way == "transplant":
        parent[last] = _copied(other)
    elif way == "remove":
        del parent[last]
    elif way == "repeat" and isinstance(parent, list):
        parent.append(_copied(parent[last]))  # type: ignore[index]  # a list's places are indices
    elif way == "rename" and isinstance(parent, dict):
        parent[draw(st.sampled_from(("x", "kind", "a b", "\n", 1, "\ud800")))] = parent.pop(last)
    else:
        parent[last] = values.nested(draw(st.integers(1, 70)), shapes.list_of, parent[last])


def _copied(value: Any) -> Any:
    """The value with lists and dicts of its own; subclasses stay what they are."""
    if type(value) is list:
        return [_copied(item) for item in value]
    if type(value) is dict:
        return {name: _copied(item) for name, item in value.items()}
    return value


def _places(value: Any, place: Place = ()) -> Iterator[Place]:
    if place:
        yield place
    if len(place) == DEEPEST_FAULT:
        return
    if type(value) is dict:
        for key in value:
            yield from _places(value[key], (*place, key))
    elif type(value) is list:
        for index, item in enumerate(value):
            yield from _places(item, (*place, index))


def _at(value: Any, place: Place) -> Any:
    for step in place:
        value = value[step]
    return value
