"""The processes that answer: one for each engine."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from threading import Timer

from tests.fuzz.exchange import Answer, Request

ROOT = Path(__file__).parents[2]
ENGINES = ("native", "pure")
PATIENCE = 60.0
"""Seconds without an answer, on a machine that may be busy, after which a process is ended."""


class Player:
    """The fronts on one engine, in a process that is started again when it has been ended."""

    def __init__(self, engine: str) -> None:
        self.engine = engine
        self._process: subprocess.Popen[str] | None = None

    def ask(self, request: Request, *, everywhere: bool = False) -> list[Answer] | None:
        """The answers; None when there are none in time, or the process has ended."""
        process = self._process = self._process or self._started()
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("the process has no pipes")
        patience = Timer(PATIENCE, process.kill)
        patience.start()
        try:
            process.stdin.write(("!" if everywhere else "") + request.line() + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
        except BrokenPipeError:
            line = ""
        finally:
            patience.cancel()
        if not line:
            self.close()
            return None
        return [Answer.read(text) for text in line.rstrip("\n").split("\t")]

    def close(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _started(self) -> subprocess.Popen[str]:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("MIZAN_")}
        return subprocess.Popen(
            [sys.executable, "-m", "tests.fuzz.fronts"],
            cwd=ROOT,
            env={**environment, "MIZAN_ENGINE": self.engine, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
        )
