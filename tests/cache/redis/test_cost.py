"""What the cache costs on the wire."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import redis

from mizan_redis import RedisCache
from tests.cache.redis.conftest import Connect
from tests.cache.redis.servers import HOST, Cluster, Server, wait_until
from tests.cache.redis.site import Database, Process, entry, tags
from tests.cache.redis.wire import Wire

READ = ["GET"] * (1 + 1 + len(tags(0)))
"""The entry, the epoch and the tags."""


@pytest.fixture
def wire(shared_server: Server) -> Iterator[Wire]:
    with Wire(shared_server.port) as wire:
        yield wire


@pytest.fixture
def backend(wire: Wire, connect: Connect) -> RedisCache:
    return connect(wire.url)


@pytest.fixture
def process(wire: Wire, backend: RedisCache) -> Iterator[Process]:
    """One whose next beat is far away."""
    process = Process(backend, Database(), lease=3_600)
    assert [process.fetch_fresh() for _ in range(2)] == ["MISS", "HIT"]
    wait_until(process.has_beaten)
    yield process
    process.store.close()


def test_a_hit_is_one_round_trip(wire: Wire, process: Process) -> None:
    wire.clear()
    assert process.fetch_fresh() == "HIT"
    assert (wire.round_trips, wire.commands) == (1, [*READ, "INFO"])


def test_a_purge_is_one_round_trip(wire: Wire, process: Process) -> None:
    wire.clear()
    process.mutate()
    assert (wire.round_trips, wire.commands) == (1, ["SET", "GET", "INFO"])


def test_a_miss_is_a_read_and_a_write(wire: Wire, process: Process) -> None:
    process.mutate()
    wire.clear()
    assert process.fetch_fresh() == "MISS"
    assert (wire.round_trips, wire.commands) == (2, [*READ, "INFO", "SET", *["EXPIRE"] * len(tags(0)), "INFO"])


def test_a_connection_is_kept(shared_server: Server, process: Process) -> None:
    connections = shared_server.ask("INFO", "stats")["total_connections_received"]
    for _ in range(20):
        process.fetch_fresh()
        process.mutate()
    # The question itself takes one.
    assert shared_server.ask("INFO", "stats")["total_connections_received"] == connections + 1


def test_a_purge_sends_the_same_whatever_the_number_of_entries(
    wire: Wire, process: Process, backend: RedisCache, shared_server: Server, prefix: str
) -> None:
    sent = {}
    for entries in (10, 100_000):
        with redis.Redis(HOST, shared_server.port) as client:
            for start in range(0, entries, 10_000):
                keys = range(start, min(start + 10_000, entries))
                client.mset({f"{prefix}{{{entry(key)}}}": b"" for key in keys})
        wire.clear()
        process.mutate()
        sent[entries] = wire.round_trips, wire.commands
    assert sent[10] == sent[100_000] == (1, ["SET", "GET", "INFO"])


def test_nothing_ever_scans(wire: Wire, connect: Connect) -> None:
    """From the first command of a process on, over an outage too."""
    process = Process(connect(wire.url), Database())
    for _ in range(3):
        process.fetch_fresh()
        process.mutate()
        wire.cut()
        process.fetch_fresh()
        process.mutate()
    # redis-py introduces itself to the server.
    assert set(wire.commands) - {"CLIENT"} <= {"GET", "SET", "DEL", "EXPIRE", "HSET", "HGETALL", "HDEL", "INFO"}
    process.store.close()


def test_a_hit_asks_each_server_of_a_cluster_once(shared_cluster: Cluster, connect: Connect) -> None:
    process = Process(connect(shared_cluster.url), Database(), lease=3_600)
    assert [process.fetch_fresh() for _ in range(2)] == ["MISS", "HIT"]
    wait_until(process.has_beaten)
    before = [_calls(server) for server in shared_cluster.servers]
    assert process.fetch_fresh() == "HIT"
    asked = [_difference(_calls(server), calls) for server, calls in zip(shared_cluster.servers, before, strict=True)]
    assert sum(calls.get("get", 0) for calls in asked) == len(READ)
    # One more is the test's own.
    assert all(calls.get("info", 0) - 1 == ("get" in calls) for calls in asked)
    # redis-py introduces itself where the server knows how; Redis 6 does not tell subcommands apart.
    assert all(calls.keys() <= {"get", "info", "client|setinfo", "client"} for calls in asked)
    process.store.close()


def _calls(server: Server) -> dict[str, int]:
    """How often each command has been called."""
    stats = server.ask("INFO", "commandstats")
    return {name.removeprefix("cmdstat_"): facts["calls"] for name, facts in stats.items()}


def _difference(after: dict[str, int], before: dict[str, int]) -> dict[str, int]:
    return {name: calls - before.get(name, 0) for name, calls in after.items() if calls != before.get(name, 0)}
