"""Shapes as JSON Schema, in the dialect of OpenAPI 3.1 (2020-12)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Schema = dict[str, Any]

_BOUNDS = {
    "min": "minimum",
    "exclusive_min": "exclusiveMinimum",
    "max": "maximum",
    "exclusive_max": "exclusiveMaximum",
    "multiple_of": "multipleOf",
}
_LENGTHS = {
    "string": ("minLength", "maxLength"),
    "array": ("minItems", "maxItems"),
    "object": ("minProperties", "maxProperties"),
}


def component(name: str) -> Schema:
    """A reference to a named type."""
    return {"$ref": f"#/components/schemas/{name}"}


def body_schema(body: Mapping[str, Any], description: str | None) -> Schema:
    """The schema of a named type's body (docs/engine-data.md)."""
    said = {} if description is None else {"description": description}
    if body["kind"] == "alias":
        return {**said, **shape_schema(body["shape"])}
    if body["kind"] == "enum":
        return {**said, "enum": list(body["values"])}
    fields = body["fields"]
    required = [field["name"] for field in fields if field["required"]]
    return {
        **said,
        "type": "object",
        **({"required": required} if required else {}),
        "properties": {field["name"]: _field_schema(field) for field in fields},
    }


def shape_schema(shape: Mapping[str, Any]) -> Schema:
    """The schema of a shape (docs/engine-data.md)."""
    kind = shape["kind"]
    if kind == "primitive":
        return _primitive(shape)
    if kind == "ref":
        return component(shape["name"])
    if kind == "list":
        return {"type": "array", "items": shape_schema(shape["item"]), **_lengths(shape, "array")}
    if kind == "map":
        return {"type": "object", "additionalProperties": shape_schema(shape["value"]), **_lengths(shape, "object")}
    if kind == "tuple":
        items = [shape_schema(item) for item in shape["items"]]
        return {"type": "array", "prefixItems": items, "items": False, "minItems": len(items)}
    if kind == "optional":
        return {"anyOf": [shape_schema(shape["item"]), {"type": "null"}]}
    if kind == "enum":
        return {"enum": list(shape["values"])}
    if kind == "union":
        discriminator = shape.get("discriminator")
        told = {} if discriminator is None else {"discriminator": {"propertyName": discriminator}}
        return {"anyOf": [shape_schema(item) for item in shape["items"]], **told}
    if kind == "upload":
        return {"type": "string", "contentMediaType": "application/octet-stream"}
    return {"type": "null"} if kind == "null" else {}


def _primitive(shape: Mapping[str, Any]) -> Schema:
    schema: Schema = {"type": shape["name"]}
    if "format" in shape:
        schema["format"] = shape["format"]
    if "pattern" in shape:
        schema["pattern"] = shape["pattern"]
    if shape.get("format") != "decimal":  # whose bounds are texts
        schema.update((word, shape[name]) for name, word in _BOUNDS.items() if name in shape)
    return schema | _lengths(shape, "string")


def _lengths(shape: Mapping[str, Any], kind: str) -> Schema:
    words = zip(("min_length", "max_length"), _LENGTHS[kind], strict=True)
    return {word: shape[name] for name, word in words if name in shape}


def _field_schema(field: Mapping[str, Any]) -> Schema:
    schema = shape_schema(field["shape"])
    said = {name: field[name] for name in ("default", "description") if name in field}
    return schema | said
