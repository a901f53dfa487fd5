"""Every form of the URL, over a server of its kind; and URLs that are wrong."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import pytest

from mizan_core.cache.backend import BackendUnavailable, Beat
from mizan_core.cache.opening import BackendOptions, open_backend
from mizan_core.errors import ConfigurationError
from mizan_redis import RedisCache
from mizan_redis.address import Kind, Node, read_address
from tests.cache.redis.certificates import write_certificate
from tests.cache.redis.conftest import Connect
from tests.cache.redis.servers import HOST, Cluster, SentinelServer, Server, need_tls, wait_until
from tests.cache.redis.site import Database, Process

PASSWORD, QUOTED = "p@ss:w/rd?", "p%40ss%3Aw%2Frd%3F"
Start: TypeAlias = Callable[[Server], Server]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts a server that ends with the test."""
    started: list[Server] = []

    def start(server: Server) -> Server:
        started.append(server)
        server.start()
        return server

    yield start
    for server in started:
        server.kill()


def works(cache: RedisCache) -> bool:
    """In threads and on event loops."""

    async def use() -> bool:
        await cache.awrite({"b": b"2"}, 60)
        await cache.adelete(["b"])
        await cache.asave("b", b"2", 60, ["a"], 60)
        await cache.aenroll("roster", 60, {"somebody": b"1"})
        found = await cache.aread(["a", "b"])
        await cache.aclose()
        return found == [b"1", b"2"]

    cache.write({"a": b"1"}, 60)
    cache.beat(Beat("lease", 60, "roster", 60, {"who": b"1"}, ["else"]))
    cache.strike("roster", ["who"])
    return asyncio.run(use()) and cache.read(["b", "a"]) == [b"2", b"1"]


def test_a_database(shared_server: Server, connect: Connect) -> None:
    assert works(connect(f"redis://{HOST}:{shared_server.port}/3"))
    assert works(connect(f"redis://{HOST}:{shared_server.port}?db=4"))
    assert {"db3", "db4"} <= shared_server.ask("INFO", "keyspace").keys()


def allow(server: Server, prefix: str, *commands: str) -> str:
    """Make an account that may do just this, with keys of the prefix; gives how to log in."""
    rights = ["resetkeys", f"~{prefix}*", "-@all", *commands]
    server.ask("ACL", "SETUSER", "mizan", "reset", "on", f">{PASSWORD}", *rights)
    return f"mizan:{QUOTED}"


RIGHTS = ("+get", "+set", "+del", "+expire", "+hset", "+hgetall", "+hdel", "+info")
"""What README.md names for every server."""


def test_an_account_with_the_least_rights(shared_server: Server, connect: Connect, prefix: str) -> None:
    account = allow(shared_server, prefix, *RIGHTS)
    assert works(connect(f"redis://{account}@{HOST}:{shared_server.port}/0"))
    with pytest.raises(BackendUnavailable):
        connect(f"redis://mizan:wrong@{HOST}:{shared_server.port}/0").read(["a"])


@pytest.mark.parametrize(
    ("right", "options"),
    [*((right, "") for right in RIGHTS), ("+select", "?db=5"), ("+client|setname", "?client_name=mizan")],
)
def test_each_right_is_needed(shared_server: Server, connect: Connect, prefix: str, right: str, options: str) -> None:
    url = f"redis://mizan:{QUOTED}@{HOST}:{shared_server.port}{options}"
    allow(shared_server, prefix, *{*RIGHTS, right})
    assert works(connect(url))
    allow(shared_server, prefix, *{*RIGHTS, right} - {right})
    with pytest.raises(BackendUnavailable):
        works(connect(url))


def test_an_account_with_the_least_rights_in_a_cluster(shared_cluster: Cluster, connect: Connect, prefix: str) -> None:
    cache = connect(shared_cluster.url.replace("//", f"//mizan:{QUOTED}@"))
    for server in shared_cluster.servers:
        allow(server, prefix, *RIGHTS)
    with pytest.raises(BackendUnavailable):
        cache.read(["a"])
    for server in shared_cluster.servers:
        allow(server, prefix, *RIGHTS, "+cluster|slots")
    assert works(cache)


def test_an_account_with_the_least_rights_on_a_sentinel(
    start: Start, connect: Connect, prefix: str, tmp_path: Path
) -> None:
    master = start(Server(tmp_path / "master"))
    sentinel = start(SentinelServer(tmp_path / "sentinel", master.port))
    account = allow(master, prefix, *RIGHTS)
    options = f"sentinel_username=mizan&sentinel_password={QUOTED}"
    cache = connect(f"redis+sentinel://{account}@{HOST}:{sentinel.port}/main?{options}")
    allow(sentinel, prefix)
    with pytest.raises(BackendUnavailable):
        cache.read(["a"])
    allow(sentinel, prefix, "+sentinel|masters")
    assert works(cache)


def test_an_account_that_may_not_ask_for_the_history_gets_nothing(shared_server: Server, connect: Connect) -> None:
    """What cannot be checked is not believed."""
    shared_server.ask("ACL", "SETUSER", "blind", "on", ">blind", "~*", "-@all", "+get", "+set")
    cache = connect(f"redis://blind:blind@{HOST}:{shared_server.port}/0")
    with pytest.raises(BackendUnavailable):
        cache.read(["a"])
    with pytest.raises(BackendUnavailable):
        cache.write({"a": b""}, 60)


def secure(server: Server, certificate: Path, key: Path) -> int:
    """Let a server that has not started serve TLS too; gives the port."""
    need_tls()
    port = Server(server.folder / "unused").port
    files = ("--tls-cert-file", str(certificate), "--tls-key-file", str(key), "--tls-ca-cert-file", str(certificate))
    server.options += ("--tls-port", str(port), "--tls-auth-clients", "no", *files)
    return port


def test_tls(start: Start, connect: Connect, tmp_path: Path) -> None:
    server = Server(tmp_path / "redis")
    certificate, key = write_certificate(tmp_path)
    port = secure(server, certificate, key)
    start(server)
    assert works(connect(f"rediss://{HOST}:{port}/0?ssl_ca_certs={certificate}"))
    with pytest.raises(BackendUnavailable):
        connect(f"rediss://{HOST}:{port}/0").read(["a"])


def test_tls_with_sentinel(start: Start, connect: Connect, tmp_path: Path) -> None:
    """To the sentinel and to the master that it names."""
    master = Server(tmp_path / "master")
    certificate, key = write_certificate(tmp_path)
    master_port = secure(master, certificate, key)
    start(master)
    sentinel = SentinelServer(tmp_path / "sentinel", master_port, "--tls-replication", "yes")
    port = secure(sentinel, certificate, key)
    start(sentinel)
    assert works(connect(f"rediss+sentinel://{HOST}:{port}/main?ssl_ca_certs={certificate}"))
    with pytest.raises(BackendUnavailable):
        connect(f"rediss+sentinel://{HOST}:{port}/main").read(["a"])


def test_a_socket(start: Start, connect: Connect) -> None:
    # A socket's path must be short.
    with tempfile.TemporaryDirectory() as folder:
        start(Server(Path(folder), "--unixsocket", f"{folder}/s"))
        assert works(connect(f"unix://{folder}/s?db=2"))


def test_sentinel(start: Start, connect: Connect, tmp_path: Path) -> None:
    """The replica takes over, and nothing from before is believed."""
    master, replica = (start(Server(tmp_path / name)) for name in ("master", "replica"))
    replica.ask("REPLICAOF", HOST, master.port)
    wait_until(lambda: bool(replica.ask("INFO", "replication").get("master_link_status") == "up"))
    sentinel = start(SentinelServer(tmp_path / "sentinel", master.port))
    wait_until(lambda: f"port={replica.port}" in _replicas(sentinel))
    url = f"redis+sentinel://{HOST}:{sentinel.port}/main"
    assert works(connect(url))
    process = Process(connect(url), Database())
    assert [process.fetch_fresh() for _ in range(2)] == ["MISS", "HIT"]
    master.kill()
    process.mutate()
    assert process.fetch_fresh() == "BYPASS"
    wait_until(lambda: process.fetch_fresh() == "HIT", patience=40)


def test_a_sentinel_that_knows_nobody(connect: Connect, dead_url: str) -> None:
    url = dead_url.replace("redis:", "redis+sentinel:").removesuffix("/0") + "/main"
    with pytest.raises(BackendUnavailable):
        connect(url).read(["a"])


def test_the_entry_points(shared_server: Server, prefix: str) -> None:
    options = BackendOptions(shared_server.url, prefix, timeout=10.0, pool_size=2, max_bytes=0)
    cache = open_backend(options)
    assert isinstance(cache, RedisCache)
    assert works(cache)
    cache.close()


@pytest.mark.parametrize(
    ("url", "kind", "nodes"),
    [
        ("redis://", Kind.SINGLE, [Node("localhost", 6379)]),
        ("REDIS://Cache.Internal", Kind.SINGLE, [Node("cache.internal", 6379)]),
        ("rediss://[::1]:7000/1", Kind.SINGLE, [Node("::1", 7000)]),
        ("unix:///run/redis.sock", Kind.SINGLE, []),
        ("redis+cluster://a,b:7000", Kind.CLUSTER, [Node("a", 6379), Node("b", 7000)]),
        ("rediss+cluster://u:p@[::1]:7000,[::2]/0", Kind.CLUSTER, [Node("::1", 7000), Node("::2", 6379)]),
        ("redis+sentinel://a,b:7000/main/2", Kind.SENTINEL, [Node("a", 26379), Node("b", 7000)]),
        ("rediss+sentinel://a/main", Kind.SENTINEL, [Node("a", 26379)]),
    ],
)
def test_addresses(url: str, kind: Kind, nodes: list[Node]) -> None:
    address = read_address(url)
    assert (address.kind, list(address.nodes)) == (kind, nodes)
    assert address.tls == url.startswith("rediss")


def test_accounts_and_options() -> None:
    address = read_address(f"redis+sentinel://me:{QUOTED}@a/main/2?sentinel_password={QUOTED}&client_name=mizan")
    assert address.service == "main"
    assert address.options == {"username": "me", "password": PASSWORD, "db": 2, "client_name": "mizan"}
    assert address.sentinel_options == {"password": PASSWORD}
    assert PASSWORD not in repr(address)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("redis://secret.host:port/0", "a port or a number"),
        ("redis://secret.host/zero", "a port or a number"),
        ("redis://secret.host?db=zero", "a port or a number"),
        ("redis://secret.host,secret.other/0", "several servers"),
        ("redis://secret.host/0?max_connections=5", "'max_connections'"),
        ("redis://secret.host/0?socket_keepalive=perhaps", "'socket_keepalive' must be yes or no"),
        ("rediss://secret.host/0?ssl_nonsense=secret", "an option that redis-py does not take"),
        ("redis+cluster://secret.host/1", "a database"),
        ("redis+cluster://secret.host?db=1", "a database"),
        ("redis+sentinel://secret.host:26379", "lacks the service"),
    ],
)
def test_urls_that_are_wrong(connect: Connect, url: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message) as caught:
        connect(url)
    assert "secret" not in str(caught.value)


def _replicas(sentinel: Server) -> str:
    return "".join(
        f"port={item[item.index('port') + 1]}" for item in map(_flat, sentinel.ask("SENTINEL", "REPLICAS", "main"))
    )


def _flat(replica: object) -> list[str]:
    """redis-py makes a dictionary of it, or not, by version."""
    if isinstance(replica, dict):
        return [str(word) for pair in replica.items() for word in pair]
    assert isinstance(replica, list)
    return [str(word) for word in replica]
