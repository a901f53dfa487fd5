"""``asyncio.Task(coroutine, eager_start=True)``, which Python has from 3.12 on, for 3.11.

It is the task of 3.11 that is written in Python, with its first step taken at once. That reaches into it; but 3.11 gets
security fixes alone, so it stays as it is.
"""

from __future__ import annotations

import asyncio
from asyncio import futures, tasks
from collections.abc import Coroutine
from contextvars import copy_context
from typing import Any, TypeVar

T = TypeVar("T")


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
