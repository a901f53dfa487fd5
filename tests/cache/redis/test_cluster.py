"""A cluster that loses a server, gets it back with old data, or moves slots."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cache.redis.conftest import LONGEST, Connect
from tests.cache.redis.servers import HOST, Cluster, wait_until
from tests.cache.redis.site import Database, Process

ITEMS = range(24)
"""Enough for every server to hold some of the entries and some of the tags."""


@pytest.fixture
def database() -> Database:
    return Database()


@pytest.fixture
def process(cluster: Cluster, connect: Connect, database: Database) -> Iterator[Process]:
    process = Process(connect(cluster.url), database)
    assert _words(process) == {"MISS"}
    assert _words(process) == {"HIT"}
    yield process
    # A server that is lost is found out by asking for the layout, from one of the others at the latest.
    assert process.longest < 2 * LONGEST


def _words(process: Process) -> set[str]:
    return {process.fetch_fresh(item) for item in ITEMS}


def _recover(process: Process) -> None:
    wait_until(lambda: _words(process) == {"HIT"})


@pytest.mark.parametrize("lost", range(3))
def test_while_a_server_is_lost_the_cache_is_out_of_service(
    cluster: Cluster, process: Process, lost: int, caplog: pytest.LogCaptureFixture
) -> None:
    """As a whole, and once: it does not come and go with the keys that are asked for."""
    cluster.servers[lost].kill()
    # The first fetch that needs it finds out.
    _words(process)
    for item in ITEMS:
        process.mutate(item)
        assert process.fetch_fresh(item) == "BYPASS"
    assert _levels(caplog) == [logging.ERROR]
    cluster.servers[lost].start()
    wait_until(cluster.is_complete)
    _recover(process)
    assert _levels(caplog) == [logging.ERROR] * 2


def test_the_old_data_of_one_server_are_not_believed(
    cluster: Cluster, process: Process, connect: Connect, database: Database
) -> None:
    """Not even by a process that never saw the outage, and whatever the other two servers still hold."""
    for server in cluster.servers:
        server.ask("SAVE")
    for item in ITEMS:
        process.mutate(item)
    lost = cluster.owner("tag:0")
    lost.restart()
    wait_until(cluster.is_complete)
    assert lost.ask("DBSIZE") > 0
    newcomer = Process(connect(cluster.url), database)
    _recover(newcomer)
    _recover(process)


def test_a_replica_takes_over_without_the_last_purges(
    cluster: Cluster, process: Process, connect: Connect, database: Database, tmp_path: Path
) -> None:
    lost = cluster.owner("tag:0")
    replica = cluster.add_replica(tmp_path / "replica", lost)
    # A first replica gives its master's history a new name.
    _recover(process)
    wait_until(lambda: bool(replica.ask("DBSIZE") == lost.ask("DBSIZE")))
    replica.ask("SAVE")
    replica.kill()
    for item in ITEMS:
        process.mutate(item)
    lost.kill()
    replica.start()
    wait_until(lambda: bool(replica.ask("INFO", "replication")["role"] == "master"))
    cluster.servers[cluster.servers.index(lost)] = replica
    wait_until(cluster.is_complete)
    assert replica.ask("DBSIZE") > 0
    _recover(Process(connect(cluster.url), database))
    _recover(process)


def test_a_slot_moves(cluster: Cluster, process: Process, connect: Connect, database: Database) -> None:
    """Each process hears of it by itself, one later than the other."""
    other = Process(connect(cluster.url), database)
    assert _words(other) == {"HIT"}
    source = cluster.owner("tag:0")
    target = next(server for server in cluster.servers if server is not source)
    for _ in cluster.move_slot("tag:0", source, target):
        process.mutate(0)
        process.fetch_fresh(0)
        process.mutate(0)
        assert other.fetch_fresh(0) in ("BYPASS", "MISS")
    assert cluster.owner("tag:0") is target
    process.mutate(0)
    assert other.fetch_fresh(0) in ("BYPASS", "MISS")
    _recover(process)
    _recover(other)


def test_any_server_of_the_url_leads_to_the_others(cluster: Cluster, connect: Connect, dead_url: str) -> None:
    url = dead_url.replace("redis:", "redis+cluster:").removesuffix("/0") + f",{HOST}:{cluster.servers[2].port}"
    assert _words(Process(connect(url), Database())) == {"MISS"}


def _levels(caplog: pytest.LogCaptureFixture) -> list[int]:
    return [record.levelno for record in caplog.records if record.name == "mizan.cache"]
