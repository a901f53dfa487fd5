"""``python -m tests.live.soak``: clients that only watch, and follow signals, merges and invalidations, while others
change things, connections are cut and the store forgets. After each quiet second what they show is compared with the
database.

It ends with ``W watches, V views compared, L late, K wrong`` and with 1 when K is not 0, or when hardly anything was
compared. ``--break all`` plays every build that is broken on purpose, and ends with 1 when one of them was not found
out.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any, NamedTuple

import redis

from tests.cache.redis.servers import Server
from tests.cache.soak.database import Database
from tests.cache.soak.processes import ROOT, environment
from tests.live.soak.faults import FAULTS
from tests.programs import finding

QUIET = 1.0
"""Seconds from the last change to the comparison."""
LEAST = 3
"""Comparisons without which a world proves nothing."""
ALL = "all"
_PLAY = 2.5
"""Seconds between two comparisons in which things change."""
_FAULT_PAUSE = 0.25
"""Seconds from one fault of the store to the next."""
_SECONDS_OF_A_FAULT = 15


class World(NamedTuple):
    """Server processes of these kinds, with one database and one store.

    :param weight: its part of the time.
    """

    kinds: tuple[str, ...]
    weight: float
    has_redis: bool
    settings: dict[str, str]


_PATIENT = {"MIZAN_CACHE_TIMEOUT_MS": "20000"}
"""A busy machine is no outage."""
WORLDS = {
    "memory": World(("fastapi",), 1, has_redis=False, settings={}),
    "redis": World(("fastapi", "django"), 2, has_redis=True, settings=_PATIENT),
    # Versions of tags without bundles.
    "redis-without-cache": World(
        ("fastapi", "fastapi"), 1, has_redis=True, settings={**_PATIENT, "MIZAN_CACHE_SECRET": ""}
    ),
}


def main(arguments: list[str] | None = None) -> int:
    """Run the worlds one after the other."""
    options = _parser().parse_args(arguments)
    if options.fault == ALL:
        return _play_broken_builds(options.seed)
    names = _playable(options.world or ([FAULTS[options.fault].world] if options.fault else list(WORLDS)))
    weights = sum(WORLDS[name].weight for name in names)
    totals = Counter[str]()
    is_idle = not names
    for name in names:
        found = _run(name, options.seconds * WORLDS[name].weight / weights, options.fault, options.seed)
        is_idle |= found["rounds"] < LEAST
        totals += found
    print(
        f"{totals['watches']:,} watches, {totals['compared']:,} views compared, {totals['late']:,} late, "
        f"{totals['wrong']:,} wrong"
    )
    return int(totals["wrong"] > 0 or is_idle)


def _play_broken_builds(seed: str) -> int:
    """Each until it shows, or its time is over."""
    silent = []
    for fault, (world, _) in FAULTS.items():
        if not _playable([world]):
            continue
        print(f"-- {fault}", flush=True)
        found = _run(world, _SECONDS_OF_A_FAULT, fault, seed)
        silent += [] if found["wrong"] else [fault]
    print(f"Not found out: {', '.join(silent) or 'none'}")
    return int(bool(silent))


def _run(name: str, seconds: float, fault: str, seed: str) -> Counter[str]:
    """One world; prints what comes of it."""
    world = WORLDS[name]
    print(f"{name}: {len(world.kinds)} processes for {seconds:.0f} s, seed {seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="mizan-live-soak-") as place, ExitStack() as stack:
        folder = Path(place)
        database = Database(str(folder / "cells.sqlite3"))
        database.create()
        server = stack.enter_context(_store(folder)) if world.has_redis else None
        settings = {
            **world.settings,
            "SOAK_DATABASE": database.place,
            "MIZAN_LIVE": "on",
            "MIZAN_CACHE_URL": server.url if server else "memory://",
        }
        workers = [
            stack.enter_context(_worker(kind, f"{seed}-{number}", folder, settings, fault))
            for number, kind in enumerate(world.kinds)
        ]
        playing = stack.enter_context(_faults(server)) if server else Event()
        totals, longest = _play(workers, seconds, playing, is_broken=bool(fault))
    cuts, calls, signals = (totals[name] for name in ("cuts", "calls", "signals"))
    print(
        f"  {totals['rounds']} comparisons; {totals['changes']:,} changes over HTTP, {calls:,} over sockets; "
        f"{signals:,} signals, {cuts:,} connections cut; the latest {longest:.1f} s late"
    )
    return totals


def _play(workers: list[Worker], seconds: float, playing: Event, *, is_broken: bool) -> tuple[Counter[str], float]:
    """Play and compare in turns."""
    totals, sums, longest = Counter[str](), Counter[str](), 0.0
    end = time.monotonic() + seconds
    while totals["rounds"] < LEAST or time.monotonic() < end:
        _all(workers, "go")
        playing.set()
        time.sleep(_PLAY)
        playing.clear()
        _all(workers, "quiet")
        time.sleep(QUIET)
        answers = _all(workers, "check")
        totals["rounds"] += 1
        for answer in answers:
            longest = max(longest, answer["longest"])
            totals.update({name: answer[name] for name in ("compared", "late", "wrong")})
            for example in answer["examples"]:
                print(f"  {example}", flush=True)
        sums = Counter()
        for answer in answers:
            sums.update({name: answer[name] for name in ("watches", "changes", "calls", "cuts", "signals")})
        if totals["wrong"]:
            break
        if is_broken and totals["rounds"] >= LEAST and time.monotonic() > end:
            break
    return totals + sums, longest


class Worker:
    """One worker process."""

    def __init__(self, process: subprocess.Popen[str], log: Path) -> None:
        self._process = process
        self._log = log

    def tell(self, word: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(word + "\n")
        self._process.stdin.flush()

    def answer(self) -> dict[str, Any]:
        """:raises SystemExit: when it has failed."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            self._process.wait()
            raise SystemExit(f"A worker has failed:\n{self._log.read_text()}")
        answer: dict[str, Any] = json.loads(line)
        return answer


def _all(workers: list[Worker], word: str) -> list[dict[str, Any]]:
    for worker in workers:
        worker.tell(word)
    return [worker.answer() for worker in workers]


@contextmanager
def _worker(kind: str, name: str, folder: Path, settings: dict[str, str], fault: str) -> Iterator[Worker]:
    log = folder / f"{name}.log"
    with log.open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.live.soak.worker", kind, name, str(folder), fault],
            cwd=ROOT,
            env=environment(settings),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    try:
        worker = Worker(process, log)
        worker.answer()
        yield worker
    finally:
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            assert stream is not None
            stream.close()


@contextmanager
def _store(folder: Path) -> Iterator[Server]:
    server = Server(folder / "redis")
    server.start()
    try:
        yield server
    finally:
        server.kill()


@contextmanager
def _faults(server: Server) -> Iterator[Event]:
    """While the event is set: subscriptions are cut, and keys are lost, tags above all."""
    playing, over = Event(), Event()

    def play() -> None:
        turn = 0
        with redis.Redis.from_url(server.url, socket_timeout=20) as client:
            while not over.wait(_FAULT_PAUSE):
                if not playing.is_set():
                    continue
                turn += 1
                if turn % 4 == 0:
                    client.client_kill_filter(_type="pubsub")
                key = client.randomkey()
                if isinstance(key, bytes) and b"tag:" in key:
                    client.unlink(key)

    thread = Thread(target=play)
    thread.start()
    try:
        yield playing
    finally:
        over.set()
        thread.join()


def _playable(names: list[str]) -> list[str]:
    """Those whose store can be had; says which are left out."""
    if finding.find("redis-server"):
        return names
    without = [name for name in names if not WORLDS[name].has_redis]
    if without != names:
        print(f"Worlds with Redis are left out: {finding.missing('redis-server')}")
    return without


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.live.soak", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="for all worlds together (default: %(default)s)")
    parser.add_argument("--world", action="append", choices=list(WORLDS), help="only this one; may be repeated")
    parser.add_argument("--seed", default=str(int(time.time())), help="of the players' choices (default: the time)")
    parser.add_argument(
        "--break", dest="fault", default="", metavar="FAULT", help="one of faults.py, or all: it must show"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
