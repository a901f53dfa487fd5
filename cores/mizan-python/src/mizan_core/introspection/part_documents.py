"""Errors, views, channels, forms and compositions as the interface document has them (docs/engine-data.md)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Any

from mizan_core.introspection.description import DescribedChannel, DescribedFunction, Description
from mizan_core.introspection.docs import docstring
from mizan_core.introspection.named_types import NamedTypes
from mizan_core.introspection.naming import camel_case, pascal_case
from mizan_core.introspection.parts import CompositionPart
from mizan_core.introspection.shapes import Body, Mode, Shape
from mizan_core.introspection.specification import auth_word
from mizan_core.introspection.types import TypeTable

_INNER = frozenset({"Params", "ReactMessage", "DjangoMessage", "ServerMessage"})
"""Names of classes inside a channel, which say nothing without its name."""
_MESSAGES = (("params", "Params"), ("react_message", "ReactMessage"), ("server_message", "ServerMessage"))


def error_documents(described: DescribedFunction, named_types: NamedTypes) -> list[dict[str, Any]]:
    """The errors that a function declares."""
    return [
        {
            "code": error.case.code,
            "description": docstring(error.case),
            "status": error.case.status,
            "data": None if error.data is None else named_types.shape(error.data, "output")["name"],
        }
        for error in described.errors
    ]


def channel_types(channel: DescribedChannel) -> Iterator[tuple[str, str, Shape, Mode]]:
    """What goes over a channel: the member, the name of its type, its shape, and which side sends it."""
    for member, suffix in _MESSAGES:
        shape = channel.shapes.get(member)
        if shape is not None:
            mode: Mode = "output" if member == "server_message" else "input"
            yield member, f"{pascal_case(channel.part.name)}{suffix}", shape, mode


def channel_roots(channel: DescribedChannel, types: TypeTable) -> Iterator[tuple[Shape, Mode]]:
    """The shapes and bodies that the types of a channel are made of."""
    for _, _, shape, mode in channel_types(channel):
        yield _inner_body(shape, mode, types) or shape, mode


def channel_bodies(channel: DescribedChannel, named_types: NamedTypes, types: TypeTable) -> dict[str, Body]:
    """The types of a channel by their names. What is defined inside it goes by the channel's name."""
    bodies: dict[str, Body] = {}
    for _, name, shape, mode in channel_types(channel):
        inner = _inner_body(shape, mode, types)
        bodies[name] = named_types.body({"kind": "alias", "shape": shape} if inner is None else inner, mode)
    return bodies


def channel_document(channel: DescribedChannel) -> dict[str, Any]:
    """A channel."""
    part = channel.part
    return {
        "name": part.name,
        "description": part.description,
        "presence": part.presence,
        "camel": camel_case(part.name),
        "auth": auth_word(part.auth),
        **{member: None for member, _ in _MESSAGES},
        **{member: name for member, name, _, _ in channel_types(channel)},
    }


def form_documents(description: Description, named_types: NamedTypes) -> list[dict[str, Any]]:
    """The forms, sorted by name."""
    return [
        {
            "name": form.part.name,
            "description": form.part.description,
            "camel": camel_case(form.part.name),
            "title": form.part.title,
            "submit_label": form.part.submit_label,
            "live_validation": form.part.live_validation,
            "many": None if form.part.many is None else {**form.part.many},
            "fields": [
                {
                    "name": field.name,
                    "required": field.required,
                    "shape": named_types.shape(shape, "input"),
                    **field.details,
                }
                for field, shape in zip(form.part.fields, form.shapes, strict=True)
            ],
        }
        for form in description.forms
    ]


def view_document(
    described: DescribedFunction, affects: list[dict[str, Any]], input_type: str | None
) -> dict[str, Any]:
    """A function with a path of its own."""
    declaration = described.function.declaration
    return {
        "name": described.name,
        "description": docstring(described.function.function),
        "camel": camel_case(described.name),
        "path": declaration.route,
        "methods": sorted(declaration.methods),
        "auth": auth_word(declaration.auth),
        "affects": affects,
        "input": input_type,
    }


def composition_documents(description: Description) -> list[dict[str, Any]]:
    """The combinations of contexts, sorted by name."""
    return [
        {"name": part.name, "description": part.description, "contexts": sorted(part.contexts)}
        for part in description.compositions
    ]


def part_problems(description: Description) -> Iterator[str]:
    """Parts whose names come out as one name for clients, or as none; and combinations of what cannot be combined."""
    yield from name_problems("composition", [part.name for part in description.compositions])
    for part in description.compositions:
        yield from _composition_problems(part, description)
    yield from name_problems("channel", [channel.part.name for channel in description.channels])
    yield from name_problems("form", [form.part.name for form in description.forms])


def _composition_problems(part: CompositionPart, description: Description) -> Iterator[str]:
    params: dict[str, dict[str, Shape]] = {}
    for described in filter(lambda function: function.is_public, description.functions):
        own = params.setdefault(described.function.declaration.context or "", {})
        own.update((param.name, param.shape) for param in described.params)
    known = sorted(params.keys() - {""})
    meant: dict[str, tuple[str, Shape]] = {}
    for context in part.contexts:
        if context not in known:
            near = get_close_matches(context, known, n=3, cutoff=0)
            yield f'composition "{part.name}": there is no context "{context}" for clients; the nearest: {near}'
        for name, shape in params.get(context, {}).items():
            other, first = meant.setdefault(name, (context, shape))
            if first != shape:
                yield f'composition "{part.name}": "{name}" of "{other}" is another than "{name}" of "{context}"'


def name_problems(kind: str, names: Iterable[str]) -> Iterator[str]:
    """Names that come out as one name for clients, or as none; *kind* is what they name."""
    groups: dict[str, list[str]] = {}
    for name in names:
        # Names that differ in their first letter's case are one name for types.
        groups.setdefault(pascal_case(name), []).append(name)
    for group in groups.values():
        camel = camel_case(group[0])
        if len(group) > 1:
            quoted = " and ".join(f'"{name}"' for name in group)
            yield f'{kind}s {quoted} are both "{camel}" for clients; rename all but one'
        if not camel.isidentifier():
            yield f'{kind} "{group[0]}" would be "{camel}" for clients, which is no identifier; rename it'


def _inner_body(shape: Shape, mode: Mode, types: TypeTable) -> Body | None:
    """The body of a class that is defined inside a channel."""
    if shape["kind"] != "ref":
        return None
    settled = types.settle(shape["name"], mode)
    if not isinstance(settled, str) or types[settled].label not in _INNER:
        return None
    return types[settled].bodies[mode]
