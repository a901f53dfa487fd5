"""Other processes beside the one that is measured: ``python -m benchmarks.scale.processes WORK URL NUMBER...``.

``announce N [RATE]``: so many announcements of what nobody watches. ``purge USERS N RATE [FIRST]``: so many, of users
in turn, at a pace. ``publish N``: so many messages to the room. ``listen N``: so many connections that hear
announcements, until they are ended. Each says ``ready`` when a line may come, begins with it, and says so when it is
done.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import redis

ROOT = Path(__file__).parents[2]
FAR = 10_000_000
"""Users from this number on are watched by nobody."""
_AT_ONCE = 10


class Other:
    """A process of this module."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.answer()

    def begin(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()

    def answer(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("a process beside the measured one has failed")
        return line.strip()


@contextmanager
def other(work: str, url: str, *numbers: int) -> Iterator[Other]:
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.scale.processes", work, url, *map(str, numbers)],
        cwd=ROOT,
        env={**os.environ, "BENCH_REDIS": url},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Other(process)
    finally:
        process.kill()
        process.communicate()


def _dispatcher() -> Any:
    from benchmarks.scale.app import dispatcher
    from mizan_core.live.opening import go_live

    go_live(dispatcher)
    return dispatcher


async def announce(url: str, count: int, rate: int = 0) -> None:
    """What purges announce, some at a time, as several processes purge at once; or one at a time, at a pace."""
    client = redis.Redis.from_url(url)
    await _begin()
    if rate:
        for number in range(count):
            client.publish("mizan:0:stale", f'[null,"tag:user:{number:032x}","tag:user:{FAR + number:032x}"]')
            await asyncio.sleep(1 / rate)
        return
    for start in range(0, count, _AT_ONCE):
        with client.pipeline(transaction=False) as pipeline:
            for number in range(start, start + _AT_ONCE):
                pipeline.publish("mizan:0:stale", f'[null,"tag:user:{number:032x}","tag:user:{FAR + number:032x}"]')
            pipeline.execute()


async def purge(_: str, users: int, count: int, rate: int, first: int = 0) -> None:
    """*count* purges a *rate* a second, of users in turn, from *first* on."""
    dispatcher = _dispatcher()
    await _purge(dispatcher, FAR)
    await _begin()
    begin = time.monotonic()
    for number in range(count):
        wait = begin + number / rate - time.monotonic()
        if wait > 0:
            await asyncio.sleep(wait)
        await _purge(dispatcher, first + number % users)
    print(json.dumps({"seconds": time.monotonic() - begin}), flush=True)


async def publish(_: str, count: int) -> None:
    from benchmarks.scale.app import RoomChannel

    await RoomChannel.publish(None, RoomChannel.DjangoMessage(text="first"))
    await _begin()
    for _number in range(count):
        await RoomChannel.publish(None, RoomChannel.DjangoMessage(text="x" * 64))


async def listen(url: str, count: int) -> None:
    host, port = url.removeprefix("redis://").partition("/")[0].split(":")

    async def hear() -> None:
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"SUBSCRIBE mizan:0:stale\r\n")
        while await reader.read(1 << 16):
            pass

    tasks = [asyncio.ensure_future(hear()) for _ in range(count)]
    await asyncio.sleep(1)
    await _begin()
    for task in tasks:
        task.cancel()


async def _purge(dispatcher: Any, user: int) -> None:
    stale = dispatcher.interface().named_purge("user", {"user_id": user})
    await stale.store.purge(stale.store.on_loop, stale.tags)


async def _begin() -> None:
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)


async def _main(work: str, url: str, *numbers: str) -> None:
    works: dict[str, Any] = {"announce": announce, "purge": purge, "publish": publish, "listen": listen}
    await works[work](url, *map(int, numbers))
    print("done", flush=True)
    os._exit(0)


if __name__ == "__main__":
    asyncio.run(_main(*sys.argv[1:]))
