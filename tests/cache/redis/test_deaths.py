"""Processes that die, or stall, with a purge that has not been made."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from mizan_core.cache.keeper import ROSTER, Keeper
from mizan_core.coroutines import complete_now
from tests.cache.redis.conftest import Connect
from tests.cache.redis.servers import PATIENCE, Server, wait_until
from tests.cache.redis.site import LONG_LEASE, Database, Process, members, tags
from tests.cache.redis.wire import Wire

ROOT = Path(__file__).parents[3]
LEASE = 1
OTHER = 7
"""An item of another context."""
PROGRAM = r"""
import os, sys
from mizan_core.cache.opening import BackendOptions
from mizan_core.cache.store import Store
from mizan_core.engine import ENGINE
from mizan_core.coroutines import complete_now
from mizan_redis import open_redis

url, prefix, lease, *tags = sys.argv[1:]
backend = open_redis(BackendOptions(url, prefix, timeout=10.0, pool_size=5, max_bytes=0))
beat = backend.beat
backend.beat = lambda each: beat(each._replace(lease_ttl=600))  # as ``_without_end`` does
store = Store(backend, ENGINE.CacheKeyer("of-no-use-to-a-purge"), int(lease))
for command in sys.stdin:
    if command == "look up\n":
        complete_now(store.look_up(store.in_thread, "none", tags))
    if command == "announce\n":
        announcement = complete_now(store.announce(store.in_thread, tags))
    if command == "purge\n":
        complete_now(store.purge(store.in_thread, tags))
    if command == "die\n":
        os._exit(1)
    print("done", flush=True)
"""
Start: TypeAlias = "Callable[[], Member]"


class Member:
    """A process of its own, which purges item 0."""

    def __init__(self, url: str, prefix: str) -> None:
        command = [sys.executable, "-c", PROGRAM, url, prefix, str(LEASE), tags(0)[-1]]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def tell(self, command: str) -> None:
        """``look up``, ``announce``, ``purge`` or ``die``; returns when that is done."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(command, file=self._process.stdin, flush=True)
        said = self._process.stdout.readline()
        assert said == ("" if command == "die" else "done\n")

    def signal(self, number: int) -> None:
        self._process.send_signal(number)

    def end(self) -> None:
        self._process.kill()
        self._process.communicate(timeout=PATIENCE)


@pytest.fixture
def wire(server: Server) -> Iterator[Wire]:
    with Wire(server.port) as wire:
        yield wire


@pytest.fixture
def database() -> Database:
    return Database()


@pytest.fixture
def witness(wire: Wire, server: Server, connect: Connect, database: Database) -> Iterator[Process]:
    """One that goes on, with warm entries."""
    witness = Process(_without_end(connect(wire.url)), database, LEASE)
    witness.fetch()
    wait_until(lambda: bool(members(server)))
    for item in (0, OTHER):
        wait_until(partial(_serves, witness, item))
    yield witness
    witness.store.close()


@pytest.fixture
def start(wire: Wire, server: Server, prefix: str, witness: Process) -> Iterator[Start]:
    """Starts a process that is in the roster."""
    started: list[Member] = []

    def start_one() -> Member:
        before = members(server)
        member = Member(wire.url, prefix)
        started.append(member)
        member.tell("look up")
        wait_until(lambda: bool(members(server) - before))
        return member

    yield start_one
    for member in started:
        member.end()


def _without_end(backend: Any) -> Any:
    """One whose beats let the epoch live on when the machine stalls: here entries end by what the dead have left."""
    beat = backend.beat
    backend.beat = lambda each: beat(each._replace(lease_ttl=LONG_LEASE))
    return backend


def _serves(process: Process, item: int) -> bool:
    return process.fetch_fresh(item) == "HIT"


def _is_fresh(process: Process, database: Database) -> bool:
    return process.fetch()[0] == database.read(0)


def test_a_death_between_commit_and_purge_is_made_good(
    start: Start, witness: Process, database: Database, server: Server
) -> None:
    """The context alone that was announced is purged."""
    member = start()
    member.tell("announce")
    database.change(0)
    with _held_up(Keeper, "_make_up_for"):
        member.tell("die")
        assert witness.fetch(0) == (b"0", "HIT")
    wait_until(lambda: _is_fresh(witness, database))
    assert witness.fetch_fresh(OTHER) == "HIT"
    wait_until(lambda: len(members(server)) == 1)


@pytest.mark.parametrize("adapter", ["fastapi", "django"])
def test_an_application_that_is_killed_in_a_mutation(
    witness: Process, server: Server, prefix: str, adapter: str
) -> None:
    """Its adapter has announced what the function was going to purge."""

    def tag() -> bytes | None:
        keys = [key for key in server.ask("KEYS", "*") if key.startswith(prefix + "{tag:account}")]
        return server.raw("GET", keys[0]) if keys else None

    command = [sys.executable, "-m", "tests.cache.redis.dying", adapter, server.url, prefix]
    process = subprocess.run(command, cwd=ROOT, timeout=250, check=False, capture_output=True)
    assert process.returncode == -signal.SIGKILL, process.stderr
    assert tag() is not None
    wait_until(lambda: tag() is None)


@contextmanager
def _replaced(owner: Any, name: str, method: Callable[..., None]) -> Iterator[None]:
    intact = vars(owner)[name]
    setattr(owner, name, method)
    try:
        yield
    finally:
        setattr(owner, name, intact)


@contextmanager
def _held_up(owner: Any, name: str) -> Iterator[None]:
    """Whoever calls the method waits for the end of the block."""
    intact, is_over = vars(owner)[name], threading.Event()

    def wait(*arguments: Any) -> None:
        is_over.wait(PATIENCE)
        intact(*arguments)

    with _replaced(owner, name, wait):
        try:
            yield
        finally:
            is_over.set()


def test_who_ignores_the_roster_serves_what_has_changed(
    start: Start, witness: Process, database: Database, server: Server
) -> None:
    """That the test above can fail."""
    member = start()
    member.tell("announce")
    database.change(0)
    with _replaced(Keeper, "_make_up_for", lambda *_: None):
        member.tell("die")
        wait_until(lambda: len(members(server)) == 1)
        assert witness.fetch(0) == (b"0", "HIT")


def test_a_death_in_an_outage_is_made_good_by_who_saw_the_outage(
    start: Start, witness: Process, database: Database, wire: Wire, server: Server, connect: Connect
) -> None:
    """The mutation could not be announced. For those too who did not see it."""
    asleep = Process(_without_end(connect(server.url)), database, LEASE)
    wait_until(lambda: asleep.fetch_fresh() == "HIT" and len(members(server)) == 2)
    member = start()
    wire.lead_to(None)
    database.change(0)
    member.tell("purge")
    member.tell("die")
    assert witness.fetch_fresh() == "BYPASS"
    wire.lead_to(server.port)
    wait_until(lambda: _is_fresh(asleep, database))
    wait_until(lambda: witness.fetch()[1] == "HIT")
    assert witness.fetch_fresh() == "HIT"


def test_a_server_that_starts_anew_makes_up_for_a_death(
    start: Start, database: Database, server: Server, connect: Connect
) -> None:
    """For those too who come later, and although its snapshot is from before."""
    member = start()
    server.ask("SAVE")
    server.kill()
    database.change(0)
    member.tell("purge")
    member.tell("die")
    server.start()
    assert server.ask("DBSIZE") > 0
    newcomer = Process(connect(server.url), database)
    assert [newcomer.fetch_fresh() for _ in range(2)] == ["MISS", "HIT"]


def test_a_stalled_process_leaves_the_entries_of_the_others_alone(
    start: Start, witness: Process, database: Database, server: Server
) -> None:
    """It is struck out, goes on, fails to reach the store in time, and enters itself anew."""
    member = start()
    member.signal(signal.SIGSTOP)
    words = set[str]()

    def has_members(number: int) -> bool:
        words.add(witness.fetch_fresh())
        return len(members(server)) == number

    wait_until(lambda: has_members(1))
    member.signal(signal.SIGCONT)
    wait_until(lambda: has_members(2))
    database.change(0)
    member.tell("purge")
    assert words == {"HIT"}
    assert [witness.fetch_fresh() for _ in range(2)] == ["MISS", "HIT"]
    assert witness.fetch_fresh(OTHER) == "HIT"


def test_a_roster_that_is_lost_may_have_held_a_promise(
    start: Start, witness: Process, database: Database, server: Server
) -> None:
    """An eviction between an announcement and the death of who made it."""
    member = start()
    member.tell("announce")
    database.change(0)
    member.tell("die")
    for key in server.ask("KEYS", f"*{{{ROSTER}}}*"):
        server.ask("DEL", key)
    wait_until(lambda: _is_fresh(witness, database))


def test_a_burst_of_mutations_is_announced_once(wire: Wire, connect: Connect, database: Database) -> None:
    process = Process(connect(wire.url), database, lease=3_600)
    process.fetch()
    wait_until(process.has_beaten)
    wire.clear()
    store = process.store
    for _ in range(5):
        announcement = complete_now(store.announce(store.in_thread, tags(0)[-1:]))
        process.mutate()
        assert announcement is not None
        announcement.end()
    assert wire.commands.count("HSET") == 1
    assert wire.round_trips == 1 + 5
    store.close()
