"""What authors say of their functions and types."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Iterable
from enum import Enum
from typing import Any, get_origin

from pydantic.fields import FieldInfo

_MADE_UP = {"An enumeration.", inspect.getdoc(Enum)}
"""What older versions of Python say of an enum that says nothing."""


def docstring(definition: Any) -> str | None:
    """What a function or class says of itself, up to a form feed; not what is inherited or made up for it."""
    plain = get_origin(definition) or definition
    generic = getattr(plain, "__pydantic_generic_metadata__", None)
    plain = (generic and generic["origin"]) or plain
    written = vars(plain).get("__doc__") if isinstance(plain, type) else getattr(plain, "__doc__", None)
    if not isinstance(written, str) or written in _MADE_UP or _is_made_up(plain, written):
        return None
    return shown(written)


def shown(written: str) -> str | None:
    """A text of an author's as clients see it: without its indentation, and up to a form feed."""
    return inspect.cleandoc(written).partition("\f")[0].strip() or None


def described(metadata: Iterable[Any], own: str | None = None) -> str | None:
    """What is said beside a type in ``Annotated``; the last word is that of the outermost."""
    said = [own, *map(_said, metadata)]
    texts = [text for text in said if isinstance(text, str)]
    return shown(texts[-1]) if texts else None


def _said(item: object) -> object:
    """What ``Field(description=...)`` or ``Doc(...)`` says."""
    return item.description if isinstance(item, FieldInfo) else getattr(item, "documentation", None)


def _is_made_up(plain: Any, written: str) -> bool:
    """Whether it is what dataclasses and named tuples write of themselves: their signature."""
    has_signature = dataclasses.is_dataclass(plain) or hasattr(plain, "_fields")
    return has_signature and written.startswith(f"{plain.__name__}(")
