"""wrk as the client: as many requests over loopback as a server answers, on a few connections that stay open."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from benchmarks.clients.exchange import Request
from tests.programs import finding

CONNECTIONS = 16
_SCRIPT = Path(__file__).with_name("post.lua")
_PATIENCE = 30


@dataclass(frozen=True, slots=True)
class Load:
    """What a server has done under load.

    :param each: microseconds of the run for each request that was answered.
    :param p99: microseconds within which 99 of 100 were answered.
    """

    each: float
    p99: float


class LoadFailed(Exception):
    """wrk could not run, or not every request was answered with success."""


def missing() -> str | None:
    """What has to be installed, or None."""
    return None if finding.find("wrk") else finding.missing("wrk")


def load(origin: str, request: Request, seconds: int) -> Load:
    """Send *request* for so many seconds.

    :param origin: ``http://host:port``.
    :raises LoadFailed: saying how many requests failed, or what wrk said.
    """
    headers = [argument for name, value in request.headers.items() for argument in ("-H", f"{name}: {value}")]
    url = f"{origin}{request.path}{'?' if request.query else ''}{request.query}"
    options = ["-t", "1", "-c", str(CONNECTIONS), "-d", str(seconds), "-s", str(_SCRIPT), *headers]
    command = [finding.find("wrk") or "wrk", *options, url, "--", request.method, request.body.decode()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=seconds + _PATIENCE, check=False)
    try:
        figures = json.loads(done.stderr)
        answered, failed = figures["requests"], figures["failed"]
    except (ValueError, KeyError, TypeError):
        raise LoadFailed(f"wrk ended with {done.returncode}: {done.stdout}{done.stderr}") from None
    if failed or not answered:
        raise LoadFailed(f"{failed} requests of {answered} failed")
    return Load(each=figures["microseconds"] / answered, p99=figures["p99"])
