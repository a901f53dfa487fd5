"""Live connections: many listeners, and many idle ones, against Django Channels.

Both sides are applications that are called as an ASGI server calls them, without the server and its sockets, which
would be the same for both. They use one redis-server, Channels with the newer layer of channels_redis
(`RedisPubSubChannelLayer`). The fan-out has 100 subscribers in one process, and another process that publishes at an
even pace, as requests of an application do; what counts is the time from before a message is published until the frame
for one subscriber is handed to the server. An idle connection watches a bundle of its own (Channels: is in a group of
its own); what counts is by how much the process grows for each, the server's own memory aside.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from benchmarks.harness import Effort, Question, Samples, main
from benchmarks.services import redis_server

ROOT = Path(__file__).parents[1]
OURS, THEIRS = "django", "channels"
SUBSCRIBERS = 100
RATE = 1_000
"""Messages a second; each goes to every subscriber."""
KILOBYTE = 1_000
_LONGEST = 300
_AGAINST = "Channels with channels_redis"
_NOTE = (
    "100,000 frames a second are more than one process of either side hands over on two cores, so both have a queue. "
    "Mizan hands all of them over, or says where it has not; Channels drops most, and what it drops is not in its "
    "delays."
)


def fan_out(part: str, effort: Effort) -> Samples:
    """Milliseconds, in turns."""
    rounds, seconds = (1, 2) if effort.name == "quick" else (3, 4)
    found: dict[str, list[float]] = {OURS: [], THEIRS: []}
    with redis_server.running() as url:
        for number in range(rounds):
            for side in (OURS, THEIRS) if number % 2 == 0 else (THEIRS, OURS):
                found[side].append(1_000 * delays(side, url, RATE, seconds)[part])
    return Samples(found[OURS], found[THEIRS], "ms")


def memory(side: str, effort: Effort) -> Samples:
    """Kilobytes for each connection."""
    count = 1_000 if effort.name == "quick" else 5_000
    with redis_server.running() as url:
        ours, theirs = (held(each, url, count) / KILOBYTE for each in (side, THEIRS))
    return Samples([ours], [theirs], "kB")


def delays(side: str, url: str, rate: int, seconds: int) -> dict[str, float]:
    """What a run gives: the delays by part in seconds, how many were ``published`` and ``delivered``."""
    with _process(url, side, "listen", SUBSCRIBERS) as listening:
        assert listening.stdout is not None
        assert listening.stdin is not None
        if listening.stdout.readline().strip() != "ready":
            raise RuntimeError("the listeners did not get ready")
        with _process(url, side, "publish", rate, seconds) as publishing:
            published = json.loads(publishing.communicate(timeout=_LONGEST)[0])
        listening.stdin.write("\n")
        listening.stdin.flush()
        return {**published, **json.loads(listening.stdout.readline())}


def held(side: str, url: str, count: int) -> float:
    """Bytes for each of so many connections."""
    with _process(url, side, "hold", count) as holding:
        return float(json.loads(holding.communicate(timeout=_LONGEST)[0])["bytes"])


@contextmanager
def _process(url: str, side: str, work: str, *numbers: int) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.live_side", side, work, *map(str, numbers)],
        cwd=ROOT,
        env={**os.environ, "BENCH_REDIS": url},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def missing() -> str | None:
    """What this machine lacks."""
    if importlib.util.find_spec("channels_redis") is None:
        return "channels_redis is not installed (make bench installs it)"
    if not Path("/proc/self/statm").exists():
        return "there is no /proc/self/statm to read the resident set from"
    return redis_server.missing()


def _questions() -> Sequence[Question]:
    return (
        Question("live fan-out, median", _AGAINST, 1.0, partial(fan_out, "p50"), note=_NOTE, missing=missing),
        Question("live fan-out, 99th percentile", _AGAINST, 1.0, partial(fan_out, "p99"), note=_NOTE, missing=missing),
        Question("live memory per connection", _AGAINST, 1.0, partial(memory, OURS), missing=missing),
        Question(
            "live memory per connection, FastAPI",
            _AGAINST,
            None,
            partial(memory, "fastapi"),
            note="FastAPI keeps frames and exit stacks of its middleware and routers as long as a socket lives.",
            missing=missing,
        ),
    )


QUESTIONS = _questions()

if __name__ == "__main__":
    raise SystemExit(main(QUESTIONS))
