"""The identity of a parameter's values."""

from __future__ import annotations

from collections.abc import Mapping
from types import NoneType
from typing import Any

from mizan_core.engine import ENGINE
from mizan_core.identity.positions import Compiler, Position
from mizan_core.identity.scalars import Json, NoIdentity

__all__ = ("Identity", "NoIdentity", "identity_of")

_THEMSELVES = (NoneType, bool, int, str)


class Identity:
    """What tells the values of one parameter apart.

    :ivar themselves: the classes whose instances are their own identity; of ``str`` those in ASCII.
    :ivar narrows: whether equal values always have one identity, so that a purge may be narrowed to one.
    """

    __slots__ = ("_position", "narrows", "themselves")

    def __init__(self, position: Position) -> None:
        self._position = position
        self.themselves = frozenset(cls for cls in _THEMSELVES if cls in position.readers)
        self.narrows = position.is_exact

    def of(self, value: Any) -> Json:
        """The identity of a validated value.

        :raises NoIdentity: when it has none.
        """
        try:
            identity = self._position.read(value)
            # As deep as it stands in what is hashed.
            ENGINE.canonical_json([[identity]])
        except Exception:  # noqa: BLE001 - a zone or a descriptor is user code: it may raise anything
            raise NoIdentity from None
        return identity


def identity_of(annotation: Any, names: Mapping[str, Any]) -> Identity:
    """The identity of values that *annotation* validates.

    :param names: the types in the scopes around the function, which dataclasses may name.
    """
    return Identity(Compiler(names).position([annotation]))
