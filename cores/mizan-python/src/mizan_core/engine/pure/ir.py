"""Writing the interface document (protocol.md section 11)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mizan_core.engine.pure.canonical import Json, dump
from mizan_core.engine.pure.reader import Reader, check_reference, check_unique
from mizan_core.engine.pure.shape import (
    ENDLESS_ALIAS,
    Shape,
    endless_alias,
    read_body,
    read_shape,
    referenced_types,
)

_INDENT = "    "
_TRANSPORTS = ("http", "websocket")
_AUTH_WORDS = ("required", "staff", "superuser", "custom")
_FUNCTION_MEMBERS = (
    "name",
    "camel",
    "transport",
    "auth",
    "context",
    "affects",
    "merge",
    "input",
    "output",
    "nullable",
)
_SHORT_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_ESCAPED = re.compile('[\\\\"\x00-\x1f\x7f\x85\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]')


@dataclass(frozen=True, slots=True)
class Node:
    """A KDL node; without children it has no braces."""

    name: str
    values: tuple[Json, ...] = ()
    properties: tuple[tuple[str, Json], ...] = ()
    children: list[Node] = field(default_factory=list)

    def write(self, lines: list[str], indent: str = "") -> None:
        words = [self.name, *map(_value, self.values)]
        words += [f"{name}={_value(value)}" for name, value in self.properties]
        line = indent + " ".join(words)
        if not self.children:
            lines.append(line)
            return
        lines.append(line + " {")
        for child in self.children:
            child.write(lines, indent + _INDENT)
        lines.append(indent + "}")


def emit_ir(document: Mapping[str, object]) -> str:
    """The text of an interface document.

    :param document: plain data (docs/engine-data.md).
    :raises TypeError, ValueError: when it is not such a document, with the place.
    """
    members = Reader.of(document, "document").record(("types", "functions", "contexts"))
    types = _read_types(members["types"])
    functions = _read_functions(members["functions"], types)
    contexts = _read_contexts(members["contexts"], types, functions)
    reached = _reached_types(types, functions, contexts)
    nodes = [Node("type", (name,), (), [_body(types[name])]) for name in sorted(reached)]
    nodes += [_function(functions[name]) for name in sorted(functions)]
    nodes += [_context(contexts[name]) for name in sorted(contexts)]
    return _write(nodes)


def _write(nodes: list[Node]) -> str:
    lines: list[str] = []
    for node in nodes:
        node.write(lines)
    return "".join(line + "\n" for line in lines)


# Reading.


def _read_types(reader: Reader) -> dict[str, Shape]:
    records = [item.record(("name", "body")) for item in reader.items()]
    names = check_unique([record["name"] for record in records], "type")
    known = set(names)
    bodies = {name: record["body"] for name, record in zip(names, records, strict=True)}
    types = {name: read_body(body, known) for name, body in bodies.items()}
    endless = endless_alias(types)
    if endless is not None:
        raise ValueError(f"{bodies[endless].path}: {ENDLESS_ALIAS}")
    return types


def _read_functions(reader: Reader, types: Mapping[str, Shape]) -> dict[str, dict[str, Any]]:
    records = [item.record(_FUNCTION_MEMBERS) for item in reader.items()]
    names = check_unique([record["name"] for record in records], "function")
    return {name: _read_function(record, types) for name, record in zip(names, records, strict=True)}


def _read_function(record: dict[str, Reader], types: Mapping[str, Shape]) -> dict[str, Any]:
    auth, input_type = record["auth"], record["input"]
    return {
        "name": record["name"].text(),
        "camel": record["camel"].text(),
        "transport": record["transport"].one_of(_TRANSPORTS),
        "auth": None if auth.value is None else auth.one_of(_AUTH_WORDS),
        "context": record["context"].optional_text(),
        "affects": _distinct(map(_read_effect, record["affects"].items())),
        "merge": _distinct(map(_read_merge, record["merge"].items())),
        "input": None if input_type.value is None else check_reference(input_type, types, "type"),
        "output": check_reference(record["output"], types, "type"),
        "nullable": record["nullable"].flag(),
    }


def _read_effect(reader: Reader) -> tuple[str, str | None]:
    record = reader.record(("context", "function"))
    return record["context"].text(), record["function"].optional_text()


def _read_merge(reader: Reader) -> tuple[str, str]:
    record = reader.record(("context", "slot"))
    return record["context"].text(), record["slot"].text()


def _read_contexts(
    reader: Reader, types: Mapping[str, Shape], functions: Mapping[str, object]
) -> dict[str, dict[str, Any]]:
    records = [item.record(("name", "functions", "params")) for item in reader.items()]
    names = check_unique([record["name"] for record in records], "context")
    return {
        name: {
            "name": name,
            "functions": [check_reference(item, functions, "function") for item in record["functions"].items()],
            "params": _read_params(record["params"], types, functions),
        }
        for name, record in zip(names, records, strict=True)
    }


def _read_params(
    reader: Reader, types: Mapping[str, Shape], functions: Mapping[str, object]
) -> dict[str, dict[str, Any]]:
    records = [item.record(("name", "required", "shape", "shared_by")) for item in reader.items()]
    names = check_unique([record["name"] for record in records], "parameter")
    return {
        name: {
            "required": record["required"].flag(),
            "shape": read_shape(record["shape"], types),
            "shared_by": [check_reference(item, functions, "function") for item in record["shared_by"].items()],
        }
        for name, record in zip(names, records, strict=True)
    }


def _distinct(items: Iterable[Any]) -> list[Any]:
    return list(dict.fromkeys(items))


def _reached_types(
    types: Mapping[str, Shape], functions: Mapping[str, dict[str, Any]], contexts: Mapping[str, dict[str, Any]]
) -> set[str]:
    """The types that something emitted refers to, directly or through other types."""
    waiting = [
        name for function in functions.values() for name in (function["input"], function["output"]) if name is not None
    ]
    for context in contexts.values():
        for param in context["params"].values():
            waiting.extend(referenced_types(param["shape"]))
    reached: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting.extend(referenced_types(types[name]))
    return reached


# Nodes.


def _body(body: Shape) -> Node:
    kind = body["kind"]
    if kind == "struct":
        return Node(kind, children=[_field(field) for field in body["fields"]])
    if kind == "alias":
        return Node(kind, children=[_shape(body["shape"])])
    return _shape(body)


def _field(member: Shape) -> Node:
    properties: list[tuple[str, Json]] = [("required", member["required"])]
    if "default" in member:
        properties.append(("default", member["default"]))
    return Node("field", (member["name"],), tuple(properties), [_shape(member["shape"])])


def _shape(shape: Shape) -> Node:
    kind = shape["kind"]
    if kind == "primitive":
        return Node(kind, (shape["name"],), (("format", shape["format"]),) if "format" in shape else ())
    if kind == "ref":
        return Node(kind, (shape["name"],))
    if kind == "enum":
        return Node(kind, tuple(shape["values"]))
    if kind == "union":
        return Node(kind, children=[_shape(item) for item in shape["items"]])
    if kind == "null":
        return Node('"null"')  # the bare word is reserved in KDL v2
    inner = shape.get("item") or shape.get("value")
    return Node(kind, children=[_shape(inner)] if inner else [])


def _function(function: dict[str, Any]) -> Node:
    children = [Node("camel", (function["camel"],)), Node("transport", (function["transport"],))]
    children += [Node(word, (function[word],)) for word in ("auth", "context") if function[word] is not None]
    for context, name in function["affects"]:
        children.append(Node("affects", (context,), () if name is None else (("function", name),)))
    children += [Node("merge", (context,), (("slot", slot),)) for context, slot in function["merge"]]
    if function["input"] is not None:
        children.append(Node("input", (function["input"],)))
    children.append(Node("output", (function["output"],), (("nullable", function["nullable"]),)))
    return Node("function", (function["name"],), (), children)


def _context(context: dict[str, Any]) -> Node:
    children = [Node("function", (name,)) for name in sorted(set(context["functions"]))]
    children += [_param(name, param) for name, param in sorted(context["params"].items())]
    return Node("context", (context["name"],), (), children)


def _param(name: str, param: dict[str, Any]) -> Node:
    shared = Node("shared-by", tuple(sorted(set(param["shared_by"]))))
    shape = Node("shape", children=[_shape(param["shape"])])
    return Node("param", (name,), (("required", param["required"]),), [shape, shared])


# Values.


def _value(value: Json) -> str:
    if value is None:
        return "#null"
    if isinstance(value, bool):
        return "#true" if value else "#false"
    if isinstance(value, str):
        return f'"{_ESCAPED.sub(_escape, value)}"'
    return dump(value)


def _escape(match: re.Match[str]) -> str:
    character = match.group()
    return _SHORT_ESCAPES.get(character) or f"\\u{{{ord(character):x}}}"
