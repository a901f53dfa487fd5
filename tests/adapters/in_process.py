"""An ASGI application in this process, asked by a sync client."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from anyio.from_thread import start_blocking_portal

from tests.cache.http.sites import Bridge


@contextmanager
def asking(app: Any) -> Iterator[httpx.Client]:
    """A client of *app*; what the application raises, the request raises."""
    with start_blocking_portal() as portal:
        yield httpx.Client(transport=Bridge(portal, app), base_url="http://testserver")
