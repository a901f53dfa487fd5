"""Drivers: the loop between a dispatcher and an adapter that performs its effects; and what no cancellation may cut."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from mizan_core.dispatch.effects import Effect, Steps
from mizan_core.dispatch.response import Reply

T = TypeVar("T")


def drive(steps: Steps, perform: Callable[[Effect], Any]) -> Reply:
    """Run *steps* to their reply; *perform* does an effect and returns its outcome or raises."""
    try:
        effect = next(steps)
        while True:
            try:
                outcome = perform(effect)
            except BaseException as error:  # noqa: BLE001 - the generator decides; a cancellation passes through it
                effect = steps.throw(error)
            else:
                effect = steps.send(outcome)
    except StopIteration as stop:
        reply: Reply = stop.value
        return reply


async def drive_async(steps: Steps, perform: Callable[[Effect], Awaitable[Any]]) -> Reply:
    """As ``drive``, for an event loop."""
    try:
        effect = next(steps)
        while True:
            try:
                outcome = await perform(effect)
            except BaseException as error:  # noqa: BLE001 - the generator decides; a cancellation passes through it
                effect = steps.throw(error)
            else:
                effect = steps.send(outcome)
    except StopIteration as stop:
        reply: Reply = stop.value
        return reply


async def to_the_end(work: Coroutine[Any, Any, T]) -> T:
    """What *work* gives. A cancellation meanwhile takes effect when it has finished.

    For a mutation and for its purge: a thread or a database that has been told to write goes on after whoever waits for
    it has been cancelled, and what it writes would come after the purge; a purge that is cut off may not take place.
    """
    task = asyncio.ensure_future(work)
    cancellation: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as error:
            cancellation = error
    if cancellation is None:
        return task.result()
    if not task.cancelled():
        task.exception()  # seen, though nobody is told
    raise cancellation
