"""A redis-server of the benchmark's own, without persistence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.cache.redis.servers import Server
from tests.programs import finding


def missing() -> str | None:
    """What has to be installed, or None."""
    return None if finding.find("redis-server") else finding.missing("redis-server")


@contextmanager
def running() -> Iterator[str]:
    """Its URL, for as long as it runs."""
    with TemporaryDirectory() as folder:
        server = Server(Path(folder))
        server.start()
        try:
            yield server.url
        finally:
            server.kill()
