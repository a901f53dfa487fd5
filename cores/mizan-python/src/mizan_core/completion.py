"""Work that no cancellation may cut off.

For a mutation and for its purge: a thread or a database that has been told to write goes on after whoever waits for it
has been cancelled, and what it writes would come after the purge; a purge that is cut off may not take place. So such
work has a task of its own. Most of it never waits for anything: then nobody waits for that task's turn either.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


async def to_the_end(coroutine: Coroutine[Any, Any, T]) -> T:
    """What *coroutine* gives. A cancellation meanwhile takes effect when it has finished."""
    work = begin(coroutine)
    return work.result() if work.done() else await end_of(work)


async def end_of(work: asyncio.Future[T]) -> T:
    """What *work* gives. A cancellation meanwhile takes effect when it has finished."""
    cancellation: asyncio.CancelledError | None = None
    while not work.done():
        try:
            await _news_of(work)
        except asyncio.CancelledError as error:
            cancellation = error
    if cancellation is None:
        return work.result()
    if not work.cancelled():
        work.exception()  # seen, though nobody is told
    raise cancellation


async def _news_of(work: asyncio.Future[Any]) -> None:
    """Wait until it is done, on a future of the caller's own: a cancellation leaves the work alone."""
    waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def wake(_: object) -> None:
        if not waiter.done():
            waiter.set_result(None)

    work.add_done_callback(wake)
    try:
        await waiter
    finally:
        work.remove_done_callback(wake)


if sys.version_info >= (3, 12):

    def begin(coroutine: Coroutine[Any, Any, T]) -> asyncio.Future[T]:
        """Run *coroutine* in a task of its own, on the running event loop: at once, up to where it first waits."""
        return asyncio.Task(coroutine, loop=asyncio.get_running_loop(), eager_start=True)

elif sys.version_info >= (3, 11):
    from mizan_core.eager import begin as begin  # noqa: PLC0414 - offered from here

else:

    def begin(coroutine: Coroutine[Any, Any, T]) -> asyncio.Future[T]:
        """Run *coroutine* in a task of its own, on the running event loop, from its next turn on."""
        return asyncio.ensure_future(coroutine)
