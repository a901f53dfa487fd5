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


def outcome(target: Callable[..., Any], *arguments: Any) -> list[Any]:
    """What *target* returns, and what it raises: for a thread. A future of its own would hold what was raised, and that
    by its traceback the frames that have waited for the future, until a collection.
    """
    try:
        return [target(*arguments), None]
    except Exception as error:  # noqa: BLE001 - raised by `given`
        return [None, error]


def given(found: list[Any]) -> Any:
    """What an ``outcome`` was; nothing is left in it."""
    error = found.pop()
    if error is None:
        return found.pop()
    try:
        raise error
    finally:
        del error  # it holds this frame


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
    # The task of 3.11 that is written in Python, with its first step taken at once and by hand. That reaches into it;
    # but 3.11 gets security fixes alone, so it stays as it is.

    def begin(coroutine: Coroutine[Any, Any, T]) -> asyncio.Future[T]:
        """Run *coroutine* in a task of its own, on the running event loop: at once, up to where it first waits."""
        loop, current = asyncio.get_running_loop(), tasks._current_tasks
        task = _EagerTask(coroutine, loop)
        waiting = current.pop(loop, None)
        try:
            current[loop] = task
            try:
                given, raised = task._context.run(coroutine.send, None), None
            except StopIteration as stop:
                if task.ends_with(stop.value):
                    return task  # type: ignore[no-any-return]
                given, raised = None, stop
            except BaseException as error:  # noqa: BLE001 - the task's, which knows what becomes of it
                given, raised = None, error
            finally:
                current.pop(loop, None)
            task.takes(given, raised)
            return task  # type: ignore[no-any-return]
        finally:
            if waiting is not None:
                current[loop] = waiting
            task = given = raised = None  # what it raises holds this frame

    class _Step:
        """What a coroutine has done by hand, to be told to its task as if it did so now; the task's cancellation, too,
        which would be thrown into what has not begun.
        """

        def __init__(self, task: _EagerTask, given: Any, raised: BaseException | None) -> None:
            self._told = task, given, raised, task._must_cancel
            task._must_cancel = False

        def send(self, _: None) -> Any:
            task, given, raised, task._must_cancel = self._told
            del self._told  # what is raised holds frames that hold this
            try:
                if raised is not None:
                    raise raised
                return given
            finally:
                del task, raised

    class _EagerTask(tasks._PyTask):  # type: ignore[name-defined, misc]
        _name = "mizan"
        _num_cancels_requested = 0
        _must_cancel = False
        _fut_waiter = None

        def __init__(self, coroutine: Coroutine[Any, Any, Any], loop: asyncio.AbstractEventLoop) -> None:
            """As the parent's, which would have the loop take the first step."""
            if loop.get_debug():
                futures._PyFuture.__init__(self, loop=loop)  # type: ignore[attr-defined]
            self._loop = loop
            self._callbacks: list[Any] = []
            self._coro: Any = coroutine
            self._context = copy_context()

        def ends_with(self, result: Any) -> bool:
            """End at once; gives whether that is all: nobody has cancelled it, and nobody waits for it."""
            if self._must_cancel or self._callbacks:
                return False
            self._state, self._result = "FINISHED", result
            return True

        def takes(self, given: Any, raised: BaseException | None) -> None:
            """Take the first step, which has been taken."""
            coroutine, self._coro = self._coro, _Step(self, given, raised)
            try:
                self._context.run(self._Task__step)
                if not self.done():
                    tasks._register_task(self)
            finally:
                self._coro = coroutine
                del self, raised  # as above

        def result(self) -> Any:
            """As the parent's, whose frame would be held by the exception that this task holds."""
            error = self._exception
            if error is None:
                return self._result if self._state == "FINISHED" else super().result()
            self.exception()  # which notes that somebody has been told
            try:
                raise error
            finally:
                del self, error

        def __del__(self) -> None:
            """As the parents', which have nothing to say of what has ended well."""
            if self._state != "FINISHED" or self._exception is not None:
                super().__del__()

else:

    def begin(coroutine: Coroutine[Any, Any, T]) -> asyncio.Future[T]:
        """Run *coroutine* in a task of its own, on the running event loop, from its next turn on."""
        return asyncio.ensure_future(coroutine)
