"""The nodes of the interface document, and how they are written (protocol.md section 11)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from mizan_core.engine.pure.canonical import Json, dump

_INDENT = "    "
_SHORT_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_ESCAPED = re.compile('[\\\\"\x00-\x1f\x7f\x85\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]')


@dataclass(frozen=True, slots=True)
class Node:
    """A KDL node; without children it has no braces."""

    name: str
    values: list[Json] = field(default_factory=list)
    properties: dict[str, Json] = field(default_factory=dict)
    children: list[Node] = field(default_factory=list)

    def find(self, name: str) -> Node | None:
        """The first child of that name."""
        return next((child for child in self.children if child.name == name), None)

    def write(self, lines: list[str], indent: str = "") -> None:
        words = [self.name, *map(_value, self.values)]
        words += [f"{name}={_value(value)}" for name, value in self.properties.items()]
        line = indent + " ".join(words)
        if not self.children:
            lines.append(line)
            return
        lines.append(line + " {")
        for child in self.children:
            child.write(lines, indent + _INDENT)
        lines.append(indent + "}")


def written(nodes: Iterable[Node]) -> str:
    """The text of a document of *nodes*."""
    lines: list[str] = []
    for node in nodes:
        node.write(lines)
    return "".join(line + "\n" for line in lines)


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
