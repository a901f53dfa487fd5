"""Combinations of contexts: clients get one provider for all of them (docs/clients.md)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from mizan_core.client import Context
from mizan_core.introspection.docs import docstring
from mizan_core.introspection.parts import CompositionPart

if TYPE_CHECKING:
    from mizan_core.registry import Registry

__all__ = ("compose",)

K = TypeVar("K", bound="type[object]")
_FEWEST = 2


def compose(*contexts: str | Context) -> Callable[[K], K]:
    """Give a combination of contexts a name: clients get one provider for all of them.

    The class says the name, and in its docstring what it is for; nothing else of it is looked at::

        @compose("shop", UserContext)
        class Checkout:
            \"\"\"What is around a customer who pays.\"\"\"

    ``mizan_clients`` finds it; elsewhere ``register(Checkout)``. A parameter of one name is one for all the contexts.

    :raises TypeError: when it stands above anything but a class, or *contexts* are no names.
    :raises ValueError: for fewer than two contexts, or a name that cannot be a context's.
    """
    names = tuple(dict.fromkeys(_name(context) for context in contexts))
    if len(names) < _FEWEST:
        raise ValueError(f"compose(...) takes two contexts at least, not {len(names)}: each has a provider of its own")

    def decorate(named: K) -> K:
        if not isinstance(named, type):
            raise TypeError(f"@compose(...) stands above a class, which names the combination, not {named!r}")
        part = CompositionPart(named.__name__, names, docstring(named))

        def describe() -> CompositionPart:
            return part

        def register(registry: Registry) -> None:
            registry.declare(describe)

        named.__mizan_register__ = staticmethod(register)  # type: ignore[attr-defined]
        return named

    return decorate


def _name(context: object) -> str:
    if isinstance(context, Context):
        return context.name
    if isinstance(context, str):
        return Context(context).name
    raise TypeError(f"compose(...) takes names of contexts or Context(...), not {context!r}")
