"""Writing the interface document (protocol.md section 11)."""

from __future__ import annotations

from collections.abc import Mapping

from mizan_core.engine.pure.canonical import Json
from mizan_core.engine.pure.ir.nodes import Node, given, written
from mizan_core.engine.pure.ir.parts import (
    channel_node,
    composition_node,
    effect_nodes,
    error_node,
    form_node,
    part_types,
    view_node,
)
from mizan_core.engine.pure.ir.plain import Part, read_document
from mizan_core.engine.pure.ir.shapes import shape_node
from mizan_core.engine.pure.shape import Shape, referenced_types

_VERSION = 2


def emit_ir(document: Mapping[str, object]) -> str:
    """The text of an interface document.

    :param document: plain data (docs/engine-data.md).
    :raises TypeError, ValueError: when it is not such a document, with the place.
    """
    parts = read_document(document)
    reached = _reached_types(parts)
    types = {name: named for name, named in parts.pop("types").items() if name in reached}
    nodes = [Node("ir", (), (("version", _VERSION),))]
    for kind, named in ({"types": types} | parts).items():
        nodes += [_NODES[kind](name, named[name]) for name in sorted(named)]
    return written(nodes)


def _reached_types(parts: Mapping[str, dict[str, Part]]) -> set[str]:
    """The types that something emitted refers to, directly or through other types."""
    functions, contexts = parts["functions"].values(), parts["contexts"].values()
    waiting = [name for function in functions for name in (function["input"], function["output"]) if name is not None]
    for context in contexts:
        for param in context["params"].values():
            waiting.extend(referenced_types(param["shape"]))
    errors = [case for function in functions for case in function.get("errors", {}).values()]
    named = [part for kind in ("channels", "forms", "views") for part in parts[kind].values()]
    for part in (*errors, *named):
        waiting.extend(part_types(part))
    reached: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting.extend(referenced_types(parts["types"][name]["body"]))
    return reached


def _type(name: str, named: Part) -> Node:
    return Node("type", (name,), given(description=named.get("description")), [_body(named["body"])])


def _body(body: Shape) -> Node:
    kind = body["kind"]
    if kind == "struct":
        return Node(kind, children=[_field(field) for field in body["fields"]])
    if kind == "alias":
        return Node(kind, children=[shape_node(body["shape"])])
    names = body.get("names") or [None] * len(body["values"])
    values = zip(body["values"], names, strict=True)
    return Node(kind, children=[Node("value", (value,), given(name=name)) for value, name in values])


def _field(member: Shape) -> Node:
    properties: list[tuple[str, Json]] = [("required", member["required"])]
    if "default" in member:
        properties.append(("default", member["default"]))
    properties += given(description=member.get("description"))
    return Node("field", (member["name"],), tuple(properties), [shape_node(member["shape"])])


def _function(name: str, function: Part) -> Node:
    properties = given(description=function["description"], idempotent=function["idempotent"] or None)
    children = [Node("camel", (function["camel"],)), Node("transport", (function["transport"],))]
    children += [Node(word, (function[word],)) for word in ("auth", "context") if function[word] is not None]
    if function["cache"] is not None:
        children.append(Node("cache", (), given(**function["cache"])))
    children += effect_nodes(function["affects"])
    children += map(_merge, function["merge"])
    children += [error_node(code, case) for code, case in sorted(function.get("errors", {}).items())]
    if function["input"] is not None:
        children.append(Node("input", (function["input"],)))
    children.append(Node("output", (function["output"],), (("nullable", function["nullable"]),)))
    return Node("function", (name,), properties, children)


def _merge(merge: Part) -> Node:
    context, *properties = merge.items()
    return Node("merge", (context[1],), tuple(properties))


def _context(name: str, context: Part) -> Node:
    children = [Node("function", (name,)) for name in sorted(set(context["functions"]))]
    children += [_param(name, param) for name, param in sorted(context["params"].items())]
    return Node("context", (name,), (), children)


def _param(name: str, param: Part) -> Node:
    shared = Node("shared-by", tuple(sorted(set(param["shared_by"]))))
    shape = Node("shape", children=[shape_node(param["shape"])])
    return Node("param", (name,), (("required", param["required"]),), [shape, shared])


_NODES = {
    "types": _type,
    "functions": _function,
    "contexts": _context,
    "channels": channel_node,
    "forms": form_node,
    "views": view_node,
    "compositions": composition_node,
}
