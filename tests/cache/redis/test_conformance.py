"""The importable suite for backends, over one server and over a cluster."""

from __future__ import annotations

import pytest

from mizan_core.cache.conformance import SharedBackendConformance
from mizan_redis import RedisCache
from tests.cache.redis.conftest import Connect


@pytest.mark.parametrize("kind", ["server", "cluster"])
class TestRedisCache(SharedBackendConformance):
    _connect: Connect
    _url: str
    _dead_url: str

    @pytest.fixture(autouse=True)
    def _serve(self, kind: str, connect: Connect, dead_url: str, request: pytest.FixtureRequest) -> None:
        self._connect = connect
        self._url = request.getfixturevalue(f"shared_{kind}").url
        self._dead_url = dead_url if kind == "server" else dead_url.replace("redis:", "redis+cluster:")

    def make_backend(self) -> RedisCache:
        return self._connect(self._url)

    def make_unreachable_backend(self) -> RedisCache:
        return self._connect(self._dead_url)
