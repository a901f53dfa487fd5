"""Drivers: the loop between a dispatcher and an adapter that performs its effects."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from mizan_core.dispatch.effects import Effect, Steps
from mizan_core.dispatch.response import Reply


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
