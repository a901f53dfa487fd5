"""Why a server cannot be used, in words for whoever runs it.

redis-py's own texts may name hosts, users and keys, so none of them is passed on: they are only recognised.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Iterator

from redis import exceptions as redis_errors

_DOWN = "its cluster is not complete (CLUSTERDOWN)"
_WORDS = {
    "authentication required": "it wants a password (NOAUTH), and the URL has none",
    "username-password pair": "the user or the password is wrong (WRONGPASS)",
    "invalid password": "the user or the password is wrong (WRONGPASS)",
    "without any password configured": "the URL has a password, and the server none",
    "no password is set": "the URL has a password, and the server none",
    "db index": "it has no database of that number; the URL ends with the number",
    "select is not allowed": "a cluster has database 0 alone; the URL ends with the number",
    "clusterdown": _DOWN,
    "cluster support disabled": "it is no cluster, as redis+cluster:// says",
    "max number of clients": "it has as many clients as it may (maxclients)",
    "handshake operation timed out": "TLS: it does not answer as a TLS port does; redis:// is without TLS",
    "no master found": "its sentinels know no master of that name, or do not answer",
    "unknown command": "it does not know a command that is needed: it is older than Redis 6, or no sentinel",
    "wrong version number": "TLS: it does not answer as a TLS port does; redis:// is without TLS",
}
"""By what the message of an error has in it, in lower case."""

_KINDS: dict[type[BaseException], str] = {
    redis_errors.NoPermissionError: "its account lacks a right (NOPERM); docs/caching.md lists those needed",
    redis_errors.MovedError: "it is part of a cluster; the URL of one begins with redis+cluster://",
    redis_errors.ClusterDownError: _DOWN,
    redis_errors.OutOfMemoryError: "it is full (OOM: maxmemory)",
    redis_errors.ReadOnlyError: "it is a replica, which takes no writes (READONLY)",
    redis_errors.BusyLoadingError: "it is still loading its data (LOADING)",
    ssl.SSLCertVerificationError: "TLS: its certificate is not one that is trusted here",
    ssl.SSLError: "TLS: the handshake failed",
    socket.gaierror: "there is no host of that name",
    ConnectionRefusedError: "the connection is refused: nothing listens there",
    FileNotFoundError: "there is no such socket",
    PermissionError: "the socket may not be used by this process",
    TimeoutError: "it did not answer in time",
    asyncio.TimeoutError: "it did not answer in time",
    redis_errors.TimeoutError: "it did not answer in time",
}
"""By the class of an error, the narrowest first."""


def cause_of(error: BaseException) -> str:
    """The cause, without a password, a host or a key; of an unknown one the name of its class."""
    chain = list(_chain(error))
    for link in chain:
        text = str(link).lower()
        known = next((cause for words, cause in _WORDS.items() if words in text), None)
        if known is not None:
            return known
    kinds = (cause for kind, cause in _KINDS.items() if any(isinstance(link, kind) for link in chain))
    return next(kinds, type(error).__name__)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error and those that it came from."""
    seen = set[int]()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__
