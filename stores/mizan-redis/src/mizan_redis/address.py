"""The forms of a cache URL (README.md), read and checked before anything is connected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, NamedTuple, TypeAlias
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from mizan_core.errors import ConfigurationError

Options: TypeAlias = "Mapping[str, Any]"

_PORT = 6379
_SENTINEL_PORT = 26379
_PLAIN_OPTIONS = ("db", "username", "password", "client_name", "socket_keepalive")
_SENTINEL_PREFIX = "sentinel_"
_SENTINEL_OPTIONS = ("sentinel_username", "sentinel_password")
_WORDS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_SWITCHES = ("socket_keepalive", "ssl_check_hostname")


class Node(NamedTuple):
    """A server's address."""

    host: str
    port: int


class Kind(Enum):
    """Who says where the data is."""

    SINGLE = "one server"
    CLUSTER = "cluster"
    SENTINEL = "sentinel"


@dataclass(frozen=True, slots=True)
class Address:
    """What a URL says.

    :param kind: whether there is one server, a cluster, or sentinels that know the server.
    :param nodes: the servers that the URL names; none for a socket's path.
    :param service: what the sentinels call the server.
    :param tls: whether the connections are encrypted.
    :param options: redis-py's options for a connection to a server.
    :param sentinel_options: the same for a connection to a sentinel.
    """

    kind: Kind
    nodes: tuple[Node, ...]
    service: str
    tls: bool
    options: Options = field(repr=False)
    sentinel_options: Options = field(repr=False)


def read_address(url: str) -> Address:
    """:raises ConfigurationError: saying what is wrong, without repeating a name or a password of the URL."""
    try:
        parts = urlsplit(url)
        return _READERS[parts.scheme.partition("+")[2] or parts.scheme](parts)
    except ConfigurationError:
        raise
    except ValueError:
        raise ConfigurationError("the cache URL cannot be read: a port or a number in it is none") from None


def _single(parts: SplitResult) -> Address:
    nodes = _nodes(parts, _PORT)
    if len(nodes) > 1:
        raise ConfigurationError(
            "the cache URL names several servers: that is for redis+cluster:// and redis+sentinel://"
        )
    db = parts.path.strip("/")
    options = ({"db": int(db)} if db else {}) | _options(parts, ())
    return Address(Kind.SINGLE, nodes, "", _is_tls(parts), options, {})


def _unix(parts: SplitResult) -> Address:
    options = _options(parts, ()) | {"path": unquote(parts.path)}
    return Address(Kind.SINGLE, (), "", tls=False, options=options, sentinel_options={})


def _cluster(parts: SplitResult) -> Address:
    options = _options(parts, ())
    if parts.path.strip("/") not in ("", "0") or options.pop("db", 0):
        raise ConfigurationError("the cache URL names a database: a cluster has number 0 alone")
    return Address(Kind.CLUSTER, _nodes(parts, _PORT), "", _is_tls(parts), options, {})


def _sentinel(parts: SplitResult) -> Address:
    service, _, db = unquote(parts.path).strip("/").partition("/")
    if not service:
        raise ConfigurationError("the cache URL lacks the service: redis+sentinel://sentinel:26379/service")
    options = ({"db": int(db)} if db else {}) | _options(parts, _SENTINEL_OPTIONS)
    own = {
        name.removeprefix(_SENTINEL_PREFIX): options.pop(name) for name in list(options) if name in _SENTINEL_OPTIONS
    }
    if _is_tls(parts):
        tls = {"ssl": True} | {name: value for name, value in options.items() if name.startswith("ssl_")}
        options, own = options | tls, own | tls
    return Address(Kind.SENTINEL, _nodes(parts, _SENTINEL_PORT), service, _is_tls(parts), options, own)


_READERS = {
    "redis": _single,
    "rediss": _single,
    "unix": _unix,
    "cluster": _cluster,
    "sentinel": _sentinel,
}


def _is_tls(parts: SplitResult) -> bool:
    return parts.scheme.startswith("rediss")


def _nodes(parts: SplitResult, port: int) -> tuple[Node, ...]:
    texts = parts.netloc.rpartition("@")[2].split(",")
    hosts = [urlsplit(f"//{text}") for text in texts]
    return tuple(Node(unquote(host.hostname or "localhost"), host.port or port) for host in hosts)


def _options(parts: SplitResult, further: tuple[str, ...]) -> dict[str, Any]:
    user, _, password = parts.netloc.rpartition("@")[0].partition(":")
    found = {name: unquote(text) for name, text in (("username", user), ("password", password)) if text}
    given = dict(parse_qsl(parts.query, keep_blank_values=True))
    for name in given:
        if name not in (*_PLAIN_OPTIONS, *further) and not name.startswith("ssl_"):
            raise ConfigurationError(
                f"the cache URL has the option {name!r}; known are {', '.join((*_PLAIN_OPTIONS, *further))} and ssl_..."
            )
    return found | {name: _value(name, text) for name, text in given.items()}


def _value(name: str, text: str) -> Any:
    if name == "db":
        return int(text)
    if name not in _SWITCHES:
        return text
    if text.lower() not in _WORDS:
        raise ConfigurationError(f"the cache URL's option {name!r} must be yes or no")
    return _WORDS[text.lower()]
