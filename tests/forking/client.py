"""Python programs that start fast: in forks of a process that has loaded the frameworks."""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from tests.programs.finding import ROOT

_FRAMEWORKS = ("django.core.management", "django.http", "django.urls", "fastapi", "pydantic", "redis.asyncio")


def run(folder: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """What ``python *arguments`` does in *folder*, where *arguments* begin with a file, ``-m`` or ``-c``."""
    with tempfile.TemporaryDirectory() as place:
        streams = Path(place, "stdout"), Path(place, "stderr")
        for stream in streams:
            stream.touch()
        command = [os.fspath(argument) for argument in arguments]
        status = _ask(command, folder, streams)
        stdout, stderr = (stream.read_text("utf-8") for stream in streams)
    return subprocess.CompletedProcess(command, status, stdout, stderr)


def _ask(command: list[str], folder: Path, streams: tuple[Path, Path]) -> int:
    server = _server()
    assert server.stdin is not None
    assert server.stdout is not None
    stdout, stderr = map(str, streams)
    program = {"arguments": command, "folder": str(folder), "stdout": stdout, "stderr": stderr}
    server.stdin.write(json.dumps({**program, "variables": dict(os.environ)}) + "\n")
    server.stdin.flush()
    return int(server.stdout.readline())


@cache
def _server() -> subprocess.Popen[str]:
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.forking.server", *_FRAMEWORKS],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    atexit.register(_end, server)
    return server


def _end(server: subprocess.Popen[str]) -> None:
    with server:
        assert server.stdin is not None
        server.stdin.close()
