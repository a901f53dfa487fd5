"""Whose calls are whose."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial

import pytest

from tests.guard.counting import OTHERS, PYTHON, C, CallCounter


@pytest.fixture
def counter() -> CallCounter:
    """It takes the code of the tests for the project's."""
    return CallCounter(frozenset(("tests",)))


def nothing() -> None:
    pass


def calls_three() -> None:
    nothing()
    nothing()
    nothing()


def calls_c() -> None:
    len("")
    abs(1)


def calls_others() -> None:
    """``dumps`` is somebody else's, and calls more."""
    json.dumps(1)


def in_a_comprehension() -> None:
    assert [abs(number) for number in (1, 2)] == [1, 2]


def in_a_generator() -> None:
    def numbers() -> Iterator[int]:
        yield 1
        yield 2

    for _ in numbers():
        pass


async def suspended(times: int) -> None:
    for _ in range(times):
        await asyncio.sleep(0)


def in_a_thread(work: Callable[[], None]) -> None:
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


@pytest.mark.parametrize(
    ("work", "python", "c"),
    [
        pytest.param(nothing, 1, 0, id="a call"),
        pytest.param(calls_three, 4, 0, id="calls of our own"),
        pytest.param(calls_c, 1, 2, id="calls of C functions"),
        pytest.param(calls_others, 2, 0, id="calls of others' functions"),
        pytest.param(in_a_comprehension, 1, 2, id="a comprehension is no call"),
        pytest.param(in_a_generator, 4, 0, id="a generator is called each time it goes on"),
    ],
)
def test_calls_of_our_code(counter: CallCounter, work: Callable[[], None], python: int, c: int) -> None:
    with counter.installed():
        counted = counter.count(work)
    assert (counted[PYTHON], counted[C]) == (python, c)


def test_calls_of_others_are_theirs(counter: CallCounter) -> None:
    with counter.installed():
        assert counter.count(calls_others)[OTHERS] > counter.count(nothing)[OTHERS] == 0


def test_threads_are_watched(counter: CallCounter) -> None:
    with counter.installed():
        three, none = (counter.count(partial(in_a_thread, work))[PYTHON] for work in (calls_three, nothing))
    assert three == none + 3


def test_a_coroutine_is_called_once(counter: CallCounter) -> None:
    """Whoever sleeps once more calls ``sleep`` once more, and all coroutines go on once more."""
    with closing(asyncio.new_event_loop()) as loop, counter.installed():
        none, one, nine = (
            counter.count(partial(loop.run_until_complete, suspended(times)))[PYTHON] for times in (0, 1, 9)
        )
    assert (one, nine) == (none + 1, none + 9)


def test_only_what_is_asked_for_is_counted(counter: CallCounter) -> None:
    with counter.installed():
        counter.count(calls_three)
        calls_three()
        assert counter.count(nothing)[PYTHON] == 1
