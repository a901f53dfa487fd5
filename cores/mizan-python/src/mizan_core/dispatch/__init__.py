"""From a request's parts to a reply, without I/O: what an adapter needs."""

from mizan_core.dispatch.completion import begin, end_of, to_the_end
from mizan_core.dispatch.dispatcher import Dispatcher
from mizan_core.dispatch.failure import Failure
from mizan_core.dispatch.port import Handled, Invocation, Port, Purge
from mizan_core.dispatch.response import COMMON_HEADERS, PassThrough, Reply, Response
from mizan_core.immediate import complete_now

__all__ = (
    "COMMON_HEADERS",
    "Dispatcher",
    "Failure",
    "Handled",
    "Invocation",
    "PassThrough",
    "Port",
    "Purge",
    "Reply",
    "Response",
    "begin",
    "complete_now",
    "end_of",
    "to_the_end",
)
