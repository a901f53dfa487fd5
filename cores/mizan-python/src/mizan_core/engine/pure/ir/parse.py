"""Reading the interface document (protocol.md section 11) into plain data (docs/engine-data.md).

Texts that ``emit_ir`` has written are read, and nothing else: whatever would be written otherwise is refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from mizan_core.engine.pure.constraints import CHECKS
from mizan_core.engine.pure.ir.emit import emit_ir

_WORD = re.compile(r'(?:([a-z][a-z0-9]*(?:-[a-z0-9]+)*)=)?("(?:[^"\\]|\\.)*"|[^\s"{}]+)')
_LINE = re.compile(r'( *)([a-z][a-z-]*|"null")((?: (?:[a-z][a-z0-9-]*=)?(?:"(?:[^"\\]|\\.)*"|[^\s"{}]+))*)( \{)?')
_ESCAPE = re.compile(r"\\(?:u\{([0-9a-f]{1,6})\}|.)")
_LIMITS = {
    *("format", "min", "exclusive-min", "max", "exclusive-max", "multiple-of", "min-length", "max-length"),
    *("pattern", "max-digits", "decimal-places"),
}
_KNOWN = {
    "ir": {"version"},
    "type": {"description"},
    "field": {"required", "default", "description"},
    "value": {"name"},
    "function": {"description", "idempotent"},
    "cache": {"ttl", "shared"},
    "affects": {"function"},
    "merge": {"slot", "mode", "key", "place"},
    "output": {"nullable"},
    "param": {"required"},
    "primitive": _LIMITS,
    "list": {"min-length", "max-length"},
    "map": {"min-length", "max-length"},
    "upload": {"max-bytes", "max-files"},
    "union": {"discriminator"},
    "error": {"status", "description"},
    "channel": {"description", "presence"},
    "form": {"description"},
    "many": {"min-forms", "max-forms"},
    "choice": {"label", "group"},
    "view": {"description"},
    "composition": {"description"},
}
"""The properties of each node; others may come with a later server."""

_LITERALS = {"#true": True, "#false": False, "#null": None}


class _Node(NamedTuple):
    """A node of a text."""

    name: str
    values: list[Any]
    properties: dict[str, Any]
    children: list[_Node]
    line: int

    def find(self, name: str) -> _Node | None:
        return next((child for child in self.children if child.name == name), None)

    def named(self, name: str) -> Iterator[_Node]:
        return (child for child in self.children if child.name == name)

    def value(self) -> Any:
        return self.values[0]

    def word(self, name: str) -> Any:
        """The word of the child of that name; None without it."""
        found = self.find(name)
        return None if found is None else found.value()

    def limits(self) -> dict[str, Any]:
        return {name.replace("-", "_"): value for name, value in self.properties.items()}


def parse_ir(text: str) -> dict[str, Any]:
    """The document that *text* says, as plain data.

    :raises ValueError: when it is not one as ``emit_ir`` writes it, with the line. Properties that are not known are
        ignored.
    """
    nodes, understood = _read(text)
    if not nodes or nodes[0].name != "ir" or nodes[0].properties.get("version") != 2:
        raise ValueError("line 1, column 1: expected the node ir version=2")
    try:
        document = _document(nodes[1:])
        canonical = emit_ir(document)
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        raise ValueError(f"line 1, column 1: this is no interface document: {error}") from error
    _check_canonical(understood, canonical)
    return document


def _check_canonical(text: str, canonical: str) -> None:
    if text == canonical:
        return
    lines, expected = text.split("\n"), canonical.split("\n")
    number = next(
        (index for index, pair in enumerate(zip(lines, expected, strict=False)) if pair[0] != pair[1]),
        min(len(lines), len(expected)) - 1,
    )
    raise ValueError(f"line {number + 1}, column 1: expected the line {expected[number].strip()!r}")


def _read(text: str) -> tuple[list[_Node], str]:
    """The nodes of a text, and the text without the properties that are not known."""
    top: list[_Node] = []
    levels, understood = [top], []
    if not text.endswith("\n"):
        raise ValueError(f"line {text.count(chr(10)) + 1}, column 1: expected a newline at the end")
    for number, line in enumerate(text[:-1].split("\n"), 1):
        if line.strip(" ") == "}" and len(levels) > 1:
            levels.pop()
            understood.append(line)
            continue
        found = _LINE.fullmatch(line)
        if found is None:
            raise ValueError(f"line {number}, column 1: expected a node with its words")
        indent, name, words, opens = found.groups()
        node, known = _node(name.strip('"'), words, number)
        levels[-1].append(node)
        understood.append(f"{indent}{name}{known}{opens or ''}")
        if opens:
            levels.append(node.children)
    if len(levels) > 1:
        raise ValueError(f'line {text.count(chr(10)) + 1}, column 1: expected "}}"')
    return top, "\n".join(understood) + "\n"


def _node(name: str, words: str, number: int) -> tuple[_Node, str]:
    node = _Node(name, [], {}, [], number)
    known = []
    for found in _WORD.finditer(words):
        word, written = found.groups()
        if word is None:
            node.values.append(_value(written, number))
        elif word in _KNOWN.get(name, ()):
            node.properties[word] = _value(written, number)
        else:
            continue
        known.append(" " + found.group())
    return node, "".join(known)


def _value(written: str, number: int) -> Any:
    if written in _LITERALS:
        return _LITERALS[written]
    try:
        return json.loads(_ESCAPE.sub(_as_json, written) if written.startswith('"') else written)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"line {number}, column 1: expected a value, not {written}") from error


def _as_json(escape: re.Match[str]) -> str:
    code = escape.group(1)
    return escape.group() if code is None else json.dumps(chr(int(code, 16)))[1:-1]


# What nodes say.


def _document(nodes: list[_Node]) -> dict[str, Any]:
    kinds: dict[str, Callable[[_Node], dict[str, Any]]] = {
        "type": _type,
        "function": _function,
        "context": _context,
        "channel": _channel,
        "form": _form,
        "view": _view,
        "composition": _composition,
    }
    document: dict[str, Any] = {f"{kind}s": [] for kind in kinds}
    for node in nodes:
        document[f"{node.name}s"].append(kinds[node.name](node))
    rare = [f"{kind}s" for kind in ("channel", "form", "view", "composition")]
    return {name: items for name, items in document.items() if items or name not in rare}


def _type(node: _Node) -> dict[str, Any]:
    return {"name": node.value(), **node.properties, "body": _body(node.children[0])}


def _body(node: _Node) -> dict[str, Any]:
    if node.name == "struct":
        return {"kind": "struct", "fields": [_field(child) for child in node.children]}
    if node.name == "alias":
        return {"kind": "alias", "shape": _shape(node.children[0])}
    names = [child.properties.get("name") for child in node.children]
    named = {"names": names} if any(name is not None for name in names) else {}
    return {"kind": node.name, "values": [child.value() for child in node.children], **named}


def _field(node: _Node) -> dict[str, Any]:
    return {"name": node.value(), **node.properties, "shape": _shape(node.children[0])}


def _shape(node: _Node) -> dict[str, Any]:
    kind, limits = node.name, node.limits()
    if kind in ("primitive", "ref"):
        return {"kind": kind, "name": node.value(), **limits}
    if kind in ("list", "optional"):
        return {"kind": kind, "item": _shape(node.children[0]), **limits}
    if kind == "map":
        return {"kind": kind, "value": _shape(node.children[0]), **limits}
    if kind in ("tuple", "union"):
        return {"kind": kind, "items": [_shape(child) for child in node.children], **limits}
    if kind == "enum":
        return {"kind": kind, "values": node.values}
    return {"kind": kind, **limits}


def _function(node: _Node) -> dict[str, Any]:
    cache, output = node.find("cache"), node.find("output")
    errors = [_error(child) for child in node.named("error")]
    return {
        "name": node.value(),
        "description": node.properties.get("description"),
        "idempotent": node.properties.get("idempotent", False),
        **{word: node.word(word) for word in ("camel", "transport", "auth", "context")},
        "cache": None if cache is None else {"ttl": None, **cache.properties},
        "affects": _effects(node),
        "merge": [{"context": child.value(), **child.properties} for child in node.named("merge")],
        **({"errors": errors} if errors else {}),
        "input": node.word("input"),
        "output": node.word("output"),
        "nullable": output is not None and output.properties["nullable"],
    }


def _error(node: _Node) -> dict[str, Any]:
    said = {"description": None, **node.properties}
    return {"code": node.value(), **said, "data": node.word("data")}


def _effects(node: _Node) -> list[dict[str, Any]]:
    return [{"context": child.value(), "function": None, **child.properties} for child in node.named("affects")]


def _context(node: _Node) -> dict[str, Any]:
    return {
        "name": node.value(),
        "functions": [child.value() for child in node.named("function")],
        "params": [_param(child) for child in node.named("param")],
    }


def _param(node: _Node) -> dict[str, Any]:
    shape, shared = node.children
    return {
        "name": node.value(),
        **node.properties,
        "shape": _shape(shape.children[0]),
        "shared_by": shared.values,
    }


def _channel(node: _Node) -> dict[str, Any]:
    words = ("camel", "auth", "params", "react-message", "server-message")
    own = {"description": None, "presence": False, **node.properties}
    return {"name": node.value(), **own, **{word.replace("-", "_"): node.word(word) for word in words}}


def _view(node: _Node) -> dict[str, Any]:
    return {
        "name": node.value(),
        "description": None,
        **node.properties,
        **{word: node.word(word) for word in ("camel", "path", "auth", "input")},
        "methods": [child.value() for child in node.named("method")],
        "affects": _effects(node),
    }


def _composition(node: _Node) -> dict[str, Any]:
    contexts = [child.value() for child in node.named("context")]
    return {"name": node.value(), "description": None, **node.properties, "contexts": contexts}


def _form(node: _Node) -> dict[str, Any]:
    many = node.find("many")
    return {
        "name": node.value(),
        "description": None,
        **node.properties,
        **{word.replace("-", "_"): node.word(word) for word in ("camel", "title", "submit-label")},
        "live_validation": node.find("live-validation") is not None,
        "many": None if many is None else {"min_forms": None, "max_forms": None, **many.limits()},
        "fields": [_form_field(child) for child in node.named("field")],
    }


def _form_field(node: _Node) -> dict[str, Any]:
    shape = node.find("shape")
    field: dict[str, Any] = {
        "name": node.value(),
        **node.properties,
        "shape": None if shape is None else _shape(shape.children[0]),
    }
    field |= {mark: True for mark in ("strip", "disabled") if node.find(mark) is not None}
    lists = {"patterns": "pattern", "extensions": "extension"}
    found = {plural: [child.value() for child in node.named(name)] for plural, name in lists.items()}
    field |= {plural: values for plural, values in found.items() if values}
    choices = [{"value": child.value(), **child.properties} for child in node.named("choice")]
    if choices:
        field["choices"] = choices
    words = (*(check.replace("_", "-") for check in CHECKS), "widget", "label", "help", "initial")
    return field | {word.replace("-", "_"): node.word(word) for word in words if node.find(word) is not None}
