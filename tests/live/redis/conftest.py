from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

import pytest

from mizan_core.cache.opening import BackendOptions
from mizan_redis import RedisBroker
from mizan_redis.senders import Senders, checked_address
from tests.cache.redis import conftest as cache

shared_server = cache.shared_server
server = cache.server
shared_cluster = cache.shared_cluster
cluster = cache.cluster
dead_url = cache.dead_url
prefix = cache.prefix

ConnectBroker: TypeAlias = Callable[..., RedisBroker]


@pytest.fixture
def connect_broker(prefix: str) -> Iterator[ConnectBroker]:
    """Makes brokers; each call is like another process."""
    made: list[Senders] = []

    def make(url: str, history: int = 20, beat: float = 0.2, timeout: float = cache.TIMEOUT) -> RedisBroker:
        address = checked_address(BackendOptions(url, prefix, timeout=timeout, pool_size=20, max_bytes=0))
        made.append(Senders(address, timeout=timeout, pool_size=20))
        return RedisBroker(made[-1], prefix=prefix, history=history, beat=beat)

    yield make
    for senders in made:
        senders.close()
