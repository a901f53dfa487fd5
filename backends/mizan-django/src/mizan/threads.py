"""Where sync code runs that an event loop calls, and async code that a thread calls: so that both have the thread that
holds the connections and their transactions.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from asgiref.sync import async_to_sync, sync_to_async

T = TypeVar("T")


async def run_in_thread(target: Callable[[], Any]) -> Any:
    """What *target* returns."""
    return await sync_to_async(target)()


def run_on_loop(work: Awaitable[T]) -> T:
    """What *work* gives. What it asks of the database, the calling thread does.

    :raises RuntimeError: where an event loop is running in this thread.
    """
    return async_to_sync(_awaited)(work)


async def _awaited(work: Awaitable[T]) -> T:
    return await work
