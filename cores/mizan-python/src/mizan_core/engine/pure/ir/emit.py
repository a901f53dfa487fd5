"""Writing the interface document (protocol.md section 11)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mizan_core.engine.pure.ir.layout import LAYOUTS
from mizan_core.engine.pure.ir.nodes import Node, written
from mizan_core.engine.pure.ir.plain import MESSAGES, Part, read_document
from mizan_core.engine.pure.shape import referenced_types

VERSION = 2


def emit_ir(document: Mapping[str, object]) -> str:
    """The text of an interface document.

    :param document: plain data (docs/engine-data.md).
    :raises TypeError, ValueError: when it is not such a document, with the place.
    """
    parts = read_document(document)
    reached = _reached_types(parts)
    parts["types"] = {name: named for name, named in parts["types"].items() if name in reached}
    nodes = [Node("ir", properties={"version": VERSION})]
    for kind, layout in LAYOUTS.items():
        nodes += [layout.write(kind, {"name": name, **part}) for name, part in sorted(parts[f"{kind}s"].items())]
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
        waiting.extend(_part_types(part))
    reached: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting.extend(referenced_types(parts["types"][name]["body"]))
    return reached


def _part_types(part: Mapping[str, Any]) -> Iterator[str]:
    """The types that an error, a view, a form or a channel names."""
    for member in ("data", "input", *MESSAGES):
        name = part.get(member)
        if name is not None:
            yield name
    for field in part.get("fields", ()):
        yield from referenced_types(field["shape"])
