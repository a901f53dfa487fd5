"""Running a request's coroutine in a thread, without an event loop."""

from __future__ import annotations

import asyncio

import pytest

from mizan_core.coroutines import complete_now


async def _sum(*numbers: int) -> int:
    return sum(numbers)


async def _nested() -> int:
    return await _sum(1, await _sum(2, 3))


def test_it_gives_the_result() -> None:
    assert complete_now(_nested()) == 6


def test_it_raises_what_the_coroutine_raises() -> None:
    async def fail() -> None:
        await _sum(1)
        raise KeyError("x")

    with pytest.raises(KeyError):
        complete_now(fail())


def test_a_port_that_waits_is_a_mistake_and_what_it_began_is_cleaned_up() -> None:
    steps: list[str] = []

    async def wait() -> None:
        try:
            await asyncio.sleep(0)
        finally:
            steps.append("cleaned up")

    with pytest.raises(RuntimeError, match="must not wait"):
        complete_now(wait())
    assert steps == ["cleaned up"]


def test_no_event_loop_is_running_meanwhile() -> None:
    async def look() -> bool:
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return True
        return False

    assert complete_now(look())
