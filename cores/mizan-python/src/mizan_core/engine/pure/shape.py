"""Shapes: the plain-data form of types, shared by the graph (protocol.md section 5) and the IR (section 11)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, TypeAlias

from mizan_core.engine.pure.constraints import (
    FORMATS,
    LENGTHS,
    PRIMITIVES,
    UPLOADS,
    constraints_of,
    read_constraints,
)
from mizan_core.engine.pure.reader import Reader, check_reference, check_unique

Shape: TypeAlias = dict[str, Any]
"""A checked shape or named type body, as plain data."""

_SHAPE_KINDS = ("primitive", "ref", "list", "map", "tuple", "optional", "enum", "union", "any", "null", "upload")
_BODY_KINDS = ("struct", "enum", "alias")


def read_shape(reader: Reader, types: Collection[str]) -> Shape:
    """The shape at *reader*; its references must be among *types*."""
    kind = _kind(reader, _SHAPE_KINDS)
    if kind == "primitive":
        return _read_primitive(reader)
    if kind == "ref":
        members = reader.record(("kind", "name"))
        return {"kind": kind, "name": check_reference(members["name"], types, "type")}
    if kind in ("list", "map"):
        return _read_container(reader, kind, "item" if kind == "list" else "value", types)
    if kind == "tuple":
        items = reader.record(("kind", "items"))["items"].items()
        return {"kind": kind, "items": [read_shape(item, types) for item in items]}
    if kind == "optional":
        return _read_wrapper(reader, kind, "item", types)
    if kind == "enum":
        return {"kind": kind, "values": _read_values(reader, reader.record(("kind", "values")))}
    if kind == "union":
        return _read_union(reader, types)
    if kind == "upload":
        return {"kind": kind, **read_constraints(reader.record(("kind",), UPLOADS), UPLOADS)}
    reader.record(("kind",))
    return {"kind": kind}


def read_body(reader: Reader, types: Collection[str]) -> Shape:
    """The body of a named type at *reader*."""
    kind = _kind(reader, _BODY_KINDS)
    if kind == "struct":
        return _read_struct(reader, types)
    if kind == "enum":
        return _read_named_enum(reader)
    return _read_wrapper(reader, kind, "shape", types)


def referenced_types(shape: Shape) -> Iterator[str]:
    """The names of the types that a shape or body refers to, in order."""
    kind = shape["kind"]
    if kind == "ref":
        yield shape["name"]
    elif kind == "struct":
        for field in shape["fields"]:
            yield from referenced_types(field["shape"])
    elif kind in ("tuple", "union"):
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
    members = dict(reader.members())
    if "name" not in members:
        raise ValueError(f'{reader.path}: "name" is missing')
    shape: Shape = {"kind": "primitive", "name": members["name"].one_of(PRIMITIVES)}
    formats = FORMATS.get(shape["name"], ())
    if formats and "format" in members:
        shape["format"] = members["format"].one_of(formats)
    allowed = constraints_of(shape)
    members = reader.record(("kind", "name"), (*allowed, "format") if formats else allowed)
    return {**shape, **read_constraints(members, allowed, shape.get("format"))}


def _read_container(reader: Reader, kind: str, member: str, types: Collection[str]) -> Shape:
    members = reader.record(("kind", member), LENGTHS)
    inner = read_shape(members[member], types)
    return {"kind": kind, member: inner, **read_constraints(members, LENGTHS)}


def _read_wrapper(reader: Reader, kind: str, member: str, types: Collection[str]) -> Shape:
    members = reader.record(("kind", member))
    return {"kind": kind, member: read_shape(members[member], types)}


def _read_values(reader: Reader, members: Mapping[str, Reader]) -> list[str | int]:
    values = members["values"].items()
    if not values:
        raise ValueError(f"{reader.path}: an enum has one value at least")
    return [read_literal(value) for value in values]


def read_literal(reader: Reader) -> str | int:
    """A string or an integer."""
    value = reader.value
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise reader.fail("a string or an integer")
    return value


def _read_named_enum(reader: Reader) -> Shape:
    members = reader.record(("kind", "values"), ("names",))
    values = _read_values(reader, members)
    if "names" not in members:
        return {"kind": "enum", "values": values}
    names = members["names"].items()
    if len(names) != len(values):
        raise ValueError(f"{members['names'].path}: an enum has one name for each value")
    texts = [name.optional_text() for name in names]
    named = {} if all(text is None for text in texts) else {"names": texts}
    return {"kind": "enum", "values": values, **named}


def _read_union(reader: Reader, types: Collection[str]) -> Shape:
    members = reader.record(("kind", "items"), ("discriminator",))
    items = members["items"].items()
    if len(items) < 2:
        raise ValueError(f"{reader.path}: a union has two shapes at least")
    union: Shape = {"kind": "union", "items": [read_shape(item, types) for item in items]}
    if "discriminator" in members:
        union["discriminator"] = members["discriminator"].text()
    return union


def _read_struct(reader: Reader, types: Collection[str]) -> Shape:
    fields = reader.record(("kind", "fields"))["fields"].items()
    checked = [_read_field(field, types) for field in fields]
    check_unique(
        [Reader(shape["name"], field.path / "name") for shape, field in zip(checked, fields, strict=True)], "field"
    )
    return {"kind": "struct", "fields": checked}


def _read_field(reader: Reader, types: Collection[str]) -> Shape:
    members = reader.record(("name", "required", "shape"), ("default", "description"))
    field: Shape = {"name": members["name"].text(), "required": members["required"].flag()}
    if "default" in members:
        field["default"] = read_scalar(members["default"])
    if "description" in members:
        field["description"] = members["description"].text()
    field["shape"] = read_shape(members["shape"], types)
    return field


def read_scalar(reader: Reader) -> Any:
    """A value that is neither a list nor an object."""
    if isinstance(reader.value, list | dict):
        raise reader.fail("a string, a number, true, false or null")
    return reader.value
