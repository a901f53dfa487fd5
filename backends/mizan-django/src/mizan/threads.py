"""Where sync code runs that an event loop calls: in the thread that holds the connections and their transactions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from asgiref.sync import sync_to_async


async def run_in_thread(target: Callable[[], Any]) -> Any:
    """What *target* returns."""
    return await sync_to_async(target)()
