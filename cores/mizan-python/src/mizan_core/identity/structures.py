"""Which classes of models, dataclasses and enums are nothing but their fields or members."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Mapping
from enum import Enum, Flag
from typing import Any

from pydantic import BaseModel, RootModel

from mizan_core.client.annotations import class_hints

_MODEL_EQUALITY = (BaseModel.__eq__, RootModel.__eq__)
_ENUM_EQUALITY = (object.__eq__, str.__eq__, int.__eq__, float.__eq__)
_GENERATED = "<string>"
"""The file of the code that ``dataclasses`` writes."""


def is_plain_enum(cls: Any) -> bool:
    """Whether members of *cls* are told apart by their values alone."""
    return (
        isinstance(cls, type) and issubclass(cls, Enum) and not issubclass(cls, Flag) and cls.__eq__ in _ENUM_EQUALITY
    )


def fields_of(cls: Any, names: Mapping[str, Any]) -> dict[str, Any] | None:
    """The annotation of each field, when the fields are all that makes instances of *cls* equal; else None.

    :param names: the types in the scopes around the function whose annotation names *cls*.
    """
    if not isinstance(cls, type):
        return None
    if issubclass(cls, BaseModel):
        return _model_fields(cls)
    return _dataclass_fields(cls, names) if dataclasses.is_dataclass(cls) else None


def allows_extra(cls: type) -> bool:
    """Whether instances may hold values beside the fields, as pydantic keeps them."""
    return issubclass(cls, BaseModel) and cls.model_config.get("extra") == "allow"


def content_of(value: Any, fields: Mapping[str, Any]) -> dict[str, Any] | None:
    """The values of the fields; None when one is missing, or the instance holds more than its fields."""
    held = getattr(value, "__dict__", None)
    if held is None or not held:
        held = {name: getattr(value, name) for name in fields if hasattr(value, name)}
    return held if held.keys() == fields.keys() else None


def _model_fields(cls: type[BaseModel]) -> dict[str, Any] | None:
    slots = any(vars(base).get("__slots__") for base in cls.__mro__ if base is not BaseModel and base is not object)
    if cls.__eq__ not in _MODEL_EQUALITY or cls.__private_attributes__ or slots or not cls.__pydantic_complete__:
        return None
    return {name: field.annotation for name, field in cls.model_fields.items()}


def _dataclass_fields(cls: type, names: Mapping[str, Any]) -> dict[str, Any] | None:
    fields = dataclasses.fields(cls)
    own = {field.name for field in fields}
    is_own = "__dataclass_fields__" in vars(cls) and _has_generated_equality(cls)
    if not is_own or not all(field.compare for field in fields) or _slots(cls) - own:
        return None
    try:
        # What makes an instance and is no field is InitVar, or an __init__ of its own.
        if not own.issuperset(inspect.signature(cls).parameters):
            return None
        hints = class_hints(cls, names)
    except Exception:  # noqa: BLE001 - an annotation in a string is code: it may raise anything
        return None
    return {name: hints[name] for name in own} if own <= hints.keys() else None


def _has_generated_equality(cls: type) -> bool:
    code = getattr(cls.__eq__, "__code__", None)
    return code is not None and code.co_filename == _GENERATED


def _slots(cls: type) -> set[str]:
    found: set[str] = set()
    for base in cls.__mro__:
        slots = vars(base).get("__slots__", ())
        found |= {slots} if isinstance(slots, str) else set(slots)
    return found - {"__dict__", "__weakref__"}
