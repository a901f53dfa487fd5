"""Server functions: the ``@client`` decorator and the values that go with it."""

from __future__ import annotations

from mizan_core.client.cache_policy import CachePolicy
from mizan_core.client.client_function import ClientFunction
from mizan_core.client.context import Context
from mizan_core.client.error_case import ErrorCase
from mizan_core.client.function import client
from mizan_core.client.merge import Merge
from mizan_core.client.options import Declaration, Options
from mizan_core.client.targets import ServerFunction
from mizan_core.client.uploads import UploadLimits

__all__ = (
    "CachePolicy",
    "ClientFunction",
    "Context",
    "Declaration",
    "ErrorCase",
    "Merge",
    "Options",
    "ServerFunction",
    "UploadLimits",
    "client",
)
