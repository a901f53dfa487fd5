"""One side of the live questions, in a process of its own: ``python -m benchmarks.live_side SIDE WORK ...``.

``listen SUBSCRIBERS``: open them, say ``ready``; when a line comes, say as JSON how long each message took.
``publish RATE SECONDS``: publish so many a second; at the end say how many.
``hold SOCKETS``: say how many bytes each takes that watches something of its own and hears nothing.
"""

from __future__ import annotations

import asyncio
import gc
import importlib
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

_SETTLING = 2.0
_AT_ONCE = 32
_TICK = 0.01
_TEXT = "x" * 64
_WARMING = 200
"""Connections that are opened before the process is weighed."""
_WARMING_MESSAGES, _WARM = 20, "warm"
_GAP = '{"action":"gap"'
"""What Mizan says instead of messages that are lost; Channels says nothing."""


async def listen(side: Any, subscribers: int) -> None:
    sockets = [await side.listen(side.app, number) for number in range(subscribers)]
    _say("ready")
    await asyncio.to_thread(sys.stdin.readline)
    await asyncio.sleep(_SETTLING)
    delays = sorted(delay for socket in sockets for delay in _delays(socket))
    gaps = sum(text.startswith(_GAP) for socket in sockets for _, text in socket.frames)
    found: dict[str, float] = {"delivered": len(delays), "gaps": gaps}
    if delays:
        found |= {f"p{part}": delays[min(len(delays) - 1, len(delays) * part // 100)] for part in (50, 99)}
    _say(json.dumps(found))


def _delays(socket: Any) -> list[float]:
    delays = []
    for at, text in socket.frames:
        if _WARM in text or text.startswith(_GAP):
            continue
        start = text.index('"sent":') + 7
        delays.append(at - float(text[start : text.index(",", start)]))
    return delays


async def publish(side: Any, rate: int, seconds: int) -> None:
    """At an even pace, however long each takes, as requests of an application would."""
    free, published = asyncio.Semaphore(_AT_ONCE), 0
    tasks: set[asyncio.Task[None]] = set()

    async def send() -> None:
        nonlocal published
        async with free:
            await side.publish(time.monotonic(), _TEXT)
            published += 1

    for _ in range(_WARMING_MESSAGES):
        await side.publish(time.monotonic(), _WARM)
    begin = time.monotonic()
    for number in range(rate * seconds):
        due = begin + number / rate
        if (wait := due - time.monotonic()) > _TICK:
            await asyncio.sleep(wait)
        if len(tasks) > 10 * _AT_ONCE:
            await asyncio.sleep(0)
            if time.monotonic() > begin + seconds:
                break
            continue
        task = asyncio.create_task(send())
        tasks.add(task)
        task.add_done_callback(tasks.discard)
    await asyncio.gather(*tasks)
    _say(json.dumps({"published": published, "seconds": time.monotonic() - begin}))


async def hold(side: Any, count: int) -> None:
    warm = [await side.watch(side.app, number) for number in range(_WARMING)]
    gc.collect()
    before = _resident()
    held = [await side.watch(side.app, _WARMING + number) for number in range(count)]
    gc.collect()
    _say(json.dumps({"bytes": (_resident() - before) / count, "held": len(held) + len(warm)}))


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")


def _say(line: str) -> None:
    print(line, flush=True)


async def _work(side: Any, work: Any, numbers: list[int]) -> None:
    await work(side, *numbers)
    # Nobody waits for thousands of sockets to be closed.
    os._exit(0)


if __name__ == "__main__":
    module = importlib.import_module(f"benchmarks.services.live_{sys.argv[1]}")
    works = {"listen": listen, "publish": publish, "hold": hold}
    asyncio.run(_work(module, works[sys.argv[2]], list(map(int, sys.argv[3:]))))
