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
import time
from asyncio import futures, tasks
from collections.abc import Callable, Coroutine, Sequence
from contextvars import copy_context
from typing import Any, TypeVar

T = TypeVar("T")
MOST_SIDE_BY_SIDE = 8
"""Works of one request that an event loop does at a time."""


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
    try:
        return work.result() if work.done() else await end_of(work)
    finally:
        del work  # its exception holds this frame


def one_by_one(works: Sequence[Callable[[], Coroutine[Any, Any, T]]], seconds: float | None = None) -> list[T | None]:
    """What *works* give, as by ``complete_now``; none begins later than *seconds* from now, and gives None."""
    end = None if seconds is None else time.monotonic() + seconds
    return [None if end is not None and time.monotonic() >= end else complete_now(work()) for work in works]


async def side_by_side(
    works: Sequence[Callable[[], Coroutine[Any, Any, T]]], seconds: float | None = None
) -> list[T | None]:
    """What *works* give, ``MOST_SIDE_BY_SIDE`` of them at a time; those that have not ended after *seconds* are
    cancelled, and give None.
    """
    turns = asyncio.Semaphore(MOST_SIDE_BY_SIDE)

    async def run(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        async with turns:
            return await work()

    tasks = [asyncio.ensure_future(run(work)) for work in works]
    try:
        await asyncio.wait(tasks, timeout=seconds)
        return [task.result() if task.done() else None for task in tasks]
    finally:
        for task in tasks:
            task.cancel()


async def end_of(work: asyncio.Future[T]) -> T:
    """What *work* gives. A cancellation meanwhile takes effect when it has finished."""
    cancellation: asyncio.CancelledError | None = None
    try:
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
    finally:
        del work, cancellation  # what is raised holds this frame


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
            if not task.done():
                tasks._register_task(task)
            return task  # type: ignore[no-any-return]
        finally:
            if waiting is not None:
                tasks._enter_task(loop, waiting)
            del task  # what it raises holds this frame

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

        def result(self) -> Any:
            """As the parent's, whose frame would be held by the exception that this task holds."""
            error = self._exception
            if error is None:
                return super().result()
            self.exception()  # which notes that somebody has been told
            try:
                raise error
            finally:
                del self, error

else:

    def begin(coroutine: Coroutine[Any, Any, T]) -> asyncio.Future[T]:
        """Run *coroutine* in a task of its own, on the running event loop, from its next turn on."""
        return asyncio.ensure_future(coroutine)
