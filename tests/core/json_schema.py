"""Comparing shapes with pydantic's own JSON Schema, and JSON values with shapes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Json = Any
Shape = Mapping[str, Any]

_FORMATS = {"date-time", "date", "time", "duration", "uuid", "binary", "email", "uri"}


@dataclass
class Comparison:
    """Whether shapes say what JSON Schemas say; recursive types are equal until proven different."""

    types: Mapping[str, Shape]
    definitions: Mapping[str, Json]
    _assumed: set[tuple[str, str]] = field(default_factory=set)

    def differences(self, shape: Shape, schema: Json, path: str = "") -> list[str]:
        while "$ref" in schema:
            name = schema["$ref"].removeprefix("#/$defs/")
            if (repr(shape), name) in self._assumed:
                return []
            self._assumed.add((repr(shape), name))
            schema = self.definitions[name]
        found, expected = self._alternatives(shape), _alternatives(schema)
        if len(found) == len(expected) == 1:
            return self._single(found[0], expected[0], path)
        surplus = [item for item in found if all(self._apart(item, other, path) for other in expected)]
        missing = [other for other in expected if all(self._apart(item, other, path) for item in found)]
        return [f"{path}: {found} is not {expected}"] if surplus or missing else []

    def _apart(self, shape: Shape, schema: Json, path: str) -> bool:
        return bool(Comparison(self.types, self.definitions, set(self._assumed)).differences(shape, schema, path))

    def _resolved(self, shape: Shape) -> Shape:
        while shape["kind"] in ("ref", "alias"):
            shape = self.types[shape["name"]] if shape["kind"] == "ref" else shape["shape"]
        return shape

    def _alternatives(self, shape: Shape) -> list[Shape]:
        shape = self._resolved(shape)
        if shape["kind"] == "optional":
            return [*self._alternatives(shape["item"]), {"kind": "null"}]
        if shape["kind"] == "union":
            return [member for item in shape["items"] for member in self._alternatives(item)]
        return [shape]

    def _single(self, shape: Shape, schema: Json, path: str) -> list[str]:
        if "$ref" in schema:
            return self.differences(shape, schema, path)
        if shape["kind"] == "struct":
            return self._struct(shape, schema, path)
        if shape["kind"] == "list" and schema.get("type") == "array":
            return self.differences(shape["item"], schema.get("items", {}), f"{path}[]")
        if shape["kind"] == "tuple" and schema.get("type") == "array":
            return self._tuple(shape["items"], schema, path)
        if shape["kind"] == "map" and schema.get("type") == "object":
            values = schema.get("additionalProperties", {})
            return self.differences(shape["value"], {} if values is True else values, f"{path}.*")
        expected, shape = _scalar(schema), _kind_of(shape)
        return [] if shape == expected else [f"{path}: {shape} is not {expected} ({schema})"]

    def _struct(self, body: Shape, schema: Json, path: str) -> list[str]:
        properties, required = schema.get("properties", {}), set(schema.get("required", ()))
        fields = {member["name"]: member for member in body["fields"]}
        if list(fields) != list(properties):
            return [f"{path}: {list(fields)} is not {list(properties)}"]
        if {name for name, member in fields.items() if member["required"]} != required:
            return [f"{path}: required is not {required}"]
        return [
            difference
            for name, member in fields.items()
            for difference in self.differences(member["shape"], properties[name], f"{path}.{name}")
        ]

    def _tuple(self, items: list[Shape], schema: Json, path: str) -> list[str]:
        places = schema.get("prefixItems", [])
        if len(places) != len(items):
            return [f"{path}: {len(items)} items are not {len(places)}"]
        pairs = enumerate(zip(items, places, strict=True))
        return [what for index, pair in pairs for what in self.differences(*pair, f"{path}[{index}]")]


def conforms(value: Json, shape: Shape, types: Mapping[str, Shape]) -> bool:
    """Whether a JSON value is one of those that a shape allows."""
    kind = shape["kind"]
    if kind in ("ref", "alias", "optional"):
        inner = types[shape["name"]] if kind == "ref" else shape["shape" if kind == "alias" else "item"]
        return (kind == "optional" and value is None) or conforms(value, inner, types)
    if kind == "list":
        return isinstance(value, list) and all(conforms(item, shape["item"], types) for item in value)
    if kind == "tuple":
        is_list = isinstance(value, list) and len(value) == len(shape["items"])
        return is_list and all(conforms(item, inner, types) for item, inner in zip(value, shape["items"], strict=True))
    if kind == "map":
        return isinstance(value, dict) and all(conforms(item, shape["value"], types) for item in value.values())
    if kind == "union":
        return any(conforms(value, item, types) for item in shape["items"])
    if kind == "enum":
        return any(type(value) is type(word) and value == word for word in shape["values"])
    if kind == "struct":
        return isinstance(value, dict) and _conforms_to_fields(value, shape["fields"], types)
    if kind == "primitive":
        return _is_scalar(value, shape["name"])
    return kind == "any" or (kind == "null" and value is None)


def _conforms_to_fields(value: dict[str, Json], fields: list[Shape], types: Mapping[str, Shape]) -> bool:
    shapes = {member["name"]: member["shape"] for member in fields}
    required = {member["name"] for member in fields if member["required"]}
    return required <= value.keys() <= shapes.keys() and all(
        conforms(item, shapes[name], types) for name, item in value.items()
    )


def _is_scalar(value: Json, name: str) -> bool:
    kinds: dict[str, tuple[type, ...]] = {
        "string": (str,),
        "integer": (int,),
        "number": (int, float),
        "boolean": (bool,),
    }
    return type(value) in kinds[name]


def _alternatives(schema: Json) -> list[Json]:
    """The members of a union."""
    if "const" in schema and schema["const"] is None:
        return [{"type": "null"}]
    if None in schema.get("enum", ()):
        return [*_alternatives({"enum": [word for word in schema["enum"] if word is not None]}), {"type": "null"}]
    options = schema.get("anyOf") or schema.get("oneOf")
    if options is None:
        return [schema]
    return [member for option in options for member in _alternatives(option)]


def _kind_of(shape: Shape) -> Shape:
    """A shape as far as a JSON Schema tells: not how large an integer may be, nor what an enum's values are called."""
    left_out = {"integer": "format", "enum": "names"}.get(str(shape.get("name", shape["kind"])))
    return {name: value for name, value in shape.items() if name != left_out}


def _scalar(schema: Json) -> Json:
    words = schema.get("enum") or ([schema["const"]] if "const" in schema else None)
    if words is not None:
        return {"kind": "enum", "values": words}
    kind = schema.get("type")
    if kind is None:
        return {"kind": "any"}
    if kind == "null":
        return {"kind": "null"}
    shape = {"kind": "primitive", "name": kind}
    return {**shape, "format": schema["format"]} if schema.get("format") in _FORMATS else shape
