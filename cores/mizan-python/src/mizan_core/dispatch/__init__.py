"""From a request's parts to a reply, without I/O: what an adapter needs."""

from mizan_core.dispatch.dispatcher import Dispatcher
from mizan_core.dispatch.drive import drive, drive_async
from mizan_core.dispatch.effects import (
    Assume,
    Effect,
    Identify,
    Invoke,
    InvokeAll,
    IssueCsrfToken,
    ReadBody,
    Steps,
)
from mizan_core.dispatch.response import PassThrough, Reply, Response

__all__ = (
    "Assume",
    "Dispatcher",
    "Effect",
    "Identify",
    "Invoke",
    "InvokeAll",
    "IssueCsrfToken",
    "PassThrough",
    "ReadBody",
    "Reply",
    "Response",
    "Steps",
    "drive",
    "drive_async",
)
