"""How a build is broken on purpose."""

from __future__ import annotations

from typing import Any


def replace(owner: object, name: str, value: Any) -> None:
    """Give *owner*, a class or a module, another *name* for as long as the process lives.

    :raises AttributeError: when it has none: a fault in what nobody uses any more would show nothing.
    """
    getattr(owner, name)
    setattr(owner, name, value)
