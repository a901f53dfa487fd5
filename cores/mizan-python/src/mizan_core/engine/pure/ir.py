"""Writing the interface document (protocol.md section 11)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from mizan_core.engine.pure.canonical import Json
from mizan_core.engine.pure.constraints import read_count
from mizan_core.engine.pure.nodes import Node, given, written
from mizan_core.engine.pure.parts import (
    Part,
    channel_node,
    composition_node,
    effect_nodes,
    error_node,
    form_node,
    part_types,
    read_auth,
    read_channels,
    read_compositions,
    read_effects,
    read_errors,
    read_forms,
    read_type_name,
    read_views,
    view_node,
)
from mizan_core.engine.pure.reader import Reader, check_reference, check_unique
from mizan_core.engine.pure.shape import (
    ENDLESS_ALIAS,
    Shape,
    endless_alias,
    read_body,
    read_shape,
    referenced_types,
)
from mizan_core.engine.pure.shape_nodes import shape_node

_VERSION = 2
_TRANSPORTS = ("http", "websocket", "both")
_MODES = ("replace", "upsert", "refetch")
_PLACES = ("append", "prepend", "refetch")
_FUNCTION_MEMBERS = (
    "name",
    "description",
    "idempotent",
    "camel",
    "transport",
    "auth",
    "context",
    "cache",
    "affects",
    "merge",
    "input",
    "output",
    "nullable",
)


class _Merge(NamedTuple):
    """A slot that takes a function's result. The key and the place are those of an upsert."""

    context: str
    slot: str
    mode: str
    key: str | None
    place: str | None


class _Type(NamedTuple):
    """A named type."""

    description: str | None
    body: Shape


def emit_ir(document: Mapping[str, object]) -> str:
    """The text of an interface document.

    :param document: plain data (docs/engine-data.md).
    :raises TypeError, ValueError: when it is not such a document, with the place.
    """
    rare = ("channels", "forms", "views", "compositions")
    members = Reader.of(document, "document").record(("types", "functions", "contexts"), rare)
    types = _read_types(members["types"])
    functions = _read_functions(members["functions"], types)
    contexts = _read_contexts(members["contexts"], types, functions)
    channels = read_channels(members.get("channels"), types)
    forms = read_forms(members.get("forms"), types)
    views = read_views(members.get("views"), types)
    compositions = read_compositions(members.get("compositions"), contexts)
    parts = [*channels.values(), *forms.values(), *views.values()]
    reached = _reached_types(types, functions, contexts, parts)
    nodes = [Node("ir", (), (("version", _VERSION),))]
    nodes += [_type(name, types[name]) for name in sorted(reached)]
    nodes += [_function(functions[name]) for name in sorted(functions)]
    nodes += [_context(contexts[name]) for name in sorted(contexts)]
    nodes += [channel_node(name, channels[name]) for name in sorted(channels)]
    nodes += [form_node(name, forms[name]) for name in sorted(forms)]
    nodes += [view_node(name, views[name]) for name in sorted(views)]
    nodes += [composition_node(name, compositions[name]) for name in sorted(compositions)]
    return written(nodes)


# Reading.


def _read_types(reader: Reader) -> dict[str, _Type]:
    records = [item.record(("name", "body"), ("description",)) for item in reader.items()]
    names = check_unique([record["name"] for record in records], "type")
    known = set(names)
    types = {name: _read_type(record, known) for name, record in zip(names, records, strict=True)}
    endless = endless_alias({name: named.body for name, named in types.items()})
    if endless is not None:
        raise ValueError(f"{records[names.index(endless)]['body'].path}: {ENDLESS_ALIAS}")
    return types


def _read_type(record: dict[str, Reader], known: Collection[str]) -> _Type:
    description = record["description"].text() if "description" in record else None
    return _Type(description, read_body(record["body"], known))


def _read_functions(reader: Reader, types: Collection[str]) -> dict[str, dict[str, Any]]:
    records = [item.record(_FUNCTION_MEMBERS, ("errors",)) for item in reader.items()]
    names = check_unique([record["name"] for record in records], "function")
    return {name: _read_function(record, types) for name, record in zip(names, records, strict=True)}


def _read_function(record: dict[str, Reader], types: Collection[str]) -> dict[str, Any]:
    cache = record["cache"]
    return {
        "name": record["name"].text(),
        "description": record["description"].optional_text(),
        "idempotent": record["idempotent"].flag(),
        "camel": record["camel"].text(),
        "transport": record["transport"].one_of(_TRANSPORTS),
        "auth": read_auth(record["auth"]),
        "context": record["context"].optional_text(),
        "cache": None if cache.value is None else _read_cache(cache),
        "affects": read_effects(record["affects"]),
        "merge": _read_merges(record["merge"]),
        "errors": read_errors(record.get("errors"), types),
        "input": read_type_name(record["input"], types),
        "output": check_reference(record["output"], types, "type"),
        "nullable": record["nullable"].flag(),
    }


def _read_cache(reader: Reader) -> dict[str, Json]:
    record = reader.record(("ttl", "shared"))
    ttl = None if record["ttl"].value is None else read_count(record["ttl"])
    return {"ttl": ttl, "shared": record["shared"].flag()}


def _read_merges(reader: Reader) -> list[_Merge]:
    merges = _distinct(map(_read_merge, reader.items()))
    if len({(merge.context, merge.slot) for merge in merges}) < len(merges):
        raise ValueError(f"{reader.path}: a slot takes a result in one way")
    return merges


def _read_merge(reader: Reader) -> _Merge:
    members = dict(reader.members())
    if "mode" not in members:
        raise ValueError(f'{reader.path}: "mode" is missing')
    mode = members["mode"].one_of(_MODES)
    is_upsert = mode == "upsert"
    record = reader.record(("context", "slot", "mode", *(("key", "place") if is_upsert else ())))
    return _Merge(
        record["context"].text(),
        record["slot"].text(),
        mode,
        record["key"].text() if is_upsert else None,
        record["place"].one_of(_PLACES) if is_upsert else None,
    )


def _read_contexts(reader: Reader, types: Collection[str], functions: Collection[str]) -> dict[str, dict[str, Any]]:
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


def _read_params(reader: Reader, types: Collection[str], functions: Collection[str]) -> dict[str, dict[str, Any]]:
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
    types: Mapping[str, _Type],
    functions: Mapping[str, dict[str, Any]],
    contexts: Mapping[str, dict[str, Any]],
    parts: Iterable[Part],
) -> set[str]:
    """The types that something emitted refers to, directly or through other types."""
    waiting = [
        name for function in functions.values() for name in (function["input"], function["output"]) if name is not None
    ]
    for context in contexts.values():
        for param in context["params"].values():
            waiting.extend(referenced_types(param["shape"]))
    errors = [case for function in functions.values() for case in function["errors"].values()]
    for part in (*errors, *parts):
        waiting.extend(part_types(part))
    reached: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting.extend(referenced_types(types[name].body))
    return reached


# Nodes.


def _type(name: str, named: _Type) -> Node:
    return Node("type", (name,), given(description=named.description), [_body(named.body)])


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


def _function(function: dict[str, Any]) -> Node:
    properties = given(description=function["description"], idempotent=function["idempotent"] or None)
    children = [Node("camel", (function["camel"],)), Node("transport", (function["transport"],))]
    children += [Node(word, (function[word],)) for word in ("auth", "context") if function[word] is not None]
    if function["cache"] is not None:
        children.append(Node("cache", (), given(**function["cache"])))
    children += effect_nodes(function["affects"])
    children += map(_merge, function["merge"])
    children += [error_node(code, case) for code, case in sorted(function["errors"].items())]
    if function["input"] is not None:
        children.append(Node("input", (function["input"],)))
    children.append(Node("output", (function["output"],), (("nullable", function["nullable"]),)))
    return Node("function", (function["name"],), properties, children)


def _merge(merge: _Merge) -> Node:
    context, *properties = merge._asdict().items()
    return Node("merge", (context[1],), given(**dict(properties)))


def _context(context: dict[str, Any]) -> Node:
    children = [Node("function", (name,)) for name in sorted(set(context["functions"]))]
    children += [_param(name, param) for name, param in sorted(context["params"].items())]
    return Node("context", (context["name"],), (), children)


def _param(name: str, param: dict[str, Any]) -> Node:
    shared = Node("shared-by", tuple(sorted(set(param["shared_by"]))))
    shape = Node("shape", children=[shape_node(param["shape"])])
    return Node("param", (name,), (("required", param["required"]),), [shape, shared])
