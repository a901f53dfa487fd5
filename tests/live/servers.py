"""Servers of one application, each a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.cache.redis.servers import free_port
from tests.live.fastapi_app import SECRET
from tests.live.functions import DATABASE
from tests.live.worlds import ServerWorld
from tests.programs.finding import ROOT

_PATIENCE = 60.0


@contextmanager
def running(
    server: str,
    application: str,
    folder: Path,
    *,
    processes: int,
    broker: str,
    limits: Mapping[str, Any],
    **variables: str,
) -> Iterator[ServerWorld]:
    """The world of *processes* of an application behind a server.

    :param application: ``module:name``.
    :param broker: its URL.
    :param limits: what ``MIZAN_LIVE`` says.
    """
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("MIZAN_")},
        "MIZAN_MWT_SECRET": SECRET,
        "MIZAN_BROKER_URL": broker,
        "MIZAN_CACHE_TIMEOUT_MS": "10000",
        "MIZAN_LIVE": json.dumps(dict(limits)),
        DATABASE: os.environ[DATABASE],
        "PYTHONPATH": str(ROOT),
        **variables,
    }
    with ExitStack() as running:
        urls = [
            running.enter_context(_server(server, application, folder / f"{number}.log", environment))
            for number in range(processes)
        ]
        for url in urls:
            _wait_until_it_answers(url, folder)
        yield ServerWorld(urls, SECRET)


@contextmanager
def _server(server: str, application: str, log: Path, environment: Mapping[str, str]) -> Iterator[str]:
    port = free_port()
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.live.serve", server, application, str(port)],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        try:
            process.wait(_PATIENCE)
        finally:
            process.kill()
            assert process.stdin is not None
            process.stdin.close()
            process.wait()


def _wait_until_it_answers(url: str, folder: Path) -> None:
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            httpx.get(f"{url}/api/mizan/session/", trust_env=False, timeout=_PATIENCE).raise_for_status()
        except httpx.HTTPError as error:
            if time.monotonic() > end:
                logs = "\n".join(log.read_text() for log in folder.glob("*.log"))
                raise RuntimeError(f"{url} does not answer: {error!r}\n{logs}") from error
            time.sleep(0.05)
        else:
            return
