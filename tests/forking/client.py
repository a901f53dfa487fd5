"""Python programs that start fast: in forks of a process that has loaded what they begin with."""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from tests.programs.finding import ROOT

_FRAMEWORKS = ("django.core.management", "django.http", "django.urls", "fastapi", "pydantic", "redis.asyncio")


class ForkServer:
    """A process that has loaded *modules*, and is forked for each program.

    :param variables: its environment, and that of the programs; by default each gets that of its moment.
    """

    def __init__(self, *modules: str, variables: Mapping[str, str] | None = None) -> None:
        self._variables = variables
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.forking.server", *modules],
            cwd=ROOT,
            env=variables,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, folder: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """What ``python *arguments`` does in *folder*, where *arguments* begin with a file, ``-m`` or ``-c``."""
        with tempfile.TemporaryDirectory() as place:
            streams = Path(place, "stdout"), Path(place, "stderr")
            for stream in streams:
                stream.touch()
            command = [os.fspath(argument) for argument in arguments]
            status = self._ask(command, folder, streams)
            stdout, stderr = (stream.read_text("utf-8") for stream in streams)
        return subprocess.CompletedProcess(command, status, stdout, stderr)

    def close(self) -> None:
        with self._process as process:
            assert process.stdin is not None
            process.stdin.close()

    def _ask(self, command: list[str], folder: Path, streams: tuple[Path, Path]) -> int:
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        stdout, stderr = map(str, streams)
        variables = dict(os.environ if self._variables is None else self._variables)
        program = {"arguments": command, "folder": str(folder), "stdout": stdout, "stderr": stderr}
        process.stdin.write(json.dumps({**program, "variables": variables}) + "\n")
        process.stdin.flush()
        return int(process.stdout.readline())


def run(folder: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """As ``ForkServer.run``, where the frameworks are loaded, and nothing of ours."""
    return _server().run(folder, *arguments)


@cache
def _server() -> ForkServer:
    server = ForkServer(*_FRAMEWORKS)
    atexit.register(server.close)
    return server
