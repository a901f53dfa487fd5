"""The nodes that shapes are written as (protocol.md section 11)."""

from __future__ import annotations

from mizan_core.engine.pure.constraints import CONSTRAINTS
from mizan_core.engine.pure.ir.nodes import Node, Properties, given
from mizan_core.engine.pure.shape import Shape


def shape_node(shape: Shape) -> Node:
    """The node of a checked shape."""
    kind = shape["kind"]
    if kind == "primitive":
        properties = (*given(format=shape.get("format")), *_constraints(shape))
        return Node(kind, (shape["name"],), properties)
    if kind == "ref":
        return Node(kind, (shape["name"],))
    if kind == "enum":
        return Node(kind, tuple(shape["values"]))
    if kind in ("tuple", "union"):
        properties = given(discriminator=shape.get("discriminator"))
        return Node(kind, (), properties, [shape_node(item) for item in shape["items"]])
    if kind == "null":
        return Node('"null"')  # the bare word is reserved in KDL v2
    inner = shape.get("item") or shape.get("value")
    return Node(kind, (), _constraints(shape), [shape_node(inner)] if inner else [])


def _constraints(shape: Shape) -> Properties:
    return tuple((name.replace("_", "-"), shape[name]) for name in CONSTRAINTS if name in shape)
