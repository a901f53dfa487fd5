"""What a client asks for, whatever carries it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Coroutine, Sequence
from typing import Any, NamedTuple, final

from mizan_core.interface.arguments import JsonArguments
from mizan_core.interface.endpoint import HTTP, Endpoint
from mizan_core.interface.interface import Bundle, Selection


class Shown(NamedTuple):
    """A bundle that somebody looks at while a function is called.

    :param params: JSON values by parameter, as the client has them.
    """

    context: str
    params: dict[str, Any]


@final
class Call(NamedTuple):
    """A function to run, and its arguments, which are not validated yet.

    :param token: the MWT that says who is asking; None for the framework's own user.
    :param shown: what the answer is to bring along as far as the call has made it stale.
    :param carrier: what has brought it, ``HTTP`` or ``SOCKET``.
    """

    function: str
    arguments: JsonArguments
    token: str | None = None
    shown: Sequence[Shown] = ()
    carrier: str = HTTP


@final
class LateCall(NamedTuple):
    """A function to run whose arguments are read when the viewer has been admitted.

    :param read: gives the arguments of the endpoint, validated, and raises the protocol's errors.
    :param token: as in ``Call``.
    :param guarded: whether the request may change something.
    :param carrier: as in ``Call``; None for a URL of the function's own, which no other way bars.
    """

    function: str
    read: Callable[[Endpoint], Coroutine[Any, Any, dict[str, Any]]]
    token: str | None
    guarded: bool
    carrier: str | None = None


class Fetch(NamedTuple):
    """A context to read.

    :param read: gives what is asked of the context. It is asked when the viewer has been admitted, and raises the
        protocol's errors.
    :param token: as in ``Call``.
    :param header: gives the value of a request header by its lower-case name; for bundles that vary by headers.
    :param has_credentials: whether the request carries credentials, beside headers of the given names, that may make
        somebody of it whom we take for nobody.
    :param watch: is told the tags of the bundle before their versions are read, where somebody is to be told when it
        is stale.
    """

    context: str
    read: Callable[[Bundle], Selection]
    token: str | None
    header: Callable[[str], str | None]
    has_credentials: Callable[[Collection[str]], bool]
    watch: Callable[[list[str]], Awaitable[None]] | None = None
