"""URLs that functions have of their own: ``route=`` and ``methods=``.

``/p/<int:id>/<slug>/``: texts as they are, and places for parameters with a converter, which says what may stand there.
A bare place takes the converter of the parameter's annotation. All frameworks get the same of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Annotated, Any, NamedTuple, TypeAlias, Union, get_args, get_origin
from uuid import UUID

from mizan_core.names import check_parameter_name

CONVERTERS: Mapping[str, str] = {
    "int": "[0-9]+",
    "uuid": "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    "slug": "[-a-zA-Z0-9_]+",
    "str": "[^/]+",
    "path": ".+",
}
"""What may stand in a place, as regular expressions; the narrowest first."""
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
"""Methods that change nothing (RFC 9110 section 9.2.1)."""
_PLACE = re.compile(r"<(?:([^<>:]*):)?([^<>:]*)>")
_RANKS = {name: rank for rank, name in enumerate(CONVERTERS, start=1)}


class RouteParameter(NamedTuple):
    """Where a parameter stands; *converter* None for that of its annotation."""

    parameter: str
    converter: str | None


RoutePart: TypeAlias = "str | RouteParameter"


@lru_cache(1_024)
def parts_of(route: str) -> tuple[RoutePart, ...]:
    """The texts and places of a route.

    :raises ValueError: when it is none.
    """
    if not route.startswith("/"):
        raise ValueError(f"route={route!r} begins with a slash: '/orders/<int:id>/'")
    parts: list[RoutePart] = []
    end = 0
    for found in _PLACE.finditer(route):
        parts += [route[end : found.start()], _place(route, found)]
        end = found.end()
    parts.append(route[end:])
    wrong = next((mark for part in parts if isinstance(part, str) for mark in "<>{}?#\\ " if mark in part), None)
    if wrong is not None:
        raise ValueError(f"route={route!r}: {wrong!r} cannot stand there; a parameter is '<int:id>'")
    places = [part for part in parts if isinstance(part, RouteParameter)]
    if len({place.parameter for place in places}) < len(places):
        raise ValueError(f"route={route!r} has a place for one parameter twice")
    return tuple(part for part in parts if part)


def _place(route: str, found: re.Match[str]) -> RouteParameter:
    converter, name = found.groups()
    try:
        check_parameter_name(name)
    except ValueError:
        raise ValueError(f"route={route!r}: {found.group()!r} names no parameter; write '<id>' or '<int:id>'") from None
    if converter is not None and converter not in CONVERTERS:
        raise ValueError(f"route={route!r}: no converter is named {converter!r}; there are: {', '.join(CONVERTERS)}")
    return RouteParameter(name, converter)


def read_route(word: str, value: object) -> str | None:
    """``route=`` of the decorator.

    :raises TypeError, ValueError: naming the keyword, the value and what would be right.
    """
    if value is None:
        return None
    if not isinstance(value, str):
        raise TypeError(f"{word}= takes a path such as '/orders/<int:id>/', not {value!r}")
    parts_of(value)
    return value


def read_methods(word: str, value: object) -> tuple[str, ...]:
    """``methods=`` of the decorator; errors as ``read_route``."""
    if value is None:
        return ()
    if isinstance(value, str) or not isinstance(value, Sequence) or not value:
        raise TypeError(f"{word}= takes a list of methods such as ['GET'], not {value!r}")
    wrong = next((method for method in value if method not in METHODS), None)
    if wrong is not None:
        raise ValueError(f"{word}=: {wrong!r} is none of {', '.join(METHODS)}")
    return tuple(dict.fromkeys(value))


def converter_of(annotation: Any) -> str:
    """The converter of a place that says none."""
    if get_origin(annotation) is Annotated:
        return converter_of(get_args(annotation)[0])
    if get_origin(annotation) is Union or type(annotation).__name__ == "UnionType":
        kinds = {converter_of(option) for option in get_args(annotation) if option is not type(None)}
        return kinds.pop() if len(kinds) == 1 else "str"
    return {int: "int", UUID: "uuid"}.get(annotation, "str")


def settled(route: str, annotations: Mapping[str, Any]) -> tuple[RoutePart, ...]:
    """The parts of a route, every place with its converter."""
    return tuple(
        part._replace(converter=converter_of(annotations[part.parameter]))
        if isinstance(part, RouteParameter) and part.converter is None
        else part
        for part in parts_of(route)
    )


def rank(parts: Sequence[RoutePart]) -> list[tuple[int, str]]:
    """What routes are sorted by, so that one which says more is asked before one which would take it, too."""
    marked = "".join(part if isinstance(part, str) else f"<{_RANKS[str(part.converter)]}>" for part in parts)
    return [(max(map(int, re.findall("<([0-9])>", segment)), default=0), segment) for segment in marked.split("/")]
