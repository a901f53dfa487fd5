"""Real redis-servers, alone and as a cluster, started and stopped by the tests."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests.packaging.tools import lacking
from tests.programs import finding

HOST = "127.0.0.1"
PATIENCE = 60.0
"""Seconds that anything may take to come about."""
_SLOTS = 16_384
_MOST_KEPT = 50
"""More ports than the servers of one test have."""
_kept: deque[tuple[socket.socket, ...]] = deque()


class Server:
    """One redis-server on a port of its own.

    :param folder: what it keeps; a snapshot there is loaded at every start.
    :param options: further arguments, ``--name value``.
    """

    def __init__(self, folder: Path, *options: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.port = free_port()
        self.options: tuple[str, ...] = options
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://{HOST}:{self.port}/0"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        assert self._process is None, "it runs already"
        # No "save" option: a snapshot is written when a test says so, never at the end.
        command = [_program(), *self._arguments()]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=log)
        wait_until(self._answers)

    def kill(self) -> None:
        """End it at once, as a crash does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(PATIENCE)
            self._process = None

    def restart(self) -> None:
        """Kill it and start it with what its folder holds."""
        self.kill()
        self.start()

    def pause(self) -> None:
        """Connections stay, and are even made, but nothing is answered."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def ask(self, *command: str | int) -> Any:
        """What it answers to *command*."""
        retry: Any = Retry(NoBackoff(), 0)
        with redis.Redis(
            HOST, self.port, socket_timeout=PATIENCE, retry=retry, protocol=2, decode_responses=True
        ) as client:
            return client.execute_command(*command)

    def raw(self, *command: str | int) -> Any:
        """As ``ask``, with values that are no text."""
        with redis.Redis(HOST, self.port, socket_timeout=PATIENCE, protocol=2) as client:
            return client.execute_command(*command)

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self.folder / "log").read_text()
        try:
            return bool(self.ask("PING"))
        except redis.RedisError:
            return False

    def _arguments(self) -> list[str]:
        return [
            "--port",
            str(self.port),
            "--bind",
            HOST,
            "--save",
            "",
            "--repl-diskless-sync-delay",
            "0",
            *self.options,
        ]


class SentinelServer(Server):
    """A sentinel that watches the server at the port *master* under the name ``main``, and alone decides."""

    def __init__(self, folder: Path, master: int, *options: str) -> None:
        super().__init__(folder, *options)
        (folder / "sentinel.conf").write_text(
            f"port {self.port}\nbind {HOST}\nsentinel monitor main {HOST} {master} 1\n"
            "sentinel down-after-milliseconds main 500\nsentinel failover-timeout main 3000\n"
        )

    def _arguments(self) -> list[str]:
        return [str(self.folder / "sentinel.conf"), "--sentinel", *self.options]


class Cluster:
    """Three masters.

    :param options: further arguments for each.
    """

    def __init__(self, folder: Path, *options: str) -> None:
        own = ["--cluster-enabled", "yes", "--cluster-node-timeout", "1000"]
        self.servers = [Server(folder / str(number), *own, *options) for number in range(3)]
        self._started = list(self.servers)

    @property
    def url(self) -> str:
        return "redis+cluster://" + ",".join(f"{HOST}:{server.port}" for server in self.servers)

    def start(self) -> None:
        """Start all, and wait until all agree on who holds which slot."""
        for server in self.servers:
            server.start()
        bounds = [_SLOTS * number // len(self.servers) for number in range(len(self.servers) + 1)]
        for number, server in enumerate(self.servers):
            # Servers of one age could not agree on whose word about a slot counts.
            server.ask("CLUSTER", "SET-CONFIG-EPOCH", number + 1)
            server.ask("CLUSTER", "ADDSLOTS", *range(bounds[number], bounds[number + 1]))
        wait_until(self._have_met)

    def _have_met(self) -> bool:
        """Introduce the servers; anew each time: on a busy machine they may forget one another before they meet."""
        for server in self.servers[1:]:
            server.ask("CLUSTER", "MEET", HOST, self.servers[0].port)
        end = time.monotonic() + 5.0
        while time.monotonic() < end and not self.is_complete():
            time.sleep(0.02)
        return self.is_complete()

    def kill(self) -> None:
        for server in self._started:
            server.kill()

    def is_complete(self) -> bool:
        """Whether every server has seen that every slot is served."""
        return all("cluster_state:ok" in server.ask("CLUSTER", "INFO") for server in self.servers)

    def owner(self, key: str) -> Server:
        """The server that holds *key*."""
        slot = self.servers[0].ask("CLUSTER", "KEYSLOT", key)
        ranges = self.servers[0].ask("CLUSTER", "SLOTS")
        [port] = [int(node[1]) for first, last, node, *_ in ranges if first <= slot <= last]
        return next(server for server in self.servers if server.port == port)

    def add_replica(self, folder: Path, master: Server) -> Server:
        """Start a server that follows *master*, and takes its place however old its data are."""
        replica = Server(folder, *self.servers[0].options, "--cluster-replica-validity-factor", "0")
        self._started.append(replica)
        replica.start()
        replica.ask("CLUSTER", "MEET", HOST, master.port)
        members = [*self.servers, replica]
        wait_until(lambda: all(server.ask("CLUSTER", "INFO").count("known_nodes:4") for server in members))
        replica.ask("CLUSTER", "REPLICATE", master.ask("CLUSTER", "MYID"))
        wait_until(lambda: bool(replica.ask("INFO", "replication").get("master_link_status") == "up"))
        own = replica.ask("CLUSTER", "MYID")
        wait_until(lambda: all(_is_replica(own, server.ask("CLUSTER", "NODES")) for server in self.servers))
        return replica

    def move_slot(self, key: str, source: Server, target: Server) -> Iterator[str]:
        """Move the slot of *key*, step by step."""
        slot = source.ask("CLUSTER", "KEYSLOT", key)
        giver, taker = source.ask("CLUSTER", "MYID"), target.ask("CLUSTER", "MYID")
        target.ask("CLUSTER", "SETSLOT", slot, "IMPORTING", giver)
        source.ask("CLUSTER", "SETSLOT", slot, "MIGRATING", taker)
        yield "announced"
        for name in source.ask("CLUSTER", "GETKEYSINSLOT", slot, 100):
            source.ask("MIGRATE", HOST, target.port, name, 0, 5000)
        yield "migrated"
        for server in (target, source, *self.servers):
            server.ask("CLUSTER", "SETSLOT", slot, "NODE", taker)


def wait_until(holds: Callable[[], bool], patience: float = PATIENCE) -> None:
    """:raises AssertionError: when *holds* does not come true in time."""
    end = time.monotonic() + patience
    while not holds():
        assert time.monotonic() < end, f"{holds} did not come true in {patience} s"
        time.sleep(0.02)


def _is_replica(identity: str, nodes: str) -> bool:
    """Whether the answer to ``CLUSTER NODES`` says so."""
    return any(line.startswith(identity) and "slave" in line for line in nodes.splitlines())


def _program() -> str:
    found = finding.find("redis-server")
    if found is None:
        lacking(finding.missing("redis-server"))
    return found


def need_tls() -> None:
    """Skip the test, or fail it in CI, where redis-server has been built without TLS."""
    # One that knows the option tells that there is nothing to listen at.
    ended = subprocess.run([_program(), "--port", "0", "--tls-port", "0"], capture_output=True, text=True, check=False)
    if "tls-port" in ended.stdout + ended.stderr:
        lacking("this redis-server knows no TLS")


def free_port() -> int:
    """A port that is free together with the one that a cluster's servers use among themselves, 10,000 above.

    It stays ours: whoever asks for any port gets another, also while the server that it is for does not run.
    """
    while True:
        own, bus = socket.socket(), socket.socket()
        try:
            own.bind((HOST, 0))
            port: int = own.getsockname()[1]
            bus.bind((HOST, port + 10_000))
        except (OSError, OverflowError):
            _close(own, bus)
            continue
        _keep(own, bus)
        return port


def _keep(*sockets: socket.socket) -> None:
    """Let nobody have their addresses but a server that is told to; nobody answers there as long as none is."""
    if not sys.platform.startswith("linux"):  # elsewhere that server could not have them either
        _close(*sockets)
        return
    for each in sockets:
        each.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    _kept.append(sockets)
    if len(_kept) > _MOST_KEPT:
        _close(*_kept.popleft())


def _close(*sockets: socket.socket) -> None:
    for each in sockets:
        each.close()
