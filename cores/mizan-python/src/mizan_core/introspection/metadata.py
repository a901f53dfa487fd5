"""What stands beside a type in ``Annotated`` and changes its form on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Json, PlainSerializer, TypeAdapter, WithJsonSchema, WrapSerializer
from pydantic.errors import PydanticUserError
from pydantic_core import PydanticUndefined

from mizan_core.introspection.limits import fitted
from mizan_core.introspection.shapes import ANY, FORMATS, INT64, NULL, Mode, Shape, primitive
from mizan_core.introspection.structs import Serialized, serialized_as

_SCHEMA_MODES: dict[Mode, Literal["validation", "serialization"]] = {"input": "validation", "output": "serialization"}
_PRIMITIVES = frozenset({"string", "integer", "number", "boolean"})
_INTEGER_BOUNDS = {
    "minimum": "min",
    "exclusiveMinimum": "exclusive_min",
    "maximum": "max",
    "exclusiveMaximum": "exclusive_max",
}
_REFUSALS = (PydanticUserError, NameError, TypeError, ValueError)


def wire_form(item: Any, mode: Mode, names: Mapping[str, Any]) -> Shape | Serialized | None:
    """What *item* makes of the type it stands beside: a shape, or another type; None when it changes nothing."""
    if isinstance(item, WithJsonSchema) and item.mode in (None, _SCHEMA_MODES[mode]):
        return json_schema_shape(item.json_schema)
    if mode == "output":
        if isinstance(item, (PlainSerializer, WrapSerializer)):
            return serialized_as(item.func, item.return_type, item.when_used, names)
        return None
    if item is Json or type(item) is Json:
        return primitive("string")
    accepted = getattr(item, "json_schema_input_type", PydanticUndefined)
    return None if accepted in (PydanticUndefined, Any) else Serialized(accepted, keeps_none=False)


def pydantic_shape(annotation: Any, mode: Mode) -> Shape:
    """The shape of a type that only pydantic understands: a scalar where its JSON Schema says so, else anything."""
    try:
        return json_schema_shape(TypeAdapter(annotation).json_schema(mode=_SCHEMA_MODES[mode]))
    except _REFUSALS:
        # Whether the type can be used at all is for ClientFunction.prepare to say.
        return ANY


def json_schema_shape(schema: Mapping[str, Any] | None) -> Shape:
    """The scalar that a JSON Schema describes, else anything."""
    name = (schema or {}).get("type")
    if name == "null":
        return NULL
    if not isinstance(name, str) or name not in _PRIMITIVES:
        return ANY
    schema = schema or {}
    wire_format = schema.get("format")
    if name == "string":
        return primitive(name, wire_format if wire_format in FORMATS else None)
    if name == "integer":
        bounds = {bound: schema[word] for word, bound in _INTEGER_BOUNDS.items() if isinstance(schema.get(word), int)}
        return fitted({**primitive(name, INT64), **bounds})
    return primitive(name)
