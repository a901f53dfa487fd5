"""Event loops as servers have them: Django's runner has a thread above each, where whatever is sync takes turns."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import wraps
from typing import Any

from asgiref.sync import sync_to_async
from django.db import connections

from mizan.serving import serving


def on_loop(test: Callable[[Any], Coroutine[Any, Any, None]]) -> Callable[[Any], None]:
    """Run a test on a loop of its own, and close what it has opened there."""

    @wraps(test)
    def run(case: Any) -> None:
        with ThreadPoolExecutor(1) as executor:
            executor.submit(lambda: asyncio.run(_run(test(case)))).result()

    return run


async def _run(test: Awaitable[None]) -> None:
    try:
        await test
    finally:
        await serving.aclose()
        await sync_to_async(connections.close_all)()
