"""The importable suite for brokers, over one server and over a cluster."""

from __future__ import annotations

import pytest

from mizan_core.live.broker import Broker
from mizan_core.live.conformance import BrokerConformance
from mizan_redis import RedisBroker
from tests.cache.redis.conftest import SHORT
from tests.live.redis.conftest import ConnectBroker


@pytest.mark.parametrize("kind", ["server", "cluster"])
class TestRedisBroker(BrokerConformance):
    _connect: ConnectBroker
    _url: str
    _dead_url: str

    @pytest.fixture(autouse=True)
    def _serve(self, kind: str, connect_broker: ConnectBroker, dead_url: str, request: pytest.FixtureRequest) -> None:
        self._connect = connect_broker
        self._url = request.getfixturevalue(f"shared_{kind}").url
        self._dead_url = dead_url if kind == "server" else dead_url.replace("redis:", "redis+cluster:")

    def make_broker(self) -> RedisBroker:
        return self._connect(self._url)

    def make_other(self, broker: Broker) -> RedisBroker:
        return self._connect(self._url)

    def make_unreachable_broker(self) -> RedisBroker:
        return self._connect(self._dead_url, timeout=SHORT)
