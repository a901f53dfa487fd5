"""Whether the model is right about this machine: ``python -m benchmarks.scale.check``.

One process has so many connections, each of which watches a bundle of its own and asks again when it is told; another
process purges users in turn, so many a second. How busy the first one is, and Redis, is measured and predicted.
"""

from __future__ import annotations

import asyncio
import os
import time
from dataclasses import replace
from typing import NamedTuple

from benchmarks.clients.sockets import Socket
from benchmarks.scale.costs import Cost, Costs, Meter, ask, open_socket
from benchmarks.scale.model import Site, observed_process, observed_redis
from benchmarks.scale.processes import other
from benchmarks.services import redis_server

CONNECTIONS = 1_000
SECONDS = 15


class Finding(NamedTuple):
    """Parts of a processor.

    :param rate: purges a second that took place.
    :param signals: that pages were told of in that time, a second.
    """

    rate: float
    signals: float
    process: float
    redis: float


async def load(url: str, rate: int) -> Finding:
    """What a process and Redis have to do at that rate."""
    os.environ["BENCH_REDIS"] = url
    from benchmarks.scale.app import app

    sockets = [await open_socket(app) for _ in range(CONNECTIONS)]
    for user, each in enumerate(sockets):
        await ask(each, {"action": "watch", "id": 1, "context": "user", "params": {"user_id": user}})
    followers = [asyncio.ensure_future(_follow(each, user)) for user, each in enumerate(sockets)]
    meter, signals = Meter(url), 0
    with other("purge", url, CONNECTIONS, rate * SECONDS, rate) as purging:
        purging.begin()
        began = time.monotonic()
        spent = await meter.cost(1, lambda: asyncio.to_thread(purging.answer))
        seconds = time.monotonic() - began
    for follower in followers:
        follower.cancel()
    signals = sum(each.told for each in sockets)
    return Finding(
        rate * SECONDS / seconds, signals / seconds, spent.process / seconds / 1e6, spent.redis / seconds / 1e6
    )


async def _follow(socket: Socket, user: int) -> None:
    """As a page does."""
    while True:
        await socket.until(lambda text: text.startswith('{"action":"stale"'))
        socket.told += 1
        await ask(socket, {"action": "watch", "id": 1, "context": "user", "params": {"user_id": user}})


def predicted(costs: Costs, finding: Finding) -> tuple[float, float]:
    """For the process, which only watches, and for Redis, which also serves the process that purges."""
    nothing = Cost(0.0, 0.0)
    costs = replace(
        costs,
        call=replace(nothing, redis=costs.purge.redis),
        call_alone=replace(nothing, redis=costs.purge_alone.redis),
    )
    site = Site(
        connections=CONNECTIONS,
        watches=1,
        mutations=finding.rate,
        watchers=finding.signals / finding.rate,
        kept=0.0,
        function_ms=0.0,
    )
    return observed_process(costs, site, 1).total, observed_redis(costs, site, 1).total


async def main() -> None:
    costs = Costs.read()
    print("purges/s  signals/s   process: measured  predicted   Redis: measured  predicted")
    with redis_server.running() as url:
        for rate in (50, 150):
            found = await load(url, rate)
            own, server = predicted(costs, found)
            done = f"{found.rate:8.0f}  {found.signals:9.0f}"
            print(f"{done}   {found.process:17.1%}  {own:9.1%}   {found.redis:15.1%}  {server:9.1%}", flush=True)
        os._exit(0)


if __name__ == "__main__":
    asyncio.run(main())
