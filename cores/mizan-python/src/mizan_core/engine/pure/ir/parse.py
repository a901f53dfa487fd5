"""Reading the interface document (protocol.md section 11) into plain data (docs/engine-data.md).

Texts that ``emit_ir`` has written are read, and nothing else: whatever would be written otherwise is refused.
"""

from __future__ import annotations

import json
import re
from typing import Any

from mizan_core.engine.pure.ir.emit import VERSION, emit_ir
from mizan_core.engine.pure.ir.layout import LAYOUTS, known_properties
from mizan_core.engine.pure.ir.nodes import Node
from mizan_core.engine.pure.ir.shapes import PROPERTIES

_WORD = re.compile(r'(?:([a-z][a-z0-9]*(?:-[a-z0-9]+)*)=)?("(?:[^"\\]|\\.)*"|[^\s"{}]+)')
_LINE = re.compile(r'( *)([a-z][a-z-]*|"null")((?: (?:[a-z][a-z0-9-]*=)?(?:"(?:[^"\\]|\\.)*"|[^\s"{}]+))*)( \{)?')
_ESCAPE = re.compile(r"\\(?:u\{([0-9a-f]{1,6})\}|.)")
_KNOWN = {kind: {name.replace("_", "-") for name in names} for kind, names in PROPERTIES.items()}
_KNOWN |= {"ir": {"version"}, **known_properties()}
"""The properties of each node; others may come with a later server."""
_ALWAYS = ("types", "functions", "contexts")
"""What a document has even where there is none of them."""
_LITERALS = {"#true": True, "#false": False, "#null": None}


def parse_ir(text: str) -> dict[str, Any]:
    """The document that *text* says, as plain data.

    :raises ValueError: when it is not one as ``emit_ir`` writes it, with the line. Properties that are not known are
        ignored.
    """
    nodes, understood = _read(text)
    if not nodes or nodes[0].name != "ir" or nodes[0].properties.get("version") != VERSION:
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


def _read(text: str) -> tuple[list[Node], str]:
    """The nodes of a text, and the text without the properties that are not known."""
    top: list[Node] = []
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


def _node(name: str, words: str, number: int) -> tuple[Node, str]:
    node = Node(name)
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


def _document(nodes: list[Node]) -> dict[str, Any]:
    document: dict[str, Any] = {f"{kind}s": [] for kind in LAYOUTS}
    for node in nodes:
        document[f"{node.name}s"].append(LAYOUTS[node.name].read(node))
    return {name: parts for name, parts in document.items() if parts or name in _ALWAYS}
