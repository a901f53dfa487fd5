"""Serve an application by one of the ASGI servers: ``serve SERVER MODULE:APP PORT``.

The process ends when its standard input does, so that it never outlives the tests that started it.
"""

from __future__ import annotations

import asyncio
import importlib
import logging
import os
import signal
import subprocess
import sys
from threading import Thread
from typing import Any

HOST = "127.0.0.1"
_groups: list[int] = []


def serve_uvicorn(target: str, port: int) -> None:
    import uvicorn

    uvicorn.run(_application(target), host=HOST, port=port, access_log=False, timeout_graceful_shutdown=2)


def serve_hypercorn(target: str, port: int) -> None:
    from hypercorn.asyncio import serve
    from hypercorn.config import Config

    config = Config()
    config.bind = [f"{HOST}:{port}"]
    asyncio.run(serve(_application(target), config))


def serve_daphne(target: str, port: int) -> None:
    from daphne.cli import CommandLineInterface

    CommandLineInterface().run(["--bind", HOST, "--port", str(port), "--no-server-name", target])


def serve_granian(target: str, port: int) -> None:
    """It has processes of its own, which would outlive this one."""
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--host", HOST, "--port", str(port), target]
    group = subprocess.Popen(command, start_new_session=True)
    _groups.append(group.pid)
    signal.signal(signal.SIGTERM, lambda *_: _end())
    group.wait()


def _application(target: str) -> Any:
    module, _, name = target.partition(":")
    return getattr(importlib.import_module(module), name)


def _end_with_caller() -> None:
    sys.stdin.buffer.read()
    _end()


def _end() -> None:
    for group in _groups:
        os.killpg(group, signal.SIGKILL)
    os._exit(0)


SERVERS = {
    "uvicorn": serve_uvicorn,
    "hypercorn": serve_hypercorn,
    "daphne": serve_daphne,
    "granian": serve_granian,
}

if __name__ == "__main__":
    Thread(target=_end_with_caller, daemon=True).start()
    logging.basicConfig(level=logging.INFO)
    SERVERS[sys.argv[1]](sys.argv[2], int(sys.argv[3]))
