"""A server that answers reads and refuses writes: what a mutation has changed is served nowhere after its answer."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from typing import TypeAlias

import pytest

from mizan_core.cache import store
from mizan_core.cache.store import Store
from tests.cache.redis.conftest import SHORT, Connect
from tests.cache.redis.servers import Server, wait_until
from tests.cache.redis.site import LONG_LEASE, Database, Process, members
from tests.cache.redis.wire import Wire

LEASE = 1
Refuse: TypeAlias = Callable[[Server], None]


def be_full(server: Server) -> None:
    """``maxmemory`` with ``noeviction``: OOM."""
    server.ask("CONFIG", "SET", "maxmemory", 1)


def lack_replicas(server: Server) -> None:
    """NOREPLICAS."""
    server.ask("CONFIG", "SET", "min-replicas-to-write", 1)


def fail_to_save(server: Server) -> None:
    """MISCONF: the child that writes the snapshot is killed."""
    server.ask("CONFIG", "SET", "save", "3600 1")
    server.ask("CONFIG", "SET", "rdb-key-save-delay", 10_000_000)
    server.ask("BGSAVE")
    wait_until(lambda: _children(server) != [])
    for child in _children(server):
        os.kill(child, signal.SIGKILL)
    wait_until(lambda: server.ask("INFO", "persistence")["rdb_last_bgsave_status"] == "err")


def pause(server: Server) -> None:
    """For longer than the test lasts."""
    server.ask("CLIENT", "PAUSE", 600_000, "WRITE")


def _children(server: Server) -> list[int]:
    parent = str(server.ask("INFO", "server")["process_id"])
    found = subprocess.run(["pgrep", "-P", parent], capture_output=True, text=True, check=False)
    return [int(line) for line in found.stdout.split()]


def _serves(process: Process, item: int = 0) -> bool:
    return process.fetch_fresh(item) == "HIT"


@pytest.fixture
def database() -> Database:
    return Database()


@pytest.fixture
def processes(server: Server, connect: Connect, database: Database) -> Iterator[list[Process]]:
    """One that mutates, and a quiet one; with a warm entry."""
    yield from _run(server, connect, database, LEASE)


@pytest.fixture
def idle_processes(server: Server, connect: Connect, database: Database) -> Iterator[list[Process]]:
    """As ``processes``, but neither writes anything from now on unless it is asked to."""
    yield from _run(server, connect, database, LONG_LEASE)


def _run(server: Server, connect: Connect, database: Database, lease: int) -> Iterator[list[Process]]:
    processes = [Process(connect(server.url, SHORT), database, lease) for _ in range(2)]
    for process in processes:
        wait_until(partial(_serves, process))
    wait_until(lambda: len(members(server)) == len(processes))
    yield processes
    for process in processes:
        process.store.close()


@pytest.mark.parametrize("refuse", [be_full, lack_replicas, fail_to_save, pause])
def test_a_quiet_process_serves_nothing_that_a_refused_purge_concerns(
    server: Server, processes: list[Process], refuse: Refuse
) -> None:
    mutating, quiet = processes
    refuse(server)
    mutating.mutate()
    for _ in range(20):
        assert quiet.fetch_fresh() in ("BYPASS", "MISS")


def test_who_does_not_wait_for_the_lease_serves_what_has_changed(
    server: Server, idle_processes: list[Process], monkeypatch: pytest.MonkeyPatch
) -> None:
    """That the test above can fail."""

    async def hurry(*_: object) -> bool:
        return True

    monkeypatch.setattr(Store, "_hold", hurry)
    mutating, quiet = idle_processes
    lack_replicas(server)
    mutating.mutate()
    assert quiet.fetch() == (b"0", "HIT")


def test_what_a_full_server_purges_is_purged_alone(server: Server, idle_processes: list[Process]) -> None:
    """It removes what it cannot replace."""
    mutating, _ = idle_processes
    wait_until(partial(_serves, mutating, 7))
    [epoch] = [key for key in server.ask("KEYS", "*") if "{epoch}" in key]
    before = server.raw("GET", epoch)
    be_full(server)
    mutating.mutate()
    server.ask("CONFIG", "SET", "maxmemory", 0)
    wait_until(partial(_serves, mutating))
    assert server.raw("GET", epoch) == before


def test_an_answer_is_not_held_for_ever(
    server: Server, idle_processes: list[Process], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The epoch that this process cannot change does not run out: that is said, and made up for when it can be."""
    monkeypatch.setattr(store, "_LONGEST_HOLD", 0.5 / LONG_LEASE)
    mutating, quiet = idle_processes
    server.ask("ACL", "SETUSER", "default", "-set", "-del")
    mutating.mutate()
    assert any("may be stale" in record.message for record in caplog.records)
    server.ask("ACL", "SETUSER", "default", "+set", "+del")
    wait_until(partial(_serves, mutating))
    assert _serves(quiet)


def test_a_failed_read_changes_nothing_for_others(
    server: Server, connect: Connect, database: Database, idle_processes: list[Process]
) -> None:
    with Wire(server.port) as wire:
        unlucky = Process(connect(wire.url), database, LONG_LEASE)
        wait_until(partial(_serves, unlucky))
        [epoch] = [key for key in server.ask("KEYS", "*") if "{epoch}" in key]
        before = server.raw("GET", epoch)
        wire.lead_to(None)
        assert unlucky.fetch_fresh() == "BYPASS"
        wire.lead_to(server.port)
        wait_until(partial(_serves, unlucky))
        assert server.raw("GET", epoch) == before
        assert all(map(_serves, idle_processes))
        unlucky.store.close()
