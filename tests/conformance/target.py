"""A target: one adapter on one engine behind one kind of server, running in a process of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import httpx

from tests.conformance.apps.accounts import SECRET
from tests.conformance.caller import Caller
from tests.extent import sides_on

ROOT = Path(__file__).parents[2]
TIMEOUT = 60.0
"""Seconds that a request or a start may take before the test fails."""

_PYTHON = (sys.executable, "-W", "error", "-m")

SERVERS = ("fastapi", "django-wsgi", "django-asgi")
ENGINES = ("native", "pure")


class Facade(NamedTuple):
    """What a target is made of."""

    server: str
    engine: str

    def __str__(self) -> str:
        return f"{self.server}-{self.engine}"

    @property
    def is_django(self) -> bool:
        return self.server.startswith("django")

    @property
    def is_fastapi(self) -> bool:
        return self.server == "fastapi"

    @property
    def has_event_loop(self) -> bool:
        return self.server != "django-wsgi"


def facades(*, no_native: bool) -> list[Facade]:
    """Those that are tried."""
    return [
        facade
        for facade in (Facade(server, engine) for server in SERVERS for engine in ENGINES)
        if facade.server in sides_on(facade.engine, SERVERS, no_native=no_native, all_in_ci=True)
    ]


@dataclass(repr=False)
class Target:
    """A running server.

    :param log: the file that everything the process writes goes to.
    :param secrets: what may never be read in the log: keys, tokens, session cookies.
    """

    facade: Facade
    url: str
    process: subprocess.Popen[bytes]
    log: Path
    secrets: set[str] = field(default_factory=lambda: {SECRET})
    _clients: list[httpx.Client] = field(default_factory=list)
    _callers: dict[str, Caller] = field(default_factory=dict)
    _ids: dict[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        return str(self.facade)

    def http(self) -> httpx.Client:
        """A new HTTP client without cookies, closed with the target."""
        client = httpx.Client(base_url=self.url, timeout=TIMEOUT, verify=False, trust_env=False)  # noqa: S501 - no TLS
        self._clients.append(client)
        return client

    def stranger(self, headers: dict[str, str] | None = None) -> Caller:
        """A caller without a session."""
        if "stranger" not in self._callers:
            self._callers["stranger"] = Caller(self.http())
        caller = self._callers["stranger"]
        caller.http.cookies.clear()
        return caller if headers is None else Caller(caller.http, headers)

    def bearer(self, token: str) -> Caller:
        """A caller without a session and with a token."""
        self.secrets.add(token)
        return self.stranger({"X-Mizan-Token": token})

    def member(self, name: str) -> Caller:
        """A caller with the session of an account, and its CSRF token where there is such a thing."""
        if name not in self._callers:
            self._callers[name] = self._first_visit(name)
        return self._callers[name]

    def member_id(self, name: str) -> str:
        """The id of an account's user."""
        self.member(name)
        return self._ids[name]

    def new_member(self, name: str) -> httpx.Client:
        """A client that has just logged in and done nothing else."""
        client = self.http()
        response = client.get(f"/test/login/{name}/").raise_for_status()
        self._ids[name] = response.json()["id"]
        self.secrets |= {cookie for key, cookie in client.cookies.items() if "session" in key}
        return client

    def _first_visit(self, name: str) -> Caller:
        client = self.new_member(name)
        csrf_token = Caller(client).session().json["csrfToken"]
        return Caller(client, {} if csrf_token is None else {"X-CSRFToken": csrf_token})

    def logged_since(self, offset: int) -> str:
        """What the log has got after *offset* bytes."""
        with self.log.open("rb") as file:
            file.seek(offset)
            return file.read().decode("utf-8", "replace")

    def logged(self, text: str, offset: int) -> str:
        """As ``logged_since``, once *text* is in it; a log may lag behind the answer."""
        end = time.monotonic() + TIMEOUT
        while text not in (log := self.logged_since(offset)):
            assert time.monotonic() < end, f"{text!r} is not in the log:\n{log}"
            time.sleep(0.01)
        return log

    def wait_until(self, is_so: Callable[[], bool]) -> None:
        """Return when something has become so."""
        end = time.monotonic() + TIMEOUT
        while not is_so():
            assert time.monotonic() < end, f"it does not become so; the log:\n{self.logged_since(0)[-2_000:]}"
            time.sleep(0.01)

    def log_size(self) -> int:
        return self.log.stat().st_size

    def close_clients(self) -> None:
        for client in self._clients:
            client.close()


@contextmanager
def running(facade: Facade, directory: Path) -> Iterator[Target]:
    """Start the server of *facade*, wait until it answers, and stop it in the end."""
    log = directory / f"{facade}.log"
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener, log.open("wb") as output:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        process = subprocess.Popen(
            [*_PYTHON, "tests.conformance.apps.serve", facade.server, str(listener.fileno())],
            cwd=ROOT,
            env=_environment(facade, directory),
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            pass_fds=[listener.fileno()],
        )
    target = Target(facade, url, process, log)
    try:
        _wait_until_it_answers(target)
        yield target
    finally:
        target.close_clients()
        _stop(process)


def _environment(facade: Facade, directory: Path) -> dict[str, str]:
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("MIZAN_")},
        "MIZAN_ENGINE": facade.engine,
        "CONFORMANCE_DATABASE": str(directory / f"{facade}.sqlite3"),
        "PYTHONUNBUFFERED": "1",
        "PYTHONPATH": str(ROOT),
    }


def _wait_until_it_answers(target: Target) -> None:
    """The socket listens already, so the first request waits in its queue until the server accepts."""
    try:
        httpx.get(f"{target.url}/test/engine/", timeout=2 * TIMEOUT, trust_env=False).raise_for_status()
    except httpx.HTTPError as error:
        raise RuntimeError(f"{target} does not start: {error!r}\n{target.logged_since(0)}") from error


def _stop(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    process.terminate()
    try:
        process.wait(TIMEOUT)
    finally:
        process.kill()
        process.stdin.close()
        process.wait()
