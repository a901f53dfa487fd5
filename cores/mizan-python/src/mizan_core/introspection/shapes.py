"""Shapes as plain data (docs/engine-data.md), and how they combine."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Enum
from typing import Any, Literal, TypeAlias

Shape: TypeAlias = dict[str, Any]
"""A shape; a reference names its type by ``naming.type_path`` until names are given out."""

Body: TypeAlias = dict[str, Any]
"""The body of a named type."""

Mode: TypeAlias = Literal["input", "output"]
"""Which side of the wire: what clients send, or what they get."""

FORMATS = frozenset({"date-time", "date", "time", "duration", "uuid", "decimal", "binary", "email", "uri"})
"""Formats that a string may have."""

LEAVES = frozenset({"primitive", "enum", "any", "null", "upload"})
"""The kinds of shapes that hold no other."""
_INNER = {"list": "item", "map": "value", "optional": "item", "alias": "shape"}
"""Where those that hold one shape have it; unions and tuples hold several."""

_BESIDE = frozenset({"min_length", "max_length", "description"})

ANY: Shape = {"kind": "any"}
NULL: Shape = {"kind": "null"}

INT64 = "int64"
"""The format of an integer that may lie beyond what every reader of JSON can hold."""

_SCALARS = (str, int, float, bool)


def primitive(name: str, wire_format: str | None = None) -> Shape:
    """A JSON scalar, with its format where it has one."""
    shape: Shape = {"kind": "primitive", "name": name}
    return shape if wire_format is None else {**shape, "format": wire_format}


def reference(path: str) -> Shape:
    return {"kind": "ref", "name": path}


def list_of(item: Shape) -> Shape:
    return {"kind": "list", "item": item}


def map_of(value: Shape) -> Shape:
    return {"kind": "map", "value": value}


def tuple_of(items: Iterable[Shape]) -> Shape:
    """An array of as many items, each of its own shape."""
    return {"kind": "tuple", "items": list(items)}


def optional(item: Shape) -> Shape:
    """*item* or null."""
    return item if item["kind"] in ("optional", "null") else {"kind": "optional", "item": item}


def union_of(shapes: Iterable[Shape]) -> Shape:
    """Any of *shapes*: unions inside are flattened, equal members come once, null makes the whole optional.

    A union with a discriminator stays one. Scalars that differ in their limits alone are one without limits.
    """
    shapes = list(shapes)
    if len(shapes) == 1:
        return shapes[0]
    if len(shapes) == 2 and shapes[1] == NULL:
        return optional(shapes[0])
    members = [member for shape in shapes for member in _members(shape)]
    distinct = _distinct(member for member in members if member != NULL)
    if not distinct:
        return NULL
    whole = distinct[0] if len(distinct) == 1 else {"kind": "union", "items": distinct}
    return optional(whole) if NULL in members else whole


def literal_of(values: Iterable[object]) -> Shape:
    """One of *values*, as a ``Literal`` or an ``Enum`` lists them: an enum of the strings and integers among them."""
    values = [value.value if isinstance(value, Enum) else value for value in values]
    words = list(dict.fromkeys(_exact(value) for value in values if _is_word(value)))
    shapes = [{"kind": "enum", "values": words}] if words else []
    shapes += [_loose(value) for value in values if not _is_word(value)]
    return union_of(shapes) if shapes else ANY


def enum_of(cls: type[Enum]) -> Body:
    """An enum as a body: its values with their names where all of them are strings or integers."""
    members = list(cls)
    if not members or not all(_is_word(member.value) for member in members):
        return {"kind": "alias", "shape": literal_of(members)}
    values = [_exact(member.value) for member in members]
    return {"kind": "enum", "values": values, "names": [member.name for member in members]}


def with_discriminator(shape: Shape, name: str) -> Shape:
    """*shape*, the members of whose union the field *name* tells apart."""
    if shape["kind"] == "optional":
        return {**shape, "item": with_discriminator(shape["item"], name)}
    return {**shape, "discriminator": name} if shape["kind"] == "union" else shape


def default_of(value: object) -> dict[str, Any]:
    """``{"default": value}`` where *value* is a JSON scalar, or an enum's member that is one; else nothing."""
    value = value.value if isinstance(value, Enum) else value
    if value is None or isinstance(value, bool):
        return {"default": value}
    if isinstance(value, float) and not math.isfinite(value):
        return {}
    return {"default": _exact(value)} if isinstance(value, _SCALARS) else {}


def transform(shape: Shape, replace: Callable[[str], Shape]) -> Shape:
    """A copy of *shape* in which every reference is replaced."""
    kind = shape["kind"]
    if kind == "ref":
        return replace(shape["name"])
    if kind == "list":
        return {**shape, "item": transform(shape["item"], replace)}
    if kind == "map":
        return {**shape, "value": transform(shape["value"], replace)}
    if kind == "optional":
        return optional(transform(shape["item"], replace))
    if kind == "tuple":
        return tuple_of(transform(item, replace) for item in shape["items"])
    if kind == "union":
        whole = union_of(transform(item, replace) for item in shape["items"])
        return with_discriminator(whole, shape["discriminator"]) if "discriminator" in shape else whole
    return shape


def transform_body(body: Body, replace: Callable[[str], Shape]) -> Body:
    """A copy of *body* in which every reference is replaced."""
    if body["kind"] == "alias":
        return {"kind": "alias", "shape": transform(body["shape"], replace)}
    if body["kind"] == "enum":
        return body
    fields = [
        field if field["shape"]["kind"] in LEAVES else {**field, "shape": transform(field["shape"], replace)}
        for field in body["fields"]
    ]
    return {"kind": "struct", "fields": fields}


def without_limits(part: Any) -> Any:
    """A shape, a body or a part of one without the limits of its values, and without what is said of them."""
    if isinstance(part, list):
        return [without_limits(item) for item in part]
    if not isinstance(part, dict):
        return part
    if part.get("kind") == "primitive":
        return _unlimited(part)
    return {name: without_limits(inner) for name, inner in part.items() if name not in _BESIDE}


def references(shape: Mapping[str, Any]) -> Iterator[str]:
    """The paths that *shape*, or a body, refers to."""
    waiting = [shape]
    while waiting:
        shape = waiting.pop()
        kind = shape["kind"]
        if kind in LEAVES:
            continue
        if kind == "ref":
            yield shape["name"]
        elif kind == "struct":
            waiting.extend([field["shape"] for field in shape["fields"] if field["shape"]["kind"] not in LEAVES])
        elif kind in _INNER:
            waiting.append(shape[_INNER[kind]])
        else:
            waiting.extend(shape["items"])


def _distinct(members: Iterable[Shape]) -> list[Shape]:
    distinct: list[Shape] = []
    for member in members:
        same = next((known for known in distinct if _unlimited(known) == _unlimited(member)), None)
        if same is None:
            distinct.append(member)
        elif same != member:
            distinct[distinct.index(same)] = _unlimited(member)
    return distinct


def _unlimited(shape: Shape) -> Shape:
    """A scalar without its limits; another shape is itself."""
    if shape["kind"] != "primitive":
        return shape
    name = shape["name"]
    return primitive(name, INT64 if name == "integer" else shape.get("format"))


def _members(shape: Shape) -> list[Shape]:
    if shape["kind"] == "union" and "discriminator" not in shape:
        return list(shape["items"])
    if shape["kind"] == "optional":
        return [*_members(shape["item"]), NULL]
    return [shape]


def _is_word(value: object) -> bool:
    return isinstance(value, (str, int)) and not isinstance(value, bool)


def _loose(value: object) -> Shape:
    """The shape of a literal that an enum cannot hold."""
    if value is None:
        return NULL
    if isinstance(value, bool):
        return primitive("boolean")
    if isinstance(value, float):
        return primitive("number")
    return primitive("string", "binary") if isinstance(value, bytes) else ANY


def _exact(value: Any) -> Any:
    """*value* without its subclass."""
    for kind in (str, int, float):
        if isinstance(value, kind):
            return getattr(kind, f"__{kind.__name__}__")(value)
    return value
