"""Serve an application by one of the ASGI servers: ``serve SERVER MODULE:APP PORT``.

The process ends when its standard input does, so that it never outlives the tests that started it.
"""

from __future__ import annotations

import asyncio
import importlib
import logging
import os
import sys
from threading import Thread
from typing import Any

HOST = "127.0.0.1"


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
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    Granian(
        target,
        address=HOST,
        port=port,
        interface=Interfaces.ASGI,
        workers=1,
        websockets=True,
        log_level=LogLevels.warning,
    ).serve()


def _application(target: str) -> Any:
    module, _, name = target.partition(":")
    return getattr(importlib.import_module(module), name)


def _end_with_caller() -> None:
    sys.stdin.buffer.read()
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
