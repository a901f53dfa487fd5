"""Type variables: what they stand for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, Union, get_origin

from typing_extensions import NoDefault


def bindings(generic: Any, arguments: tuple[Any, ...]) -> dict[Any, Any]:
    """The values of *generic*'s type variables in ``generic[arguments]``."""
    if not arguments:  # a bare generic, and what is none: most
        return {}
    parameters = getattr(generic, "__type_params__", ()) or getattr(generic, "__parameters__", ())
    return dict(zip(parameters, arguments, strict=False))


def substitute(annotation: Any, values: Mapping[Any, Any]) -> Any:
    """*annotation* with the type variables among *values* replaced."""
    if isinstance(annotation, TypeVar):
        return values.get(annotation, annotation)
    parameters = getattr(annotation, "__parameters__", ())
    if not values or not parameters or not _is_open(annotation):
        return annotation
    return annotation[tuple(values.get(parameter, parameter) for parameter in parameters)]


def meaning(variable: TypeVar) -> Any:
    """What pydantic takes an unbound type variable for: its default, its constraints, its bound, or anything."""
    default = getattr(variable, "__default__", NoDefault)
    if default is not NoDefault:
        return default
    if variable.__constraints__:
        return Union[variable.__constraints__]  # noqa: UP007 - made at run time
    return Any if variable.__bound__ is None else variable.__bound__


def _is_open(annotation: Any) -> bool:
    """Whether type variables of *annotation* are those around it: a bare generic class has its own.

    Pydantic's models are taken as open, for ``Page[T]`` is ``Page`` where the two share ``T``.
    """
    is_bare = isinstance(annotation, type) and get_origin(annotation) is None
    return not is_bare or hasattr(annotation, "__pydantic_generic_metadata__")
