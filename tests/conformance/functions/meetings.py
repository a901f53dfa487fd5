"""Functions that end only when another one runs at the same time."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import defaultdict
from typing import Any

from mizan_core.errors import Conflict
from tests.conformance.functions.serving import as_coroutine, only, pair

LIMIT = 30.0
"""Seconds after which whoever waits alone gives up."""

_arrivals: defaultdict[tuple[str, str], threading.Event] = defaultdict(threading.Event)
_cancelled: set[str] = set()


def _meet(key: str, me: str, other: str) -> str:
    _arrivals[key, me].set()
    if not _arrivals[key, other].wait(LIMIT):
        raise TimeoutError(f"{me} waited for {other}, which does not run at the same time")
    return other


async def _meet_async(key: str, me: str, other: str) -> str:
    _arrivals[key, me].set()
    end = time.monotonic() + LIMIT
    while not _arrivals[key, other].is_set():
        if time.monotonic() > end:
            raise TimeoutError(f"{me} waited for {other}, which does not run at the same time")
        await asyncio.sleep(0.005)
    return other


async def first_coroutine(request: Any, key: str) -> str:
    return await _meet_async(key, "first", "second")


async def second_coroutine(request: Any, key: str) -> str:
    return await _meet_async(key, "second", "first")


def first_thread(request: Any, key: str) -> str:
    return _meet(key, "first", "second")


def second_thread(request: Any, key: str) -> str:
    return _meet(key, "second", "first")


for _context, _first, _second in (
    ("coroutine_with_coroutine", first_coroutine, second_coroutine),
    ("thread_with_thread", first_thread, second_thread),
    ("thread_with_coroutine", first_thread, second_coroutine),
    ("coroutine_with_thread", first_coroutine, second_thread),
):
    only(_first, f"{_context}.first", context=_context)
    only(_second, f"{_context}.second", context=_context)


def rendezvous(request: Any, key: str, me: str, other: str) -> str:
    """Two requests meet here."""
    return _meet(key, me, other)


async def _rendezvous(request: Any, key: str, me: str, other: str) -> str:
    return await _meet_async(key, me, other)


pair(rendezvous, _rendezvous)


async def failing(request: Any, key: str) -> str:
    await _meet_async(key, "failing", "lingering")
    raise Conflict("One of two failed.")


def failing_thread(request: Any, key: str) -> str:
    _meet(key, "failing", "lingering")
    raise Conflict("One of two failed.")


async def lingering(request: Any, key: str) -> str:
    _arrivals[key, "lingering"].set()
    try:
        await asyncio.sleep(10 * LIMIT)
    except asyncio.CancelledError:
        _cancelled.add(key)
        raise
    return "lingered"


for _context, _fail in (("cancelling", failing), ("cancelling_from_thread", failing_thread)):
    only(_fail, f"{_context}.failing", context=_context)
    only(lingering, f"{_context}.lingering", context=_context)


def was_cancelled(request: Any, key: str) -> bool:
    return key in _cancelled


pair(was_cancelled, as_coroutine(was_cancelled))
