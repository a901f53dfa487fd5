from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias, TypeVar

import pytest

from mizan_core.cache.opening import BackendOptions
from mizan_redis import RedisCache, open_redis
from tests.cache.redis.servers import HOST, Cluster, Server, free_port

TIMEOUT = 10.0
"""Seconds that a server has for a reply: a busy machine is no outage."""
SHORT = 0.5
"""As ``TIMEOUT``, where a test makes the server stand still."""
LONGEST = 3 * SHORT + 1.5
"""Seconds, by ``clock.now``, that a request takes at most: a connection, its greeting and a reply, and some more where
the machine is busy."""
Connect: TypeAlias = Callable[..., RedisCache]
S = TypeVar("S", Server, Cluster)


@pytest.fixture(scope="module")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that the tests of a module leave running and as they found it."""
    yield from _run(Server(tmp_path_factory.mktemp("redis")))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server for one test, which may do to it what it likes."""
    yield from _run(Server(tmp_path / "redis"))


@pytest.fixture(scope="module")
def shared_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster that the tests of a module leave running and as they found it."""
    yield from _run(Cluster(tmp_path_factory.mktemp("cluster")))


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """A cluster for one test, which may do to it what it likes."""
    yield from _run(Cluster(tmp_path / "cluster"))


@pytest.fixture
def dead_url() -> str:
    """Where nobody listens."""
    return f"redis://{HOST}:{free_port()}/0"


@pytest.fixture
def prefix() -> str:
    """What a cache that an earlier test has left behind does not touch."""
    return f"test-{secrets.token_hex(4)}:"


@pytest.fixture
def connect(prefix: str) -> Iterator[Connect]:
    """Makes caches; each call is like another process."""
    made: list[RedisCache] = []

    def make(url: str, timeout: float = TIMEOUT) -> RedisCache:
        made.append(open_redis(BackendOptions(url, prefix, timeout=timeout, pool_size=20, max_bytes=0)))
        return made[-1]

    yield make
    for cache in made:
        cache.close()


def _run(started: S) -> Iterator[S]:
    try:
        started.start()
        yield started
    finally:
        started.kill()
