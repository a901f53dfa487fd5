"""From a request's parts to a reply, without I/O: what an adapter needs."""

from mizan_core.dispatch.dispatcher import Dispatcher
from mizan_core.dispatch.drive import drive, drive_async, to_the_end
from mizan_core.dispatch.effects import (
    Assume,
    Await,
    Effect,
    Identify,
    InTransaction,
    Invoke,
    InvokeAll,
    IssueCsrfToken,
    Purge,
    ReadBody,
    Steps,
    UseCache,
    WasSessionTouched,
    WatchSession,
)
from mizan_core.dispatch.response import PassThrough, Reply, Response

__all__ = (
    "Assume",
    "Await",
    "Dispatcher",
    "Effect",
    "Identify",
    "InTransaction",
    "Invoke",
    "InvokeAll",
    "IssueCsrfToken",
    "PassThrough",
    "Purge",
    "ReadBody",
    "Reply",
    "Response",
    "Steps",
    "UseCache",
    "WasSessionTouched",
    "WatchSession",
    "drive",
    "drive_async",
    "to_the_end",
)
