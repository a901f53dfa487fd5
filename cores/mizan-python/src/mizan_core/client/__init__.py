"""Server functions: the ``@client`` decorator and the values that go with it."""

from __future__ import annotations

from mizan_core.client.cache_policy import CachePolicy
from mizan_core.client.context import Context
from mizan_core.client.function import ClientFunction, client

__all__ = ("CachePolicy", "ClientFunction", "Context", "client")
