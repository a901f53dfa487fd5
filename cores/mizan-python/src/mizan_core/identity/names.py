"""Names for how the values of parameters are told apart: equal where the same values have the same identities."""

from __future__ import annotations

from collections.abc import Mapping
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

from mizan_core.identity.parameters import identity_of
from mizan_core.identity.scalars import SCALARS


class IdentityNames:
    """Gives the names. A class of its own right has its own; any other annotation is named after the first parameter
    that has it, so that a name is the same in every process of one version of the application.
    """

    def __init__(self) -> None:
        self._known: dict[str, list[tuple[tuple[Any, ...], str | None]]] = {}

    def name(self, function: str, parameter: str, annotation: Any, names: Mapping[str, Any]) -> str | None:
        """The name for a parameter; None when equal values of it need not have one identity.

        :param names: the types in the scopes around the function, which dataclasses may name.
        """
        if isinstance(annotation, type) and annotation in SCALARS and annotation is not NoneType:
            return annotation.__name__
        members = tuple(member for member in _alternatives(annotation) if member is not NoneType and member is not None)
        if len(members) == 1 and isinstance(members[0], type) and members[0] in SCALARS:
            return members[0].__name__
        known = self._known.setdefault(parameter, [])
        for others, name in known:
            if len(members) == len(others) and all(member in others for member in members):
                return name
        found = f"{function}.{parameter}" if identity_of(annotation, names).narrows else None
        known.append((members, found))
        return found


def _alternatives(annotation: Any) -> tuple[Any, ...]:
    """The members of a union; anything else is its own only member."""
    return get_args(annotation) if get_origin(annotation) in (Union, UnionType) else (annotation,)
