"""Shapes: the plain-data form of types, shared by the graph (protocol.md section 5) and the IR (section 11)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, TypeAlias

from mizan_core.engine.pure.reader import Reader, check_reference, check_unique

Shape: TypeAlias = dict[str, Any]
"""A checked shape or named type body, as plain data."""

PRIMITIVES = ("integer", "number", "boolean", "string")
FORMATS = ("date-time", "date", "time", "duration", "uuid", "decimal", "binary", "email", "uri")
_SHAPE_KINDS = ("primitive", "ref", "list", "map", "optional", "enum", "union", "any", "null", "upload")
_BODY_KINDS = ("struct", "list", "enum", "alias")


def read_shape(reader: Reader, types: Collection[str]) -> Shape:
    """The shape at *reader*; its references must be among *types*."""
    kind = _kind(reader, _SHAPE_KINDS)
    if kind == "primitive":
        return _read_primitive(reader)
    if kind == "ref":
        members = reader.record(("kind", "name"))
        return {"kind": kind, "name": check_reference(members["name"], types, "type")}
    if kind in ("list", "optional"):
        return _read_wrapper(reader, kind, "item", types)
    if kind == "map":
        return _read_wrapper(reader, kind, "value", types)
    if kind == "enum":
        return _read_enum(reader)
    if kind == "union":
        return _read_union(reader, types)
    reader.record(("kind",))
    return {"kind": kind}


def read_body(reader: Reader, types: Collection[str]) -> Shape:
    """The body of a named type at *reader*."""
    kind = _kind(reader, _BODY_KINDS)
    if kind == "struct":
        return _read_struct(reader, types)
    if kind == "list":
        return _read_wrapper(reader, kind, "item", types)
    if kind == "enum":
        return _read_enum(reader)
    return _read_wrapper(reader, kind, "shape", types)


def referenced_types(shape: Shape) -> Iterator[str]:
    """The names of the types that a shape or body refers to, in order."""
    kind = shape["kind"]
    if kind == "ref":
        yield shape["name"]
    elif kind == "struct":
        for field in shape["fields"]:
            yield from referenced_types(field["shape"])
    elif kind == "union":
        for item in shape["items"]:
            yield from referenced_types(item)
    else:
        for member in ("item", "value", "shape"):
            if member in shape:
                yield from referenced_types(shape[member])


ENDLESS_ALIAS = "the alias leads back to itself"
"""What is wrong with a type that ``endless_alias`` finds."""


def endless_alias(types: Mapping[str, Shape]) -> str | None:
    """An alias that leads back to itself: it stands for nothing, and would equal every type."""
    settled: set[str] = set()
    for start in sorted(types):
        path: set[str] = set()
        name: str | None = start
        while name is not None and name not in settled:
            if name in path:
                return name
            path.add(name)
            name = _aliased(types[name])
        settled |= path
    return None


def _aliased(body: Shape) -> str | None:
    """The name that a body is another name of, if it is."""
    is_alias = body["kind"] == "alias" and body["shape"]["kind"] == "ref"
    return body["shape"]["name"] if is_alias else None


def _kind(reader: Reader, kinds: tuple[str, ...]) -> str:
    members = dict(reader.members())
    if "kind" not in members:
        raise ValueError(f'{reader.path}: "kind" is missing')
    return members["kind"].one_of(kinds)


def _read_primitive(reader: Reader) -> Shape:
    members = reader.record(("kind", "name"), ("format",))
    shape = {"kind": "primitive", "name": members["name"].one_of(PRIMITIVES)}
    if "format" in members:
        shape["format"] = members["format"].one_of(FORMATS)
    return shape


def _read_wrapper(reader: Reader, kind: str, member: str, types: Collection[str]) -> Shape:
    members = reader.record(("kind", member))
    return {"kind": kind, member: read_shape(members[member], types)}


def _read_enum(reader: Reader) -> Shape:
    values = reader.record(("kind", "values"))["values"].items()
    if not values:
        raise ValueError(f"{reader.path}: an enum has one value at least")
    for value in values:
        if isinstance(value.value, bool) or not isinstance(value.value, str | int):
            raise value.fail("a string or an integer")
    return {"kind": "enum", "values": [value.value for value in values]}


def _read_union(reader: Reader, types: Collection[str]) -> Shape:
    items = reader.record(("kind", "items"))["items"].items()
    if len(items) < 2:
        raise ValueError(f"{reader.path}: a union has two shapes at least")
    return {"kind": "union", "items": [read_shape(item, types) for item in items]}


def _read_struct(reader: Reader, types: Collection[str]) -> Shape:
    fields = reader.record(("kind", "fields"))["fields"].items()
    checked = [_read_field(field, types) for field in fields]
    check_unique(
        [Reader(shape["name"], field.path / "name") for shape, field in zip(checked, fields, strict=True)], "field"
    )
    return {"kind": "struct", "fields": checked}


def _read_field(reader: Reader, types: Collection[str]) -> Shape:
    members = reader.record(("name", "required", "shape"), ("default",))
    field: Shape = {"name": members["name"].text(), "required": members["required"].flag()}
    if "default" in members:
        if isinstance(members["default"].value, list | dict):
            raise members["default"].fail("a string, a number, true, false or null")
        field["default"] = members["default"].value
    field["shape"] = read_shape(members["shape"], types)
    return field
