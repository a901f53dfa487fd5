"""``python -m tests.cache.soak``: real processes, threads and tasks read and write at random, and the guarantee of
protocol.md section 10 is checked on what they have seen.

It ends with ``N operations, M reads checked, K stale`` and with 1 when K is not 0, or when the cache was hardly used.
``--break all`` plays every build that is broken on purpose, and ends with 1 when one of them was not found out.
"""

from __future__ import annotations

import argparse
import math
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.cache.soak import postgres
from tests.cache.soak.checker import Verdict, check
from tests.cache.soak.database import Database
from tests.cache.soak.history import Kind
from tests.cache.soak.processes import Worker, WorkerFailed, play
from tests.cache.soak.worlds import WORLDS, cache_of
from tests.programs import finding

LEAST_HITS = 300
"""A world that is hit less often proves nothing. A number, and no share: on a busy machine it takes longer."""
ALL = "all"
_PROGRESS_PAUSE = 5.0
_PATIENCE = 120.0
"""Seconds that a world may be played for longer than it is told, until it has been hit often enough."""


def main(arguments: list[str] | None = None) -> int:
    """Run the worlds one after the other."""
    options = _parser().parse_args(arguments)
    if options.fault == ALL:
        return _play_broken_builds(options)
    server = postgres.programs() if options.database in ("any", "postgresql") else None
    if options.database == "postgresql" and server is None:
        print("PostgreSQL is not installed.")
        return 1
    names = _playable(options.world or _worlds_of(options.fault))
    if not names:
        return 1
    weights = sum(WORLDS[name].weight for name in names)
    verdicts = []
    try:
        for name in names:
            share = WORLDS[name].weight / weights
            limit = Limit(options.seconds * share, options.operations * share)
            verdicts.append(_run(name, limit, options.fault, options.seed, server))
    except WorkerFailed as failure:
        print(f"A worker has failed:\n{failure}")
        return 1
    operations = sum(verdict.operations for verdict in verdicts)
    reads = sum(verdict.reads for verdict in verdicts)
    wrong = sum(verdict.wrong for verdict in verdicts)
    idle = any(verdict.counts[Kind.HIT] < LEAST_HITS for verdict in verdicts)
    print(f"{operations:,} operations, {reads:,} reads checked, {wrong:,} stale")
    return int(wrong > 0 or idle)


def _play_broken_builds(options: argparse.Namespace) -> int:
    """Each until it shows, or its time is over."""
    from tests.cache.soak.faults import FAULTS

    silent = []
    for fault, (world, _) in FAULTS.items():
        if not _playable([world]):
            continue
        print(f"-- {fault}", flush=True)
        limit = Limit(options.seconds / len(FAULTS), options.operations)
        silent += [] if _run(world, limit, fault, options.seed, None).wrong else [fault]
    print(f"Not found out: {', '.join(silent) or 'none'}")
    return int(bool(silent))


class Limit(NamedTuple):
    """How long a world is played: for so many operations, but not for longer; in any case for ``LEAST_HITS``."""

    seconds: float
    operations: float


def _run(name: str, limit: Limit, fault: str, seed: str, server: Path | None) -> Verdict:
    """One world, up to its limit; prints what comes of it.

    :param server: the folder of PostgreSQL's programs; None for SQLite.
    """
    world = WORLDS[name]
    kind = "PostgreSQL" if server else "SQLite"
    print(f"{name}: {len(world.kinds)} processes on {kind} for {limit.seconds:.0f} s", flush=True)
    with tempfile.TemporaryDirectory(prefix="mizan-soak-") as place:
        folder = Path(place)
        with _database(folder, server) as database, cache_of(world, folder) as settings:
            stats = _play(world.kinds, seed, folder, fault, {**settings, "SOAK_DATABASE": database.place}, limit)
        verdict = check(_histories(folder))
    _report(verdict, sum(own["outages"] for own in stats))
    return verdict


@contextmanager
def _database(folder: Path, server: Path | None) -> Iterator[Database]:
    with ExitStack() as stack:
        place = stack.enter_context(postgres.running(server)) if server else str(folder / "cells.sqlite3")
        database = Database(place)
        database.create()
        yield database


def _play(
    kinds: tuple[str, ...], seed: str, folder: Path, fault: str, settings: dict[str, str], limit: Limit
) -> list[dict[str, int]]:
    workers: list[Worker] = []
    try:
        for number, kind in enumerate(kinds):
            workers.append(Worker(kind, f"{seed}-{number}-{kind}", folder, fault, settings))
        return play(workers, _Watch(folder, limit, is_broken=bool(fault)))
    finally:
        for worker in workers:
            worker.kill()


class _Watch:
    """Says how far it is, now and then. A broken build has played enough as soon as it shows."""

    def __init__(self, folder: Path, limit: Limit, *, is_broken: bool) -> None:
        self._folder = folder
        self._limit = limit
        self._is_broken = is_broken
        self._next = _PROGRESS_PAUSE

    def __call__(self, passed: float, operations: int, hits: int) -> bool:
        if passed >= self._next:
            self._next = passed + _PROGRESS_PAUSE
            print(f"  {passed:4.0f} s  {operations:9,} operations", flush=True)
        has_enough = operations >= self._limit.operations or passed >= self._limit.seconds
        if self._is_broken:
            return has_enough or check(_histories(self._folder), still_playing=True).wrong > 0
        return has_enough and (hits >= LEAST_HITS or passed >= self._limit.seconds + _PATIENCE)


def _histories(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.history"))


def _report(verdict: Verdict, outages: int) -> None:
    counts = ", ".join(f"{verdict.counts[kind]:,} {kind.name.lower()}" for kind in Kind)
    print(f"  {counts}; {verdict.hit_share:.0%} hits")
    if verdict.counts[Kind.HIT] < LEAST_HITS:
        print("  The cache was hardly used: this proves nothing.")
    if outages:
        print(f"  The store failed to answer {outages} times: the guarantee was suspended, see docs/caching.md.")
    for example in verdict.examples:
        print(f"  {example}")


def _playable(names: list[str]) -> list[str]:
    """Those whose cache can be had; says which are left out."""
    if finding.find("redis-server"):
        return names
    without = [name for name in names if not WORLDS[name].has_redis]
    if without != names:
        print(f"Worlds with Redis are left out: {finding.missing('redis-server')}")
    return without


def _worlds_of(fault: str) -> list[str]:
    if not fault:
        return list(WORLDS)
    from tests.cache.soak.faults import FAULTS, HARMLESS

    return [(FAULTS | HARMLESS)[fault].world]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.cache.soak", description=__doc__)
    parser.add_argument("--seconds", type=float, default=240, help="for all worlds together (default: %(default)s)")
    parser.add_argument("--operations", type=float, default=math.inf, help="enough for all worlds together")
    parser.add_argument(
        "--database",
        choices=("any", "postgresql", "sqlite"),
        default="any",
        help="any: PostgreSQL where it is installed, else SQLite (default)",
    )
    parser.add_argument("--world", action="append", choices=list(WORLDS), help="only this one; may be repeated")
    parser.add_argument("--seed", default=str(int(time.time())), help="of the players' choices (default: the time)")
    parser.add_argument(
        "--break", dest="fault", default="", metavar="FAULT", help="one of faults.py, or all: it must show"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
