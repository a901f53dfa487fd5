"""``manage.py mizan_cache`` and ``python -m mizan_fastapi.cache``: the same words on the same cache."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any, TypeAlias

import httpx
import pytest
from anyio.from_thread import start_blocking_portal
from fastapi import FastAPI

from mizan_core.cache.backend import CacheBackend
from mizan_core.cache.versions import EPOCH
from mizan_core.client import client
from mizan_core.registry import Registry
from mizan_core.settings import Settings
from mizan_fastapi import create_router
from tests.adapters.projects import run, write_django_project, write_module
from tests.cache.redis.servers import HOST, Server, free_port

SECRET = "a-cache-secret-of-these-tests-0123456789"
PATIENT = 10_000
"""Milliseconds that a server has for a reply: a busy machine is no outage."""
PASSWORD = "pass-word-7d1f0c"
Command: TypeAlias = "Callable[..., CompletedProcess[str]]"
Fetch: TypeAlias = "Callable[[int], str]"


@pytest.fixture(params=["django", "fastapi"])
def command(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Runs the command with the cache at a URL; with the secret unless it is told otherwise."""

    def run_command(url: str, *arguments: str, secret: str | None = SECRET) -> CompletedProcess[str]:
        settings: dict[str, Any] = {"MIZAN_CACHE_URL": url, "MIZAN_CACHE_TIMEOUT_MS": PATIENT}
        settings |= {} if secret is None else {"MIZAN_CACHE_SECRET": secret}
        folder = tmp_path / f"project-{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        if request.param == "django":
            write_django_project(folder, options=repr(settings))
            return run(folder, "project.py", "mizan_cache", *arguments)
        for name, value in settings.items():
            monkeypatch.setenv(name, str(value))
        return run(folder, "-m", "mizan_fastapi.cache", write_module(folder), *arguments)

    return run_command


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.kill()


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that wants a password."""
    server = Server(tmp_path_factory.mktemp("guarded"))
    server.start()
    server.ask("ACL", "SETUSER", "poor", "on", f">{PASSWORD}", "~*", "-@all", "+get")
    server.ask("CONFIG", "SET", "requirepass", PASSWORD)
    yield server
    server.kill()


@pytest.fixture
def fetch(server: Server) -> Iterator[Fetch]:
    """Fetches the bundle of a user from a server of the same interface, and gives how the cache took part."""

    @client(context="user")
    def user_profile(request: Any, user_id: int) -> int:
        return user_id

    @client(affects="user")
    def rename(request: Any, user_id: int) -> None:
        return None

    registry = Registry()
    for function in (user_profile, rename):
        registry.register(function)
    settings = Settings(cache_secret=SECRET, cache_url=server.url, cache_timeout_ms=PATIENT)
    router = create_router(registry, settings)
    app = FastAPI()
    app.include_router(router)

    async def get(user_id: int) -> str:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as http:
            response = await http.get("/ctx/user/", params={"user_id": user_id})
            return response.raise_for_status().headers["X-Mizan-Cache"]

    with start_blocking_portal() as portal:
        yield lambda user_id: portal.call(get, user_id)
        portal.call(router._dispatcher.aclose)


def test_stats_without_a_cache(command: Command) -> None:
    done = command("memory://", "stats", secret=None)
    assert done.returncode == 0, done.stderr
    assert "off: MIZAN_CACHE_SECRET is not set" in done.stdout


def test_stats_of_memory(command: Command) -> None:
    done = command("memory://", "stats")
    assert done.returncode == 0, done.stderr
    assert "memory://\n" in done.stdout
    assert "in each server process, where this one cannot look" in done.stdout


def test_stats_of_a_store(command: Command, server: Server) -> None:
    done = command(server.url, "stats")
    assert done.returncode == 0, done.stderr
    lines = dict(line.split(None, 1) for line in done.stdout.splitlines())
    assert lines["state"] == "answers"
    assert lines["engine"] in ("native", "pure")
    assert lines["prefix"] == "mizan:"
    assert lines["timeout"] == f"{PATIENT} ms"


def test_stats_of_a_store_that_does_not_answer_show_no_password(command: Command) -> None:
    place = f"{HOST}:{free_port()}/0"
    done = command(f"redis://someone:{PASSWORD}@{place}", "stats")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1), done.stderr
    assert "the store does not answer" in done.stderr
    assert "does not answer: the server cannot be used: the connection is refused" in done.stdout
    assert f"redis://{place}\n" in done.stdout
    assert PASSWORD not in done.stdout + done.stderr
    assert "someone" not in done.stdout + done.stderr
    assert SECRET not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("user", "database", "cause"),
    [
        ("", 0, "it wants a password (NOAUTH)"),
        (f":{PASSWORD}-x@", 0, "the user or the password is wrong (WRONGPASS)"),
        (f"default:{PASSWORD}@", 99, "it has no database of that number"),
        (f"poor:{PASSWORD}@", 0, "its account lacks a right (NOPERM)"),
    ],
)
def test_stats_tell_why_a_store_cannot_be_used(
    command: Command, guarded: Server, user: str, database: int, cause: str
) -> None:
    done = command(f"redis://{user}{HOST}:{guarded.port}/{database}", "stats")
    assert done.returncode == 1, done.stdout
    assert f"does not answer: the server cannot be used: {cause}" in done.stdout
    assert PASSWORD not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_purge_some(command: Command, server: Server, fetch: Fetch) -> None:
    _keep(fetch)
    done = command(server.url, "purge", "user", "user_id=5")
    assert (done.returncode, done.stdout) == (0, "The bundles of user user_id=5 are stale.\n"), done.stderr
    assert [fetch(5), fetch(6)] == ["MISS", "HIT"]


@pytest.mark.parametrize("arguments", [("user",), ("--all",)])
def test_purge_many(command: Command, server: Server, fetch: Fetch, arguments: tuple[str, ...]) -> None:
    _keep(fetch)
    done = command(server.url, "purge", *arguments)
    assert done.returncode == 0, done.stderr
    assert [fetch(5), fetch(6)] == ["MISS", "MISS"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "say which context to purge, or --all"),
        (("user", "--all"), "--all takes no context"),
        (("user", "5"), "'5' is no parameter: write name=value"),
        (("usr",), "no context is named 'usr'; there are: user"),
        (("user", "id=5"), "context 'user' has no parameter 'id'; it has: user_id"),
        (("user", "user_id=x"), "valid integer"),
    ],
)
def test_what_is_refused(
    command: Command, server: Server, fetch: Fetch, arguments: tuple[str, ...], words: str
) -> None:
    _keep(fetch)
    _check_refused(command(server.url, "purge", *arguments), words)
    assert [fetch(5), fetch(6)] == ["HIT", "HIT"]


@pytest.mark.parametrize("arguments", [("user", "user_id=5"), ("--all",)])
def test_memory_cannot_be_purged_from_outside(command: Command, arguments: tuple[str, ...]) -> None:
    _check_refused(command("memory://", "purge", *arguments), "only that process can purge it")


def test_without_a_secret_there_is_nothing_to_purge(command: Command) -> None:
    _check_refused(command("memory://", "purge", "--all", secret=None), "MIZAN_CACHE_SECRET is not set")


@pytest.mark.parametrize("arguments", [("user",), ("--all",)])
def test_a_purge_that_the_store_does_not_answer_fails(command: Command, arguments: tuple[str, ...]) -> None:
    done = command(f"redis://{HOST}:{free_port()}/0", "purge", *arguments)
    _check_refused(done, "whether the purge took effect is unknown")


def test_a_store_that_no_package_serves(command: Command) -> None:
    done = command(f"s3://{PASSWORD}@host", "stats")
    _check_refused(done, "'s3' belongs to no installed package")
    assert PASSWORD not in done.stderr


def _keep(fetch: Fetch) -> None:
    for user_id in (5, 6):
        words = [fetch(user_id) for _ in range(2)]
        assert words[-1] == "HIT", words


def _check_refused(done: CompletedProcess[str], words: str) -> None:
    assert done.returncode == 1, done.stdout
    assert words in done.stderr
    assert "Traceback" not in done.stderr


SEVERAL = """
from mizan_core.client import client
from mizan_core.registry import Registry
from mizan_core.settings import Settings
from mizan_fastapi import create_router


@client(context="user")
def user_profile(request, user_id: int) -> int:
    return user_id


@client(context="page")
def page(request) -> int:
    return 1


def open_router(url, prefix, *functions):
    registry = Registry()
    for function in functions:
        registry.register(function)
    settings = Settings(cache_secret={secret!r}, cache_url=url, cache_prefix=prefix, cache_timeout_ms={timeout})
    return create_router(registry, settings)


routers = [
    open_router({url!r}, "first:", user_profile),
    open_router({url!r}, "second:", user_profile, page),
    open_router("memory://", "", page),
]
"""


@pytest.fixture
def several(server: Server, tmp_path: Path) -> Command:
    """The command of an application with three routers, none of the default registry."""

    def run_command(*arguments: str) -> CompletedProcess[str]:
        module = write_module(tmp_path, SEVERAL.format(secret=SECRET, url=server.url, timeout=PATIENT))
        return run(tmp_path, "-m", "mizan_fastapi.cache", module, *arguments)

    return run_command


def _keys(server: Server, pattern: str) -> set[Any]:
    return set(server.ask("KEYS", pattern))


@pytest.mark.parametrize(
    ("arguments", "written"),
    [(("user",), {"first:", "second:"}), (("user", "user_id=5"), {"first:", "second:"}), (("page",), {"second:"})],
)
def test_a_purge_reaches_every_router_of_the_process(
    several: Command, server: Server, arguments: tuple[str, ...], written: set[str]
) -> None:
    server.ask("FLUSHALL")
    done = several("purge", *arguments)
    assert (done.returncode, done.stdout) == (0, f"The bundles of {' '.join(arguments)} are stale.\n"), done.stderr
    assert {prefix for prefix in ("first:", "second:") if _keys(server, f"{prefix}*tag:*")} == written


def test_a_purge_of_all_reaches_every_store(several: Command, server: Server) -> None:
    before = b"an epoch of old."
    for prefix in ("first:", "second:"):
        with _backend(server, prefix) as backend:
            backend.write({EPOCH: before}, 60)
    done = several("purge", "--all")
    assert done.returncode == 0, done.stderr
    for prefix in ("first:", "second:"):
        with _backend(server, prefix) as backend:
            assert backend.read([EPOCH]) != [before]


@contextmanager
def _backend(server: Server, prefix: str) -> Iterator[CacheBackend]:
    settings = Settings(cache_secret=SECRET, cache_url=server.url, cache_prefix=prefix, cache_timeout_ms=PATIENT)
    store = settings.open_store()
    assert store is not None
    yield store.backend
    store.close()


def test_a_context_that_no_router_has(several: Command) -> None:
    _check_refused(several("purge", "usr"), "no context is named 'usr'; there are: page, user")


def test_stats_of_several_routers(several: Command) -> None:
    done = several("stats")
    assert done.returncode == 0, done.stderr
    blocks = [dict(line.split(None, 1) for line in block.splitlines()) for block in done.stdout.split("\n\n")]
    assert sorted((block["contexts"], block.get("prefix", "-")) for block in blocks) == [
        ("page", "-"),
        ("page, user", "second:"),
        ("user", "first:"),
    ]
