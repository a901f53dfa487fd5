"""What a value is, by the type that stores it: ``isinstance`` believes an object that claims another class."""

from __future__ import annotations

from typing import TypeGuard, TypeVar

T = TypeVar("T")


def is_a(value: object, kind: type[T]) -> TypeGuard[T]:
    """Whether *value*'s own type is *kind* or derives from it."""
    return issubclass(type(value), kind)
