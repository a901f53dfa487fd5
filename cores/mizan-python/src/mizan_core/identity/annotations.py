"""What an annotation allows: the choices that it leaves, each a class or a container of further annotations."""

from __future__ import annotations

import typing
from collections.abc import Iterator, Mapping, MutableMapping, MutableSequence, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

import typing_extensions
from pydantic import (
    AwareDatetime,
    EmailStr,
    FutureDate,
    FutureDatetime,
    JsonValue,
    NaiveDatetime,
    PastDate,
    PastDatetime,
)

_WRAPPERS = (
    Annotated,
    Final,
    typing_extensions.Required,
    typing_extensions.NotRequired,
    typing_extensions.ReadOnly,
)
_ALIASES = tuple({typing_extensions.TypeAliasType, getattr(typing, "TypeAliasType", typing_extensions.TypeAliasType)})
_ANYTHING: tuple[Any, ...] = (Any, object, JsonValue)
_JSON: tuple[Any, ...] = (NoneType, bool, int, float, str, list[Any], dict[str, Any])
"""What ``Any`` stands for here."""
_VALIDATED: Mapping[Any, type] = {
    AwareDatetime: datetime,
    NaiveDatetime: datetime,
    PastDatetime: datetime,
    FutureDatetime: datetime,
    PastDate: date,
    FutureDate: date,
    EmailStr: str,
}
"""Pydantic's names for checks, and the class of what passes them."""
_ABSTRACT: Mapping[Any, type] = {
    Sequence: list,
    MutableSequence: list,
    Mapping: dict,
    MutableMapping: dict,
    AbstractSet: set,
}
"""What pydantic makes of JSON where an abstract class is wanted."""


def choices(annotation: Any) -> Iterator[Any]:
    """The members of a union, aliases and what is written around types removed; of anything else itself."""
    origin = get_origin(annotation)
    if any(annotation is anything for anything in _ANYTHING):
        yield from _JSON
    elif origin in _WRAPPERS:
        yield from choices(get_args(annotation)[0])
    elif origin is Union or origin is UnionType:
        for member in get_args(annotation):
            yield from choices(member)
    elif origin is Literal:
        yield from map(type, get_args(annotation))
    elif isinstance(annotation, _ALIASES):
        yield from choices(annotation.__value__)
    elif isinstance(annotation, typing.NewType):
        yield from choices(annotation.__supertype__)
    else:
        yield NoneType if annotation is None else _validated(annotation)


def class_of(choice: Any) -> Any:
    """The class of the values that a choice allows; not a class when there is none that is known."""
    origin = get_origin(choice) or choice
    if typing_extensions.is_typeddict(origin):
        return dict
    return next((known for abstract, known in _ABSTRACT.items() if origin is abstract), origin)


def literals(annotation: Any) -> tuple[Any, ...]:
    """The values of a ``Literal``; none of anything else."""
    while get_origin(annotation) in _WRAPPERS:
        annotation = get_args(annotation)[0]
    return get_args(annotation) if get_origin(annotation) is Literal else ()


def _validated(annotation: Any) -> Any:
    return next((known for name, known in _VALIDATED.items() if annotation is name), annotation)
