"""What a forked child has to begin anew: locks that a thread of the parent may hold, threads that are gone."""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable
from typing import Protocol


class Restartable(Protocol):
    """What must not go on in a forked child as it was in the parent."""

    def restart(self) -> None:
        """Begin anew; only the forking thread is there."""


def restart_after_fork(owner: Restartable) -> None:
    """Call ``owner.restart()`` in each child that is forked from now on, as long as somebody else knows *owner*."""
    reference = weakref.ref(owner)

    def restart() -> None:
        alive = reference()
        if alive is not None:
            alive.restart()

    # Where processes cannot be forked there is no such function.
    register: Callable[..., None] | None = getattr(os, "register_at_fork", None)
    if register is not None:
        register(after_in_child=restart)
