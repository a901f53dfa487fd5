"""Coroutines that never wait: one text serves threads and event loops."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def complete_now(coroutine: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine whose every ``await`` is answered at once.

    :raises RuntimeError: when one is not.
    """
    try:
        coroutine.send(None)
    except StopIteration as stop:
        result: T = stop.value
        return result
    coroutine.close()
    raise RuntimeError("what runs in a thread must not wait for an event loop")
