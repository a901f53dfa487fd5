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
    assert kinds == sorted(kinds, key=("type", "function", "context", "channel", "form", "view", "composition").index)
    parts = {"channels": channel, "forms": form, "views": view, "compositions": composition}
    found = {kind: [read(node) for node in nodes if node.name == kind[:-1]] for kind, read in parts.items()}
    return comparable(
        {
            "types": [named_type(node) for node in nodes if node.name == "type"],
            "functions": [function(node) for node in nodes if node.name == "function"],
            "contexts": [context(node) for node in nodes if node.name == "context"],
            **{kind: items for kind, items in found.items() if items},
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
    order = ("camel", "transport", "auth", "context", "cache", "affects", "merge", "error", "input", "output")
    kinds = [child.name for child in node.children]
    assert kinds == sorted(kinds, key=order.index)
    assert all(kinds.count(word) <= 1 for word in order if word not in ("affects", "merge", "error"))
    for child in node.children:
        if child.name == "cache":
            found["cache"] = {"ttl": None, **child.properties}
        elif child.name not in ("affects", "merge", "error"):
            found[child.name] = argument(child)
    affects = [child for child in node.children if child.name == "affects"]
    errors = [error(child) for child in node.children if child.name == "error"]
    merges = [child for child in node.children if child.name == "merge"]
    (output,) = (child for child in node.children if child.name == "output")
    return {
        **own,
        **found,
        **({"errors": errors} if errors else {}),
        "affects": [effect(child) for child in affects],
        "merge": [{"context": argument(child), **child.properties} for child in merges],
        **properties(output, "nullable"),
    }


def effect(node: Node) -> dict[str, Any]:
    return {"context": argument(node), "function": node.properties.get("function")}


def error(node: Node) -> dict[str, Any]:
    assert node.properties.keys() <= {"status", "description"}
    data = words(node, "data")
    return {"code": argument(node), "description": None, **node.properties, **data}


def channel(node: Node) -> dict[str, Any]:
    assert node.properties.keys() <= {"description", "presence"}
    said = words(node, "camel", "auth", "params", "react-message", "server-message")
    return {"name": argument(node), "description": None, "presence": False, **node.properties, **said}


def view(node: Node) -> dict[str, Any]:
    assert node.properties.keys() <= {"description"}
    several = ("method", "affects")
    return {
        "name": argument(node),
        "description": None,
        **node.properties,
        **words(node, "camel", "path", "auth", "input", several=several),
        "methods": [argument(child) for child in node.children if child.name == "method"],
        "affects": [effect(child) for child in node.children if child.name == "affects"],
    }


def composition(node: Node) -> dict[str, Any]:
    assert node.properties.keys() <= {"description"}
    assert {child.name for child in node.children} == {"context"}
    return {"name": argument(node), "description": None, **node.properties, "contexts": [*map(argument, node.children)]}


def form(node: Node) -> dict[str, Any]:
    assert node.properties.keys() <= {"description"}
    marks = {child.name: child for child in node.children}
    several = ("live-validation", "many", "field")
    many = marks.get("many")
    bounds = None if many is None else {"min_forms": None, "max_forms": None, **limits(many)}
    return {
        "name": argument(node),
        "description": None,
        **node.properties,
        **words(node, "camel", "title", "submit-label", several=several),
        "live_validation": "live-validation" in marks,
        "many": bounds,
        "fields": [form_field(child) for child in node.children if child.name == "field"],
    }


def form_field(node: Node) -> dict[str, Any]:
    found: dict[str, Any] = {"name": argument(node), **properties(node, "required")}
    lists = {"pattern": "patterns", "extension": "extensions"}
    for child in node.children:
        name = child.name.replace("-", "_")
        if name == "shape":
            found[name] = shape(only(child))
        elif name in ("strip", "disabled"):
            assert not child.args
            found[name] = True
        elif name in lists:
            found.setdefault(lists[name], []).append(argument(child))
        elif name == "choice":
            found.setdefault("choices", []).append({"value": argument(child), **child.properties})
        else:
            found[name] = argument(child)
    return found


def words(node: Node, *names: str, several: tuple[str, ...] = ()) -> dict[str, Any]:
    """The words of children, each of which comes once; None where there is none."""
    found = [child for child in node.children if child.name not in several]
    order = [child.name for child in found]
    assert order == [name for name in names if name in order]
    said = {child.name: argument(child) for child in found}
    return {name.replace("-", "_"): said.get(name) for name in names}


def limits(node: Node) -> dict[str, Any]:
    return {name.replace("-", "_"): value for name, value in node.properties.items()}


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
    said = limits(node)
    if kind in ("primitive", "ref"):
        return {"kind": kind, "name": argument(node), **said}
    if kind in ("list", "optional"):
        return {"kind": kind, "item": shape(only(node)), **said}
    if kind == "map":
        return {"kind": kind, "value": shape(only(node)), **said}
    if kind in ("union", "tuple"):
        return {"kind": kind, "items": [shape(child) for child in node.children], **said}
    if kind == "enum":
        return {"kind": kind, "values": [*node.args]}
    assert kind in ("any", "null", "upload")
    assert not node.args
    return {"kind": kind, **said}


def argument(node: Node) -> Any:
    (value,) = node.args
    return value


def only(node: Node) -> Node:
    (child,) = node.children
    return child


def properties(node: Node, *names: str) -> dict[str, Any]:
    assert tuple(node.properties) == names
    return dict(node.properties)
