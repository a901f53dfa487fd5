"""A function that the interface which the others are in does not have: of another registry, where there can be one."""

from __future__ import annotations

from typing import Any

from mizan_core.client import client
from tests.cache.soak.clients import touch


@client
def from_elsewhere(request: Any, a: int, b: int) -> None:
    touch.call_sync(request, a=a, b=b)
