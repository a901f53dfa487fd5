"""What no cancellation may cut off."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from mizan_core.dispatch import to_the_end


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


def test_work_that_cancels_itself() -> None:
    async def work() -> None:
        raise asyncio.CancelledError

    async def run() -> None:
        with pytest.raises(asyncio.CancelledError):
            await to_the_end(work())

    _run(run)


def _run(test: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(asyncio.wait_for(test(), 10))
