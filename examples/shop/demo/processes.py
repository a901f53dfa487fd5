"""Subprocesses that are watched while they run and do not outlive the demo."""

from __future__ import annotations

import re
import subprocess
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from threading import Condition, Thread
from typing import IO

ROOT = Path(__file__).resolve().parents[3]
"""The repository, from which modules are run by name."""

_URL = re.compile(r"https?://127\.0\.0\.1:[1-9]\d*")
_STOP_SECONDS = 10
_KEPT_LINES = 40


class ProcessFailed(Exception):
    """A process ended, or did not answer in time; the message holds the end of its output."""


class Process:
    """A server.

    :param echo: called with each line it prints.
    """

    def __init__(
        self, name: str, command: Sequence[str], environment: Mapping[str, str], echo: Callable[[str], None]
    ) -> None:
        self._name = name
        self._echo = echo
        self._output: deque[str] = deque(maxlen=_KEPT_LINES)
        self._url: str | None = None
        self._news = Condition()
        # A session of its own: a Ctrl-C at the terminal reaches the demo alone, which then stops the servers.
        self._popen = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )
        self._reader = Thread(target=self._read, args=[self._popen.stdout], daemon=True)
        self._reader.start()

    def wait_for_url(self, seconds: float) -> str:
        """The URL that the server announces, with the port that the system chose.

        :raises ProcessFailed: when it ends before that, or takes longer than *seconds*.
        """
        deadline = time.monotonic() + seconds
        with self._news:
            while self._url is None:
                if not self._reader.is_alive():
                    raise self._failure("ended before it listened")
                if time.monotonic() > deadline:
                    raise self._failure(f"did not listen within {seconds:g} s")
                self._news.wait(0.1)
            return self._url

    def check_alive(self, within: float) -> None:
        """Return after *within* seconds.

        :raises ProcessFailed: when the process ends in this time.
        """
        try:
            code = self._popen.wait(within)
        except subprocess.TimeoutExpired:
            return
        raise self._failure(f"ended with exit code {code}")

    def last_words(self) -> str:
        """The end of its output."""
        return "\n    ".join([f"{self._name}'s last words:", *self._output])

    def stop(self) -> None:
        """Ask it to end; make it end if it does not."""
        self._popen.terminate()
        try:
            self._popen.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._popen.kill()
            self._popen.wait()
        self._reader.join(_STOP_SECONDS)

    def _read(self, output: IO[str]) -> None:
        with output:
            for line in output:
                self._take(line.rstrip())

    def _take(self, line: str) -> None:
        announced = _URL.search(line)
        with self._news:
            self._output.append(line)
            if announced and self._url is None:
                self._url = announced.group()
            self._news.notify_all()
        self._echo(line)

    def _failure(self, what: str) -> ProcessFailed:
        return ProcessFailed(f"{self._name} {what}. {self.last_words()}")


def run(name: str, command: Sequence[str], environment: Mapping[str, str], seconds: float) -> bytes:
    """What a command prints.

    :raises ProcessFailed: when its exit code is not 0, or it takes longer than *seconds*.
    """
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=seconds,
            check=True,
        )
    except subprocess.TimeoutExpired:
        raise ProcessFailed(f"{name} took longer than {seconds:g} s.") from None
    except subprocess.CalledProcessError as error:
        words = (error.stdout + error.stderr).decode("utf-8", "replace").splitlines()[-_KEPT_LINES:]
        raise ProcessFailed("\n    ".join([f"{name} ended with exit code {error.returncode}:", *words])) from None
    return done.stdout
