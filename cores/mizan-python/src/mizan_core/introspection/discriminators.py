"""The name on the wire of the field that tells the members of a union apart."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from types import NoneType
from typing import Annotated, Any, get_args, get_origin

from typing_extensions import is_typeddict

from mizan_core.introspection.shapes import Mode
from mizan_core.introspection.structs import pydantic_fields


def discriminating_name(union: Any, field: str, mode: Mode, names: Mapping[str, Any]) -> str | None:
    """What every member of *union* calls its *field* on the wire; None when they do not agree, or do not say."""
    found = {_wire_name(member, field, mode, names) for member in _members(union)}
    return found.pop() if len(found) == 1 else None


def _members(annotation: Any) -> Iterator[Any]:
    """The classes among the options of a union, those of unions inside too."""
    if isinstance(annotation, type) or not get_args(annotation):
        yield annotation
        return
    options = get_args(annotation)[:1] if get_origin(annotation) is Annotated else get_args(annotation)
    for option in options:
        if option is not NoneType:
            yield from _members(option)


def _wire_name(cls: Any, field: str, mode: Mode, names: Mapping[str, Any]) -> str | None:
    if hasattr(cls, "__pydantic_fields__"):
        own = dict(_wire_names(cls, mode, names))
        return own.get(field)
    is_plain = is_typeddict(cls) or dataclasses.is_dataclass(cls)
    return field if is_plain and field in cls.__annotations__ else None


def _wire_names(cls: Any, mode: Mode, names: Mapping[str, Any]) -> Iterator[tuple[str, str | None]]:
    for name, read in zip(cls.__pydantic_fields__, pydantic_fields(cls, names), strict=False):
        yield name, read.input_name if mode == "input" else read.output_name
