"""Short ways to what the core makes of annotations and functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mizan_core.client import ClientFunction
from mizan_core.introspection.description import describe
from mizan_core.introspection.document import document_of
from mizan_core.introspection.named_types import NamedTypes
from mizan_core.introspection.reading import ShapeReader, View
from mizan_core.introspection.shapes import Body, Mode, Shape
from mizan_core.introspection.specification import specification_of
from mizan_core.registry import Registry

AnyFunction = ClientFunction[..., Any]

INTEGER = {"kind": "primitive", "name": "integer", "format": "int64"}
"""Any ``int``."""
NUMBER = {"kind": "primitive", "name": "number"}
BOOLEAN = {"kind": "primitive", "name": "boolean"}
STRING = {"kind": "primitive", "name": "string"}
ANY = {"kind": "any"}
NULL = {"kind": "null"}


def text(wire_format: str) -> Shape:
    return {**STRING, "format": wire_format}


def ref(name: str) -> Shape:
    return {"kind": "ref", "name": name}


def list_of(item: Shape) -> Shape:
    return {"kind": "list", "item": item}


def map_of(value: Shape) -> Shape:
    return {"kind": "map", "value": value}


def tuple_of(*items: Shape) -> Shape:
    return {"kind": "tuple", "items": list(items)}


def optional(item: Shape) -> Shape:
    return {"kind": "optional", "item": item}


def words(*values: str | int) -> Shape:
    return {"kind": "enum", "values": list(values)}


def union(*items: Shape) -> Shape:
    return {"kind": "union", "items": list(items)}


def alias(shape: Shape) -> Body:
    return {"kind": "alias", "shape": shape}


def struct(**fields: Shape) -> Body:
    """A struct of required fields."""
    return {"kind": "struct", "fields": [field(name, shape) for name, shape in fields.items()]}


def field(name: str, shape: Shape, **default: Any) -> dict[str, Any]:
    """A field; with ``default=...`` an optional one."""
    return {"name": name, "required": not default, **default, "shape": shape}


def read(annotation: Any, mode: Mode = "input", **names: Any) -> tuple[Shape, dict[str, Body]]:
    """The shape of an annotation and the types that it refers to, named."""
    reader = ShapeReader()
    shape = reader.read(annotation, View(mode, names))
    assert reader.problems == []
    named_types = NamedTypes(reader.types, [(shape, mode)], {})
    assert named_types.problems == []
    return named_types.shape(shape, mode), named_types.types()


def both(annotation: Any, **names: Any) -> tuple[Shape, dict[str, Body]]:
    """As ``read``, for an annotation that is the same on both sides."""
    as_input, as_output = read(annotation, "input", **names), read(annotation, "output", **names)
    assert as_input == as_output
    return as_input


def registry_of(*functions: AnyFunction, **named: AnyFunction) -> Registry:
    registry = Registry()
    for function in functions:
        registry.register(function)
    for name, function in named.items():
        registry.register(function, name)
    return registry


def specification(registry: Registry) -> dict[str, Any]:
    """What the graph is compiled from."""
    return specification_of(describe(registry.get_all_functions()))


def document(*functions: AnyFunction, **named: AnyFunction) -> dict[str, Any]:
    """The interface document, its parts by name."""
    plain = document_of(describe(registry_of(*functions, **named).get_all_functions()))
    return {
        "types": {member["name"]: member["body"] for member in plain["types"]},
        "functions": {member["name"]: member for member in plain["functions"]},
        "contexts": {member["name"]: member for member in plain["contexts"]},
    }


def refusal(action: Callable[[], object], kind: type[Exception]) -> str:
    """The message with which *action* is refused; fails when it is not, or with another class."""
    with pytest.raises(kind) as caught:
        action()
    assert type(caught.value) is kind
    return str(caught.value)
