"""What each thing costs, in microseconds of processor time: of the application's process, and of the redis-server.

``python -m benchmarks.scale.costs`` measures and writes ``costs.json`` beside this file. Times are of processors,
not of clocks, so that whatever else the machine does counts little. The application's functions cost nothing here.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, astuple, dataclass, fields, replace
from pathlib import Path
from typing import Any

import redis

from benchmarks.clients.sockets import Socket
from benchmarks.live import held
from benchmarks.scale.processes import FAR, Other, other
from benchmarks.services import redis_server
from mizan_core.live.hub import Hub

PATH = Path(__file__).with_name("costs.json")
_MICRO = 1e6
_ROUNDS = 2
_ONCE = "once"
_SETTLING = 0.5
_BUSY = 20
"""Sockets that ask at once."""
_RESTING = 4
"""Seconds in which nothing is done."""
_ALONE, _PAUSE, _SLOWLY = 300, 0.02, 15
"""How many things are done alone, with how many seconds in between; purges a second that come alone."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Microseconds of a process of the application, and of Redis."""

    process: float
    redis: float


@dataclass(frozen=True, slots=True)
class Costs:
    """Those of one machine.

    Things cost less while there is much to do: one turn of the event loop and of the kernel does several of them. So
    some are measured twice: many at once, and (``..._alone``) one after the other with pauses in between, so that each
    has to wake the process and Redis.

    :param hit: to watch a bundle that is kept, answer included.
    :param miss: to watch one that is not, its functions aside.
    :param call: a mutation over a socket, with its purge and the announcement; its function aside.
    :param purge: what a call has Redis do for its purge alone; the process's part is in the call.
    :param heard: to hear an announcement, where nobody watches what it says; Redis: to hand it to one process.
    :param signal: to tell one socket that something is stale, beside hearing of it; Redis: to say which versions there
        are, beside the purge.
    :param publish: to publish a message.
    :param delivery: to hand one message to one socket.
    :param compare: to compare one tag.
    :param idle: to keep one connection for a second.
    :param rest: of a process, a second in which nothing happens.
    :param connection_bytes: of a process, for each connection that watches one bundle.
    :param tag_bytes: of Redis, for each tag.
    :param entry_bytes: of Redis, for each bundle of 90 bytes that is kept, its own tag aside.
    """

    hit: Cost
    miss: Cost
    call: Cost
    purge: Cost
    heard: Cost
    signal: Cost
    hit_alone: Cost
    miss_alone: Cost
    call_alone: Cost
    purge_alone: Cost
    heard_alone: Cost
    signal_alone: Cost
    publish: Cost
    delivery: Cost
    compare: Cost
    idle: Cost
    rest: Cost
    connection_bytes: float
    tag_bytes: float
    entry_bytes: float

    def alone(self) -> Costs:
        """Of things that come one at a time."""
        return replace(
            self,
            hit=self.hit_alone,
            miss=self.miss_alone,
            call=self.call_alone,
            purge=self.purge_alone,
            heard=self.heard_alone,
            signal=self.signal_alone,
        )

    @classmethod
    def read(cls) -> Costs:
        """Those that were measured last."""
        return cls.of(json.loads(PATH.read_text()))

    @classmethod
    def of(cls, found: Mapping[str, Any]) -> Costs:
        """From their form in JSON."""
        values: dict[str, Any] = {
            name: Cost(**value) if isinstance(value, dict) else value for name, value in found.items()
        }
        return cls(**values)


class Meter:
    """Processor time of this process and of a server."""

    def __init__(self, url: str) -> None:
        self._server = redis.Redis.from_url(url)

    async def cost(self, count: int, work: Callable[[], Awaitable[Any]], rest: Cost | None = None) -> Cost:
        """Of each of *count* things that *work* does.

        :param rest: what a second costs in which nothing is done; it is left out.
        """
        began, own, server = time.monotonic(), time.process_time(), self._served()
        await work()
        own, server = time.process_time() - own, self._served() - server
        if rest is not None:
            seconds = time.monotonic() - began
            own, server = own - seconds * rest.process / _MICRO, server - seconds * rest.redis / _MICRO
        return Cost(max(0.0, own) / count * _MICRO, max(0.0, server) / count * _MICRO)

    def bytes(self) -> int:
        found: int = self._server.info("memory")["used_memory"]
        return found

    def _served(self) -> float:
        info = self._server.info("cpu")
        return float(info["used_cpu_user"] + info["used_cpu_sys"])


async def measure(url: str) -> Costs:
    """All of them; about a minute."""
    os.environ["BENCH_REDIS"] = url
    from benchmarks.scale.app import RoomChannel, app, dispatcher
    from mizan_core.live.opening import go_live

    meter, users = Meter(url), 2_000
    busy = [await open_socket(app) for _ in range(_BUSY)]
    await _watch_all(busy, range(_BUSY))
    hub = _hub()
    before = meter.bytes()
    miss = await meter.cost(users, lambda: _watch_all(busy, range(_BUSY, _BUSY + users)))
    entries = meter.bytes() - before
    hit = await meter.cost(users, lambda: _watch_all(busy, range(_BUSY, _BUSY + users)))
    rest = await meter.cost(_RESTING, lambda: asyncio.sleep(_RESTING))
    fresh = range(3 * FAR, 3 * FAR + _ALONE)
    miss_alone = await meter.cost(_ALONE, lambda: _watch_all(busy[:1], fresh, _PAUSE), rest)
    hit_alone = await meter.cost(_ALONE, lambda: _watch_all(busy[:1], fresh, _PAUSE), rest)
    store = go_live(dispatcher).store
    tags = [f"tag:weight:{number:032x}" for number in range(users)]
    before = meter.bytes()
    await store.versions(store.on_loop, tags)
    tag_bytes = (meter.bytes() - before) / users
    many = 10 * users
    with other("announce", url, many) as announcing:
        announcing.begin()
        heard = await meter.cost(many, lambda: _all_heard(announcing))
    with other("listen", url, 50) as listening, other("announce", url, many) as announcing:
        announcing.begin()
        crowd = await meter.cost(many, lambda: _all_heard(announcing))
        listening.begin()
    handed = (crowd.redis - heard.redis) / 50
    with other("announce", url, _ALONE, round(1 / _PAUSE)) as announcing:
        announcing.begin()
        heard_alone = await meter.cost(_ALONE, lambda: _all_heard(announcing), rest)

    call_alone = await meter.cost(_ALONE, lambda: _call_all(busy[:1], _ALONE, _PAUSE), rest)
    await _watch_all(busy, range(_BUSY))
    purge, purge_alone, told_alone = [
        await _purged(meter, url, numbers, rest)
        for numbers in ((users, users, 500, FAR), (users, _ALONE, _SLOWLY, FAR), (_BUSY, _ALONE, _SLOWLY, 0))
    ]

    async def publish_all() -> None:
        message = RoomChannel.DjangoMessage(text="x" * 64)
        for _ in range(0, users, _BUSY):
            await asyncio.gather(*(RoomChannel.publish(None, message) for _ in range(_BUSY)))

    publish = await meter.cost(users, publish_all)
    sockets = [await open_socket(app) for _ in range(users)]
    for user, each in enumerate(sockets):
        await ask(each, {"action": "watch", "id": 1, "context": "user", "params": {"user_id": user}})
    seconds = 10
    quiet = await meter.cost(users * seconds, lambda: asyncio.sleep(seconds))
    compare = await meter.cost(users, hub._compare)  # noqa: SLF001 - what it does every half a minute
    with other("purge", url, users, users, 500) as purging:
        purging.begin()
        told = await meter.cost(users, lambda: _all_told(sockets))
    call = await meter.cost(users, lambda: _call_all(busy, users))
    for each in sockets[:100]:
        await ask(each, {"action": "subscribe", "id": 2, "channel": "room", "params": {}})
    with other("publish", url, 500) as publishing:
        for each in sockets[:100]:
            each.frames.clear()
        publishing.begin()
        spread = await meter.cost(500, lambda: _all_said(sockets[:100], 500))
    return Costs(
        hit=hit,
        miss=miss,
        call=Cost(call.process - heard.process, call.redis - handed),
        heard=Cost(heard.process, handed),
        purge=Cost(0.0, purge.redis - handed),
        purge_alone=Cost(0.0, purge_alone.redis - handed),
        signal=_beside(told, heard, purge, quiet, users / 500),
        hit_alone=hit_alone,
        miss_alone=miss_alone,
        call_alone=Cost(call_alone.process - heard_alone.process, call_alone.redis - handed),
        heard_alone=Cost(heard_alone.process, handed),
        signal_alone=_beside(told_alone, heard_alone, purge_alone, quiet, _BUSY / _SLOWLY),
        publish=publish,
        delivery=Cost(spread.process / 100, 0.0),
        compare=Cost(compare.process, compare.redis),
        idle=quiet,
        rest=rest,
        connection_bytes=held("fastapi", url, users),
        tag_bytes=tag_bytes,
        entry_bytes=entries / users - tag_bytes,
    )


async def _purged(meter: Meter, url: str, numbers: Sequence[int], rest: Cost) -> Cost:
    """Purges of another process: users, how many, how many a second, the first user."""
    with other("purge", url, *numbers) as purging:
        purging.begin()
        return await meter.cost(numbers[1], lambda: _all_heard(purging), rest)


def _beside(told: Cost, heard: Cost, purge: Cost, quiet: Cost, seconds: float) -> Cost:
    """A signal: *told* without hearing, without the purge, and without what the sockets cost in so many seconds."""
    own = told.process - heard.process - quiet.process * seconds
    return Cost(max(0.0, own), max(0.0, told.redis - purge.redis - quiet.redis * seconds))


async def open_socket(app: Any) -> Socket:
    socket = Socket(app, "/ws/", {}, ["mizan.v1"])
    await socket.until(lambda text: text == "accepted")
    return socket


async def ask(socket: Socket, frame: dict[str, Any]) -> None:
    socket.say(frame)
    await socket.until(lambda text: f'"id":{frame["id"]},' in text)


async def _watch_all(sockets: Sequence[Socket], users: range, pause: float = 0.0) -> None:
    """Several at once, as in a process that has something to do; or one socket alone, with pauses."""

    async def watch(socket: Socket, own: range) -> None:
        for user in own:
            await _wait(pause)
            await ask(socket, {"action": "watch", "id": 1, "context": "user", "params": {"user_id": user}})

    count = len(sockets)
    await asyncio.gather(*(watch(socket, users[number::count]) for number, socket in enumerate(sockets)))


async def _wait(pause: float) -> None:
    if pause:
        await asyncio.sleep(pause)


async def _call_all(sockets: Sequence[Socket], count: int, pause: float = 0.0) -> None:
    """As ``_watch_all``: calls that change what nobody watches."""

    async def call(socket: Socket, own: range) -> None:
        for number in own:
            await _wait(pause)
            await ask(socket, {"action": "rpc", "id": 5, "fn": "rename", "args": {"user_id": 2 * FAR + number}})

    numbers = range(count)
    await asyncio.gather(*(call(socket, numbers[first :: len(sockets)]) for first, socket in enumerate(sockets)))


async def _all_heard(announcing: Other) -> None:
    """Until the other process has said everything, and this one has heard it."""
    await asyncio.to_thread(announcing.answer)
    await asyncio.sleep(_SETTLING)


async def _all_told(sockets: list[Socket]) -> None:
    while not all(socket.frames for socket in sockets):  # noqa: ASYNC110 - an event would be part of what is measured
        await asyncio.sleep(0.2)


async def _all_said(sockets: list[Socket], count: int) -> None:
    while not all(len(socket.frames) >= count for socket in sockets):  # noqa: ASYNC110 - as above
        await asyncio.sleep(0.2)


def _hub() -> Hub:
    """The one of this process; it is the router's own affair."""
    return next(each for each in gc.get_objects() if isinstance(each, Hub))


def least(found: Sequence[Costs]) -> Costs:
    """Of several measurements the least of each: what else a machine does only adds."""
    values: dict[str, Any] = {}
    for each in fields(Costs):
        own = [getattr(costs, each.name) for costs in found]
        is_cost = isinstance(own[0], Cost)
        values[each.name] = Cost(*map(min, zip(*map(astuple, own), strict=True))) if is_cost else min(own)
    return Costs(**values)


async def _measure_once() -> None:
    with redis_server.running() as url:
        print(json.dumps(asdict(await measure(url))), flush=True)
        # Nobody waits for thousands of sockets to be closed.
        os._exit(0)


def main() -> None:
    """In fresh processes, one after the other."""
    command = [sys.executable, "-m", "benchmarks.scale.costs", _ONCE]
    outputs = [subprocess.run(command, check=True, capture_output=True, text=True).stdout for _ in range(_ROUNDS)]
    PATH.write_text(json.dumps(asdict(least([Costs.of(json.loads(output)) for output in outputs])), indent=2) + "\n")


if __name__ == "__main__":
    if _ONCE in sys.argv:
        asyncio.run(_measure_once())
    else:
        main()
