"""Running coroutines in ways of their own: at once in a thread, and to the end whatever becomes of who waits.

``complete_now`` is what lets one text serve threads and event loops: a coroutine whose every ``await`` is answered at
once runs without a loop.

``to_the_end`` is for a mutation and for its purge. A thread or a database that has been told to write goes on after
whoever waits for it has been cancelled, and what it writes would come after the purge; a purge that is cut off may not
take place. So such work has a task of its own. Most of it never waits for anything: then nobody waits for that task's
turn either.
"""

from __future__ import annotations

import asyncio
import sys
from asyncio import futures, tasks
from collections.abc import Coroutine
from contextvars import copy_context
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


async def to_the_end(coroutine: Coroutine[Any, Any, T]) -> T:
    """What *coroutine* gives. A cancellation meanwhile takes effect when it has finished."""
    work = begin(coroutine)
    return work.result() if work.done() else await end_of(work)


async def end_of(work: asyncio.Future[T]) -> T:
    """What *work* gives. A cancellation meanwhile takes effect when it has finished."""
    cancellation: asyncio.CancelledError | None = None
    while not work.done():
        try:
            await _until_done(work)
        except asyncio.CancelledError as error:
            cancellation = error
    if cancellation is None:
        return work.result()
    if not work.cancelled():
        work.exception()  # seen, though nobody is told
    raise cancellation


async def _until_done(work: asyncio.Future[Any]) -> None:
    """Wait on a future of the caller's own: a cancellation leaves the work alone."""
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
    # The task of 3.11 that is written in Python, with its first step taken at once. That reaches into it; but 3.11 gets
    # security fixes alone, so it stays as it is.

    def begin(coroutine: Coroutine[Any, Any, T]) -> asyncio.Future[T]:
        """Run *coroutine* in a task of its own, on the running event loop: at once, up to where it first waits."""
        loop = asyncio.get_running_loop()
        task = _EagerTask(coroutine, loop)
        waiting = asyncio.current_task(loop)
        if waiting is not None:
            tasks._leave_task(loop, waiting)
        try:
            task._context.run(task._Task__step)
        finally:
            if waiting is not None:
                tasks._enter_task(loop, waiting)
        if not task.done():
            tasks._register_task(task)
        outcome: asyncio.Future[T] = task
        return outcome

    class _EagerTask(tasks._PyTask):  # type: ignore[name-defined, misc]
        def __init__(self, coroutine: Coroutine[Any, Any, Any], loop: asyncio.AbstractEventLoop) -> None:
            """As the parent's, which would have the loop take the first step."""
            futures._PyFuture.__init__(self, loop=loop)  # type: ignore[attr-defined]
            self._name = "mizan"
            self._num_cancels_requested = 0
            self._must_cancel = False
            self._fut_waiter = None
            self._coro = coroutine
            self._context = copy_context()

else:

    def begin(coroutine: Coroutine[Any, Any, T]) -> asyncio.Future[T]:
        """Run *coroutine* in a task of its own, on the running event loop, from its next turn on."""
        return asyncio.ensure_future(coroutine)
