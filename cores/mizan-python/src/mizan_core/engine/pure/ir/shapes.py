"""The nodes that shapes are written as (protocol.md section 11)."""

from __future__ import annotations

from mizan_core.engine.pure.canonical import Json
from mizan_core.engine.pure.constraints import CONSTRAINTS, LENGTHS, UPLOADS
from mizan_core.engine.pure.ir.nodes import Node
from mizan_core.engine.pure.shape import Shape

NULL = '"null"'
"""The name of a node: the bare word is reserved in KDL v2."""
PROPERTIES = {
    "primitive": ("format", *(name for name in CONSTRAINTS if name not in UPLOADS)),
    "list": LENGTHS,
    "map": LENGTHS,
    "upload": UPLOADS,
    "union": ("discriminator",),
}
"""What a shape may have beside its kind, in the order that it is written in."""
_INNER = {"list": "item", "optional": "item", "map": "value"}


def shape_node(shape: Shape) -> Node:
    """The node of a checked shape."""
    kind = shape["kind"]
    properties: dict[str, Json] = {
        name.replace("_", "-"): shape[name] for name in PROPERTIES.get(kind, ()) if name in shape
    }
    if kind in ("primitive", "ref"):
        return Node(kind, [shape["name"]], properties)
    if kind == "enum":
        return Node(kind, list(shape["values"]))
    if kind in ("tuple", "union"):
        return Node(kind, [], properties, [shape_node(item) for item in shape["items"]])
    inner = [shape_node(shape[_INNER[kind]])] if kind in _INNER else []
    return Node(NULL if kind == "null" else kind, [], properties, inner)


def read_shape_node(node: Node) -> Shape:
    """The shape that a node is written for."""
    kind = node.name
    limits = {name.replace("-", "_"): value for name, value in node.properties.items()}
    if kind in ("primitive", "ref"):
        return {"kind": kind, "name": node.values[0], **limits}
    if kind == "enum":
        return {"kind": kind, "values": node.values}
    if kind in ("tuple", "union"):
        return {"kind": kind, "items": [read_shape_node(child) for child in node.children], **limits}
    inner = {_INNER[kind]: read_shape_node(node.children[0])} if kind in _INNER else {}
    return {"kind": kind, **inner, **limits}
