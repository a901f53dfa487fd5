"""Why a server cannot be used is told in words, without what must stay secret."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from redis import exceptions as redis_errors

from mizan_core.cache.backend import BackendUnavailable
from mizan_core.cache.opening import BackendOptions, open_backend
from mizan_core.client import client
from mizan_core.registry import Registry
from mizan_core.settings import Settings
from mizan_fastapi import create_router
from mizan_redis.causes import cause_of
from tests.cache.redis.certificates import write_certificate
from tests.cache.redis.conftest import SHORT, TIMEOUT
from tests.cache.redis.servers import HOST, Server, free_port, need_tls

SECRET = "a-cache-secret-of-these-tests-0123456789"
PASSWORD = "pass-word-7d1f0c"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("redis"))
    server.start()
    server.ask("ACL", "SETUSER", "poor", "on", f">{PASSWORD}", "resetkeys", "~p:*", "-@all", "+get")
    yield server
    server.kill()


@pytest.fixture(scope="module")
def other_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Part of a cluster, though of none that is complete."""
    server = Server(tmp_path_factory.mktemp("cluster"), "--cluster-enabled", "yes")
    server.start()
    yield server
    server.kill()


@pytest.fixture(scope="module")
def tls_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A port of a server whose certificate nobody knows."""
    need_tls()
    folder, port = tmp_path_factory.mktemp("tls"), free_port()
    certificate, key = write_certificate(folder)
    files = ("--tls-cert-file", str(certificate), "--tls-key-file", str(key), "--tls-ca-cert-file", str(certificate))
    server = Server(folder, "--tls-port", str(port), "--tls-auth-clients", "no", *files)
    server.start()
    yield port
    server.kill()


def complaints(url: str, timeout: float = TIMEOUT) -> list[str]:
    """What threads and event loops are told."""
    backend = open_backend(BackendOptions(url=url, prefix="p:", timeout=timeout, pool_size=2, max_bytes=1))
    with pytest.raises(BackendUnavailable) as from_thread:
        backend.read(["x"])
    with pytest.raises(BackendUnavailable) as from_loop:
        asyncio.run(backend.aread(["x"]))
    return [str(from_thread.value), str(from_loop.value)]


@pytest.mark.parametrize(
    ("url", "cause"),
    [
        (f"redis://:{PASSWORD}@{{plain}}", "the URL has a password, and the server none"),
        (f"redis://nobody:{PASSWORD}@{{plain}}", "the user or the password is wrong"),
        (f"redis://poor:{PASSWORD}@{{plain}}", "its account lacks a right (NOPERM)"),
        ("redis://{plain}/99", "it has no database of that number"),
        ("redis+cluster://{plain}", "it is no cluster, as redis+cluster:// says"),
        ("redis://{cluster}/1", "a cluster has database 0 alone"),
        ("redis://{cluster}", "its cluster is not complete (CLUSTERDOWN)"),
        ("redis://{nobody}", "the connection is refused"),
        ("redis+sentinel://{nobody}/main/0", "its sentinels know no master of that name"),
        ("unix:///nowhere/redis.sock", "there is no such socket"),
    ],
)
def test_real_servers(server: Server, other_server: Server, url: str, cause: str) -> None:
    places = {"plain": server.port, "cluster": other_server.port, "nobody": free_port()}
    given = url.format(**{name: f"{HOST}:{port}" for name, port in places.items()})
    for complaint in complaints(given):
        assert cause in complaint
        assert PASSWORD not in complaint
        assert HOST not in complaint


def test_tls_to_a_port_without_it(server: Server) -> None:
    from_thread, from_loop = complaints(f"rediss://{HOST}:{server.port}", SHORT)
    assert "TLS: it does not answer as a TLS port does" in from_thread
    assert "in time" in from_loop or "TLS" in from_loop


def test_a_certificate_that_is_not_trusted(tls_port: int) -> None:
    for complaint in complaints(f"rediss://{HOST}:{tls_port}"):
        assert "TLS: its certificate is not one that is trusted here" in complaint


def test_a_port_for_tls_alone(tls_port: int) -> None:
    for complaint in complaints(f"redis://{HOST}:{tls_port}"):
        assert "the server cannot be used: " in complaint


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (redis_errors.OutOfMemoryError("command not allowed"), "it is full (OOM: maxmemory)"),
        (redis_errors.ReadOnlyError("You can't write"), "it is a replica"),
        (redis_errors.MovedError("12182 10.0.0.1:7002"), "it is part of a cluster"),
        # So older clients of one server say it.
        (redis_errors.ResponseError("CLUSTERDOWN Hash slot not served"), "its cluster is not complete"),
        (redis_errors.ConnectionError("max number of clients reached"), "it has as many clients as it may"),
        (redis_errors.ResponseError("unknown command 'SENTINEL'"), "it does not know a command that is needed"),
        (socket.gaierror(-2, "Name or service not known"), "there is no host of that name"),
        (ssl.SSLError(1, "[SSL] internal error"), "TLS: the handshake failed"),
        (asyncio.TimeoutError(), "it did not answer in time"),
        (redis_errors.ResponseError(f"unheard of {PASSWORD}"), "ResponseError"),
    ],
)
def test_what_is_recognised(error: Exception, cause: str) -> None:
    assert cause_of(error).startswith(cause)
    outer = redis_errors.ConnectionError(f"Error connecting to {HOST}")
    outer.__cause__ = error
    told = cause_of(outer)
    assert told.startswith(cause) or cause == "ResponseError"
    assert PASSWORD not in told


def test_the_log_tells_the_cause_once(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    url = f"redis://poor:{PASSWORD}-x@{HOST}:{server.port}/0"
    settings = Settings(cache_secret=SECRET, cache_url=url, cache_timeout_ms=int(TIMEOUT * 1_000))
    app, registry = FastAPI(), Registry()
    registry.register(client(context="number")(number))
    router = create_router(registry, settings)
    app.include_router(router)

    async def fetch_twice() -> list[str]:
        async with (
            router.lifespan_context(app),
            httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as http,
        ):
            return [(await http.get("/ctx/number/")).headers["X-Mizan-Cache"] for _ in range(2)]

    assert asyncio.run(fetch_twice()) == ["BYPASS", "BYPASS"]
    lines = [record.getMessage() for record in caplog.records if record.name == "mizan.cache"]
    assert lines == [
        (
            "The cache does not answer (the server cannot be used: the user or the password is wrong (WRONGPASS)): "
            "requests are served without it until it does"
        )
    ]


def number(request: Any) -> int:
    return 1
