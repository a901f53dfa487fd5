"""From a request's parts to a reply, without I/O: what an adapter needs."""

from mizan_core.completion import begin, end_of, to_the_end
from mizan_core.dispatch.body import check_body_headers
from mizan_core.dispatch.dispatcher import Dispatcher, Peers
from mizan_core.dispatch.failure import Failure
from mizan_core.dispatch.port import Handled, Invocation, Port, Purge
from mizan_core.dispatch.response import COMMON_HEADERS, PassThrough, Reply, Response, error_response
from mizan_core.dispatch.streams import apurging, purging
from mizan_core.immediate import complete_now

__all__ = (
    "COMMON_HEADERS",
    "Dispatcher",
    "Failure",
    "Handled",
    "Invocation",
    "PassThrough",
    "Peers",
    "Port",
    "Purge",
    "Reply",
    "Response",
    "apurging",
    "begin",
    "check_body_headers",
    "complete_now",
    "end_of",
    "error_response",
    "purging",
    "to_the_end",
)
