"""What no cancellation may cut off."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Coroutine
from contextvars import ContextVar
from typing import Any

import anyio
import pytest

from mizan_core.coroutines import begin, end_of, to_the_end


def test_it_gives_what_the_work_gives() -> None:
    async def work() -> int:
        await asyncio.sleep(0)
        return 5

    assert asyncio.run(to_the_end(work())) == 5


def test_it_raises_what_the_work_raises() -> None:
    async def work() -> None:
        await asyncio.sleep(0)
        raise KeyError("x")

    with pytest.raises(KeyError):
        asyncio.run(to_the_end(work()))


@pytest.mark.parametrize("cancellations", [1, 3])
def test_a_cancellation_takes_effect_when_the_work_has_finished(cancellations: int) -> None:
    async def run() -> None:
        begun, may_end, steps = asyncio.Event(), asyncio.Event(), list[str]()

        async def work() -> None:
            begun.set()
            await may_end.wait()
            steps.append("finished")

        task = asyncio.ensure_future(to_the_end(work()))
        await begun.wait()
        for _ in range(cancellations):
            task.cancel()
            await asyncio.sleep(0)
        assert not task.done()
        may_end.set()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert steps == ["finished"]

    _run(run)


def test_the_error_of_work_that_was_given_up_is_nobodys_business() -> None:
    """It must not be reported as one that was never looked at, either."""

    async def run() -> None:
        may_end, reports = asyncio.Event(), list[dict[str, Any]]()
        asyncio.get_running_loop().set_exception_handler(lambda _, report: reports.append(report))

        async def work() -> None:
            await may_end.wait()
            raise KeyError("x")

        task = asyncio.ensure_future(to_the_end(work()))
        await asyncio.sleep(0)
        task.cancel()
        may_end.set()
        with pytest.raises(asyncio.CancelledError):
            await task
        del task
        await asyncio.sleep(0)
        assert reports == []

    _run(run)


def test_work_that_never_waits_is_done_at_once() -> None:
    """From Python 3.11 on; before, it takes a turn of the event loop."""

    async def run() -> None:
        async def work() -> int:
            return 5

        begun = begin(work())
        assert begun.done() is (sys.version_info >= (3, 11))
        assert await end_of(begun) == 5

    _run(run)


def test_work_that_fails_before_it_waits() -> None:
    async def run() -> None:
        async def work() -> None:
            raise KeyError("x")

        with pytest.raises(KeyError):
            await to_the_end(work())

    _run(run)


def test_work_has_a_task_of_its_own_from_the_first_step_on() -> None:
    """What it has begun before it waits, a timeout for example, must still be its own afterwards."""

    async def run() -> None:
        tasks: list[asyncio.Task[Any] | None] = []
        outer = asyncio.current_task()

        async def work() -> None:
            tasks.append(asyncio.current_task())
            await asyncio.sleep(0)
            tasks.append(asyncio.current_task())

        await to_the_end(work())
        assert tasks[0] is tasks[1] is not outer
        assert asyncio.current_task() is outer

    _run(run)


def test_a_timeout_of_the_work_itself_takes_effect() -> None:
    async def run() -> None:
        async def work() -> None:
            await asyncio.wait_for(asyncio.Event().wait(), 0.01)

        with pytest.raises(asyncio.TimeoutError):
            await to_the_end(work())

    _run(run)


def test_a_timeout_begun_before_the_work_waits_takes_effect() -> None:
    async def run() -> None:
        async def work() -> None:
            with anyio.fail_after(0.01):
                await asyncio.Event().wait()

        with pytest.raises(TimeoutError):
            await to_the_end(work())

    _run(run)


def test_context_variables_of_the_work_stay_its_own() -> None:
    variable: ContextVar[str] = ContextVar("variable", default="outside")

    async def run() -> None:
        async def work() -> list[str]:
            variable.set("inside")
            await asyncio.sleep(0)
            return [variable.get()]

        assert await to_the_end(work()) == ["inside"]
        assert variable.get() == "outside"

    _run(run)


def test_work_that_waits_is_among_the_tasks_of_the_loop() -> None:
    """A server that shuts down waits for them."""

    async def run() -> None:
        seen: list[bool] = []

        async def work() -> None:
            await asyncio.sleep(0)
            seen.append(asyncio.current_task() in asyncio.all_tasks())

        await to_the_end(work())
        assert seen == [True]

    _run(run)


def test_work_that_cancels_itself() -> None:
    async def work() -> None:
        raise asyncio.CancelledError

    async def run() -> None:
        with pytest.raises(asyncio.CancelledError):
            await to_the_end(work())

    _run(run)


@pytest.mark.parametrize("waits", [False, True])
def test_work_that_is_cancelled_while_it_takes_its_first_step(waits: bool) -> None:
    """Whoever cancels has only the task, and need not be the work itself: a hook, a library."""

    async def work() -> None:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        if waits:
            await asyncio.Event().wait()

    async def run() -> None:
        with pytest.raises(asyncio.CancelledError):
            await to_the_end(work())

    _run(run)


@pytest.mark.parametrize("debug", [False, True])
def test_who_asks_the_task_to_be_told_is_told(debug: bool) -> None:
    async def run() -> None:
        asyncio.get_running_loop().set_debug(debug)
        told: list[object] = []

        async def work(result: object) -> object:
            task = asyncio.current_task()
            assert task is not None
            task.add_done_callback(lambda done: told.append(done.exception() or done.result()))
            if isinstance(result, Exception):
                raise result
            return result

        error = LookupError("said")
        assert await to_the_end(work("result")) == "result"
        with pytest.raises(LookupError):
            await to_the_end(work(error))
        await asyncio.sleep(0)
        assert told == ["result", error]

    _run(run)


def _run(test: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(asyncio.wait_for(test(), 60))
