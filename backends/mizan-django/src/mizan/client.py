"""The ``@client`` decorator and what goes with it; the same objects as in ``mizan_core``."""

from mizan_core.client.context import Context
from mizan_core.client.function import client

__all__ = ("Context", "client")
