"""Functions that may write and have begun: whoever closes the cache's connections lets them purge first."""

from __future__ import annotations

import asyncio
from typing import Any

LONGEST = 5.0
"""Seconds that an application which stops waits for them. What others then have to purge stands in the roster."""


class InFlight:
    """The functions of one router, with their purges, that wait for something."""

    __slots__ = ("_works",)

    def __init__(self) -> None:
        self._works: set[asyncio.Future[Any]] = set()

    def add(self, work: asyncio.Future[Any]) -> None:
        """Include *work* until it has ended."""
        self._works.add(work)
        work.add_done_callback(self._works.discard)

    async def land(self) -> None:
        """Wait for those of the running event loop, ``LONGEST`` at most."""
        loop = asyncio.get_running_loop()
        own = [work for work in tuple(self._works) if work.get_loop() is loop]
        if own:
            await asyncio.wait(own, timeout=LONGEST)
