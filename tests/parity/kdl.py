"""Reading an interface document with ckdl, a KDL reader of other hands."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import ckdl

Node = Any


def read(text: str) -> Any:
    """The document in *text*, in ``comparable`` form; an ``AssertionError`` where it is not such a document."""
    version, *nodes = ckdl.parse(text, version=2).nodes
    assert (version.name, version.args, version.properties, version.children) == ("ir", [], {"version": 2}, [])
    kinds = [node.name for node in nodes]
    assert kinds == sorted(kinds, key=("type", "function", "context").index)
    return comparable(
        {
            "types": [named_type(node) for node in nodes if node.name == "type"],
            "functions": [function(node) for node in nodes if node.name == "function"],
            "contexts": [context(node) for node in nodes if node.name == "context"],
        }
    )


def named_type(node: Node) -> dict[str, Any]:
    assert node.properties.keys() <= {"description"}
    return {"name": argument(node), **node.properties, "body": body(only(node))}


@dataclass(frozen=True, eq=False)
class Nearly:
    """A float that equals those beside it."""

    number: float

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Nearly) and math.isclose(self.number, other.number, rel_tol=1e-13)

    def __hash__(self) -> int:
        return 0


def comparable(value: Any) -> Any:
    """A form that tells types apart, floats aside, which ckdl reads only nearly right."""
    if isinstance(value, dict):
        return {name: comparable(item) for name, item in value.items()}
    if isinstance(value, list):
        return [comparable(item) for item in value]
    return Nearly(value) if isinstance(value, float) else (type(value), value)


def function(node: Node) -> dict[str, Any]:
    found: dict[str, Any] = {"name": argument(node), "auth": None, "context": None, "input": None, "cache": None}
    assert node.properties.keys() <= {"description", "idempotent"}
    own = {"description": None, "idempotent": False, **node.properties}
    order = ("camel", "transport", "auth", "context", "cache", "affects", "merge", "input", "output")
    words = [child.name for child in node.children]
    assert words == sorted(words, key=order.index)
    assert all(words.count(word) <= 1 for word in order if word not in ("affects", "merge"))
    for child in node.children:
        if child.name == "cache":
            found["cache"] = {"ttl": None, **child.properties}
        elif child.name not in ("affects", "merge"):
            found[child.name] = argument(child)
    affects = [child for child in node.children if child.name == "affects"]
    merges = [child for child in node.children if child.name == "merge"]
    (output,) = (child for child in node.children if child.name == "output")
    return {
        **own,
        **found,
        "affects": [{"context": argument(child), "function": child.properties.get("function")} for child in affects],
        "merge": [{"context": argument(child), **child.properties} for child in merges],
        **properties(output, "nullable"),
    }


def context(node: Node) -> dict[str, Any]:
    functions = [argument(child) for child in node.children if child.name == "function"]
    params = node.children[len(functions) :]
    return {"name": argument(node), "functions": functions, "params": [param(child) for child in params]}


def param(node: Node) -> dict[str, Any]:
    assert node.name == "param"
    wrapper, shared = node.children
    assert (wrapper.name, shared.name) == ("shape", "shared-by")
    return {
        "name": argument(node),
        **properties(node, "required"),
        "shape": shape(only(wrapper)),
        "shared_by": [*shared.args],
    }


def body(node: Node) -> dict[str, Any]:
    if node.name == "struct":
        return {"kind": "struct", "fields": [field(child) for child in node.children]}
    if node.name == "alias":
        return {"kind": "alias", "shape": shape(only(node))}
    assert node.name == "enum"
    names = [child.properties.get("name") for child in node.children]
    named = {"names": names} if any(name is not None for name in names) else {}
    return {"kind": "enum", "values": [argument(child) for child in node.children], **named}


def field(node: Node) -> dict[str, Any]:
    assert node.name == "field"
    return {"name": argument(node), **node.properties, "shape": shape(only(node))}


def shape(node: Node) -> dict[str, Any]:
    kind = node.name
    limits = {name.replace("-", "_"): value for name, value in node.properties.items()}
    if kind in ("primitive", "ref"):
        return {"kind": kind, "name": argument(node), **limits}
    if kind in ("list", "optional"):
        return {"kind": kind, "item": shape(only(node)), **limits}
    if kind == "map":
        return {"kind": kind, "value": shape(only(node)), **limits}
    if kind in ("union", "tuple"):
        return {"kind": kind, "items": [shape(child) for child in node.children], **limits}
    if kind == "enum":
        return {"kind": kind, "values": [*node.args]}
    assert kind in ("any", "null", "upload")
    assert not node.args
    return {"kind": kind}


def argument(node: Node) -> Any:
    (value,) = node.args
    return value


def only(node: Node) -> Node:
    (child,) = node.children
    return child


def properties(node: Node, *names: str) -> dict[str, Any]:
    assert tuple(node.properties) == names
    return dict(node.properties)
