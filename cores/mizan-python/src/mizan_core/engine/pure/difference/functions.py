"""Differences between functions and contexts, and all of an interface."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mizan_core.engine.pure.difference.access import compare_access
from mizan_core.engine.pure.difference.alternatives import Types, paired_by_name
from mizan_core.engine.pure.difference.changes import Change, Changes
from mizan_core.engine.pure.difference.parts import (
    Part,
    compare_channel,
    compare_composition,
    compare_error,
    compare_form,
    compare_view,
)
from mizan_core.engine.pure.difference.shapes import Comparison
from mizan_core.engine.pure.ir.parse import parse_ir

_Compare = Callable[[Part, Part, Types, Types, Changes], None]


def ir_difference(old: str, new: str) -> list[Change]:
    """What is different between the texts of two interface documents: function by function, then contexts, channels,
    forms and views.

    :raises ValueError: when one is not an interface document, with the line.
    """
    before, after = parse_ir(old), parse_ir(new)
    types = _types(before), _types(after)
    for document in (before, after):
        document["contexts"] = [_demanding(context, document) for context in document["contexts"]]
    changes = Changes()
    for _, one, other in paired_by_name(before["functions"], after["functions"]):
        changes.subject = _subject(other or one or {})
        _compare(one, other, _compare_function, types, changes)
    kinds: tuple[tuple[str, str, _Compare], ...] = (
        ("context", "contexts", _compare_context),
        ("channel", "channels", compare_channel),
        ("form", "forms", compare_form),
        ("view", "views", compare_view),
    )
    for word, kind, compare in kinds:
        for name, one, other in paired_by_name(before.get(kind, ()), after.get(kind, ())):
            changes.subject = f"{word} {name}"
            _compare(one, other, compare, types, changes)
    for name, one, other in paired_by_name(before.get("compositions", ()), after.get("compositions", ())):
        changes.subject = f"composition {name}"
        compare_composition(one, other, changes)
    return changes.all


def _demanding(context: Part, document: Mapping[str, Any]) -> Part:
    """The context with a parameter required where a read without it fails: one of its functions requires it."""
    types = _types(document)
    inputs = [
        types.get(function["input"], {}).get("fields", ())
        for function in document["functions"]
        if function["name"] in context["functions"] and function["transport"] != "websocket"
    ]
    demanded = {field["name"] for fields in inputs for field in fields if field["required"]}
    params = [{**param, "required": param["required"] or param["name"] in demanded} for param in context["params"]]
    return {**context, "params": params}


def _types(document: Mapping[str, Any]) -> Types:
    return {item["name"]: item["body"] for item in document["types"]}


def _compare(
    before: Part | None, after: Part | None, compare: _Compare, types: tuple[Types, Types], changes: Changes
) -> None:
    if before is not None and after is not None:
        compare(before, after, *types, changes)
    elif before is not None:
        changes.say("removed", "breaking")
    else:
        changes.say("added", "compatible")


def _subject(function: Part) -> str:
    """A function of a context is read by its hook, any other is called."""
    camel = str(function["camel"])
    return camel if function["context"] is None else f"use{camel[:1].upper()}{camel[1:]}"


def _compare_function(before: Part, after: Part, old: Types, new: Types, changes: Changes) -> None:
    changes.called(before["camel"], after["camel"])
    if before["context"] != after["context"]:
        changes.changed("breaking", f"is in {_place(after)} now, not in {_place(before)}")
    if before["transport"] != after["transport"]:
        if after["transport"] == "both":
            changes.changed("compatible", "may be called another way, too, now")
        else:
            changes.changed("breaking", "is called another way now")
    compare_access(before["auth"], after["auth"], changes)
    if before["affects"] != after["affects"] or before["merge"] != after["merge"]:
        changes.changed("compatible", "changes other contexts now")
    comparison = Comparison(old, new, changes)
    comparison.arguments("argument", before["input"], after["input"])
    comparison.outputs((before["output"], before["nullable"]), (after["output"], after["nullable"]))
    for code, one, other in paired_by_name(before.get("errors", ()), after.get("errors", ()), "code"):
        compare_error(code, one, other, old, new, changes)


def _place(function: Part) -> str:
    return "no context" if function["context"] is None else f"the context {function['context']}"


def _compare_context(before: Part, after: Part, old: Types, new: Types, changes: Changes) -> None:
    for name, one, other in paired_by_name(before["params"], after["params"]):
        Comparison(old, new, changes).sent(f"parameter {name}", one, other)
