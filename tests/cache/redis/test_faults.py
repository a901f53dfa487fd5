"""A server that fails: requests go on, none waits longer than the timeouts, nothing stale is served."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import pytest

from tests.cache.redis.conftest import LONGEST, SHORT, TIMEOUT, Connect
from tests.cache.redis.servers import PATIENCE, Server, wait_until
from tests.cache.redis.site import LONG_LEASE, Database, Process
from tests.cache.redis.wire import Wire

Start: TypeAlias = Callable[[], Process]


@pytest.fixture
def database() -> Database:
    return Database()


@pytest.fixture
def wire(server: Server) -> Iterator[Wire]:
    with Wire(server.port) as wire:
        yield wire


@pytest.fixture
def timeout() -> float:
    return TIMEOUT


@pytest.fixture
def start_process(wire: Wire, connect: Connect, database: Database, timeout: float) -> Iterator[Start]:
    """Starts processes that end with the test."""
    started: list[Process] = []

    def start() -> Process:
        started.append(Process(connect(wire.url, timeout), database, LONG_LEASE))
        return started[-1]

    yield start
    for process in started:
        process.store.close()


@pytest.fixture
def process(start_process: Start) -> Iterator[Process]:
    """A process with a warm cache, whose requests must all have been quick."""
    process = start_process()
    assert [process.fetch_fresh() for _ in range(2)] == ["MISS", "HIT"]
    yield process
    assert process.longest < LONGEST


def recover(process: Process) -> None:
    """Fetch until the cache serves again, and never anything stale."""
    wait_until(lambda: process.fetch_fresh() == "HIT")


@pytest.mark.parametrize("request_of", [Process.fetch_fresh, Process.mutate], ids=["fetch", "mutate"])
def test_a_server_that_is_gone(server: Server, process: Process, request_of: Callable[[Process], object]) -> None:
    server.kill()
    for _ in range(5):
        request_of(process)
    assert process.fetch_fresh() == "BYPASS"
    server.start()
    recover(process)
    process.mutate()
    assert [process.fetch_fresh() for _ in range(2)] == ["MISS", "HIT"]


def test_a_restart_between_two_requests(server: Server, process: Process) -> None:
    """redis-py makes a dead connection again without a word."""
    server.restart()
    assert process.fetch_fresh() == "BYPASS"
    recover(process)


def test_a_mutation_that_finds_out_about_a_restart_is_not_answered_before_its_purge(
    server: Server, process: Process, start_process: Start
) -> None:
    """Others trust the restarted server already, and have entries there."""
    server.restart()
    newcomer = start_process()
    assert [newcomer.fetch_fresh() for _ in range(2)] == ["MISS", "HIT"]
    process.mutate()
    assert newcomer.fetch_fresh() == "MISS"


def test_mutations_without_a_pause_do_not_put_recovery_off(server: Server, process: Process) -> None:
    server.kill()
    process.mutate()
    server.start()
    end = time.monotonic() + PATIENCE
    while process.fetch_fresh() == "BYPASS":
        assert time.monotonic() < end
        process.mutate()


def test_a_connection_cut_between_two_requests_costs_nothing(wire: Wire, process: Process) -> None:
    wire.cut()
    assert process.fetch_fresh() == "HIT"


def test_a_server_that_dies_again_and_again_under_load(
    server: Server, start_process: Start, database: Database
) -> None:
    """In the middle of reads, writes and purges. It keeps a snapshot each time, so that it comes back with old data."""
    stop, failures = threading.Event(), list[str]()
    processes = [start_process(), start_process()]
    answered = 0

    def mutate() -> None:
        nonlocal answered
        while not stop.is_set():
            processes[0].mutate()
            answered = int(database.read(0))

    def fetch(process: Process) -> None:
        while not stop.is_set():
            floor = answered
            value, word = process.fetch()
            if int(value) < floor:
                failures.append(f"{word}: {value!r} after the answer to {floor}")

    threads = [threading.Thread(target=mutate)]
    threads += [threading.Thread(target=fetch, args=(process,)) for process in processes * 2]
    for thread in threads:
        thread.start()
    for _ in range(4):
        time.sleep(0.3)
        server.ask("SAVE")
        time.sleep(0.05)
        server.restart()
    wait_until(lambda: answered > 50)
    stop.set()
    for thread in threads:
        thread.join(PATIENCE)
    assert not any(thread.is_alive() for thread in threads)
    assert failures == []
    assert max(process.longest for process in processes) < LONGEST
    for process in processes:
        recover(process)


class TestOldData:
    """The server comes back with the snapshot from before a purge."""

    @pytest.fixture(autouse=True)
    def _lose_a_purge(self, server: Server, process: Process) -> None:
        server.ask("SAVE")
        process.mutate()
        server.restart()
        # Else the snapshot has not been read, and the test shows nothing.
        assert server.ask("DBSIZE") > 0

    def test_who_was_there_does_not_believe_it(self, process: Process) -> None:
        assert process.fetch_fresh() == "BYPASS"
        recover(process)

    def test_a_process_that_never_saw_the_outage_does_not_believe_it(self, start_process: Start) -> None:
        newcomer = start_process()
        assert [newcomer.fetch_fresh() for _ in range(2)] == ["MISS", "HIT"]

    def test_nor_does_one_after_a_second_restart(self, server: Server, start_process: Start) -> None:
        newcomer = start_process()
        assert [newcomer.fetch_fresh() for _ in range(2)] == ["MISS", "HIT"]
        server.ask("SAVE")
        newcomer.mutate()
        server.restart()
        assert start_process().fetch_fresh() == "MISS"
        assert newcomer.fetch_fresh() == "BYPASS"


def test_a_value_that_is_written_after_the_restart_is_not_believed(
    server: Server, connect: Connect, prefix: str, process: Process, database: Database, start_process: Start
) -> None:
    """A slow function that read the database before a mutation, whose purge the restart has undone."""
    server.ask("SAVE")

    class Slow(Database):
        def read(self, item: int) -> bytes:
            value = database.read(item)
            process.mutate()
            server.restart()
            return value

    server.ask("FLUSHALL")
    Process(connect(server.url), Slow()).fetch()
    assert start_process().fetch_fresh() == "MISS"
    recover(process)


def test_a_log_that_lags_is_as_old_as_a_snapshot(tmp_path: Path, connect: Connect, database: Database) -> None:
    server = Server(tmp_path / "log", "--appendonly", "yes", "--appendfsync", "always")
    try:
        server.start()
        process = Process(connect(server.url), database, LONG_LEASE)
        assert [process.fetch_fresh() for _ in range(2)] == ["MISS", "HIT"]
        logged = {path: path.read_bytes() for path in (tmp_path / "log").rglob("*.aof")}
        process.mutate()
        server.kill()
        for path, contents in logged.items():
            path.write_bytes(contents)
        server.start()
        assert server.ask("DBSIZE") > 0
        assert Process(connect(server.url), database).fetch_fresh() == "MISS"
        assert process.fetch_fresh() == "BYPASS"
    finally:
        server.kill()


@pytest.fixture
def replica(server: Server, tmp_path: Path) -> Iterator[Server]:
    replica = Server(tmp_path / "replica")
    try:
        replica.start()
        replica.ask("REPLICAOF", "127.0.0.1", server.port)
        wait_until(lambda: replica.ask("INFO", "replication")["master_link_status"] == "up")
        yield replica
    finally:
        replica.kill()


class TestReplica:
    def test_one_that_takes_over_without_the_last_purge_is_not_believed(
        self, replica: Server, wire: Wire, process: Process, start_process: Start
    ) -> None:
        # The first replica gives a master's history a new name.
        recover(process)
        wait_until(lambda: replica.ask("DBSIZE") >= 4)
        replica.ask("REPLICAOF", "NO", "ONE")
        process.mutate()
        wire.lead_to(replica.port)
        assert start_process().fetch_fresh() == "MISS"
        assert process.fetch_fresh() == "BYPASS"
        recover(process)

    def test_one_that_has_not_taken_over_is_not_asked(self, replica: Server, wire: Wire, start_process: Start) -> None:
        wire.lead_to(replica.port)
        assert start_process().fetch_fresh() == "BYPASS"

    def test_a_connection_that_outlives_a_change_of_role_is_not_believed(
        self, server: Server, replica: Server, process: Process, start_process: Start
    ) -> None:
        """The server that the connection leads to follows its former replica for a while."""
        recover(process)
        other = start_process()
        assert other.fetch_fresh() == "HIT"
        wait_until(lambda: replica.ask("DBSIZE") >= 4)
        replica.ask("REPLICAOF", "NO", "ONE")
        process.mutate()
        server.ask("REPLICAOF", "127.0.0.1", replica.port)
        wait_until(lambda: server.ask("INFO", "replication").get("master_link_status") == "up")
        server.ask("REPLICAOF", "NO", "ONE")
        assert other.fetch_fresh() == "BYPASS"
        recover(other)


class TestPause:
    """The server is there, and connections can be made, but nothing is answered for longer than the timeout."""

    @pytest.fixture
    def timeout(self) -> float:
        return SHORT

    def test_requests_go_on(self, server: Server, process: Process) -> None:
        server.pause()
        for _ in range(3):
            assert process.fetch_fresh() == "BYPASS"
            process.mutate()
        server.resume()
        recover(process)

    def test_a_purge_that_timed_out_is_not_lost(
        self, server: Server, process: Process, wire: Wire, connect: Connect, database: Database
    ) -> None:
        # What it asks meanwhile does not fail.
        other = Process(connect(wire.url), database, LONG_LEASE)
        assert other.fetch_fresh() == "HIT"
        server.pause()
        process.mutate()
        server.resume()
        recover(process)
        assert other.fetch_fresh() == "HIT"


class TestEviction:
    """Nothing that a server throws away makes an old entry valid."""

    @pytest.mark.parametrize("gone", ["entry:0", "epoch", "tag", "tag:0"])
    def test_each_key_alone(self, server: Server, process: Process, gone: str) -> None:
        [key] = [key for key in server.ask("KEYS", "*") if f"{{{gone}}}" in key]
        server.ask("DEL", key)
        assert [process.fetch_fresh() for _ in range(2)] == ["MISS", "HIT"]

    def test_a_tag_that_comes_back_after_a_purge(self, server: Server, process: Process) -> None:
        process.mutate()
        for key in server.ask("KEYS", "*tag*"):
            server.ask("DEL", key)
        assert [process.fetch_fresh() for _ in range(2)] == ["MISS", "HIT"]

    def test_a_server_short_of_memory(self, server: Server, connect: Connect) -> None:
        used = int(server.ask("INFO", "memory")["used_memory"])
        server.ask("CONFIG", "SET", "maxmemory", used + 500_000)
        server.ask("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
        choice = random.Random(20_250_101)  # noqa: S311 - the same each time is the point
        database = Database(padding=2_000)
        processes = [Process(connect(server.url), database, LONG_LEASE) for _ in range(2)]
        words = []
        for _ in range(5_000):
            process, item = choice.choice(processes), int(choice.expovariate(0.005))
            words.append(process.fetch_fresh(item))
            if choice.random() < 0.2:
                process.mutate(item)
        assert server.ask("INFO", "stats")["evicted_keys"] > 1_000
        assert words.count("HIT") > 100
        assert words.count("MISS") > 100
        assert words.count("BYPASS") < len(words) / 100

    def test_a_server_that_refuses_writes(self, server: Server, process: Process) -> None:
        """A purge that could not be written must not be forgotten."""
        server.ask("CONFIG", "SET", "maxmemory", 1)
        process.mutate()
        assert process.fetch_fresh() == "BYPASS"
        server.ask("CONFIG", "SET", "maxmemory", 0)
        recover(process)
