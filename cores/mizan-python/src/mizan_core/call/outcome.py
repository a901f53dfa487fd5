"""What comes of a call or a fetch, for a transport to write."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias, final

from mizan_core.cache.bypass import Bypass
from mizan_core.cache.store import Purge
from mizan_core.call.progress import Failure, Progress
from mizan_core.client.frameworks import Dress
from mizan_core.engine.contract import CallPlan
from mizan_core.errors import APIError


@final
class Result(NamedTuple):
    """A function has given a result.

    :param json: the result, serialised.
    :param nested: the plans of the calls that the function made itself.
    """

    plan: CallPlan
    json: bytes
    nested: Sequence[CallPlan]


@final
class Dressed(NamedTuple):
    """A result, and what is to be added to the answer where that goes over HTTP.

    :param dress: makes of the answer a framework's own.
    :param purges: as in ``ViewResponse``: tasks for after the answer may go on writing.
    """

    result: Result
    dress: Dress
    purges: list[Purge]


@final
class ViewResponse(NamedTuple):
    """A function of the view path has made a framework response.

    :param stale: the entries of what it has made stale, and *purges* of the same for a response that goes on writing.
    """

    response: Any
    stale: list[Any]
    purges: list[Purge]


@final
class Fetched(NamedTuple):
    """A bundle.

    :param is_hit: whether the cache had it.
    :param bypass: why the cache had no part in it, where it had none.
    :param tags: what makes the bundle stale, and their *versions* from before its functions ran; none where the cache
        had no part in it.
    """

    body: bytes
    is_hit: bool = False
    bypass: Bypass | None = None
    tags: Sequence[str] = ()
    versions: Sequence[bytes] = ()


@final
class Refused(NamedTuple):
    """An error is the answer.

    :param error: what the client is told.
    :param cause: what was raised.
    :param progress: how far it had come; it knows what is stale although the call failed.
    :param failure: for whoever runs the server, where nobody has foreseen it.
    """

    error: APIError
    cause: Exception
    progress: Progress
    failure: Failure | None


CallOutcome: TypeAlias = "Result | Dressed | ViewResponse | Refused"
FetchOutcome: TypeAlias = "Fetched | Refused"
