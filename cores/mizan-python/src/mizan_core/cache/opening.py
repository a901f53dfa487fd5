"""From a URL to a backend. Packages offer theirs as entry points in ``mizan.cache_backends``, by URL scheme."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from typing import TypeVar

from mizan_core.cache.backend import CacheBackend
from mizan_core.cache.memory import MemoryCache
from mizan_core.errors import ConfigurationError

T = TypeVar("T")
GROUP = "mizan.cache_backends"
MEMORY = "memory"
"""The scheme that needs no package."""
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*")


@dataclass(frozen=True, slots=True)
class BackendOptions:
    """What a backend is told.

    :param url: where the store is; it may hold a password.
    :param prefix: what the keys in a shared store start with.
    :param timeout: seconds that one operation may take.
    :param pool_size: connections, at most.
    :param max_bytes: the room of a store in memory.
    """

    url: str = field(repr=False)
    prefix: str
    timeout: float
    pool_size: int
    max_bytes: int


def open_backend(options: BackendOptions) -> CacheBackend:
    """:raises ConfigurationError: for a URL that no installed package serves, or that its package cannot use."""
    return opened("cache", GROUP, options, lambda: MemoryCache(options.max_bytes))


def opened(what: str, group: str, options: BackendOptions, in_memory: Callable[[], T]) -> T:
    """What a URL names, of those that packages offer in an entry point's *group*; errors as ``open_backend``.

    :param what: what the URL is of, for messages.
    """
    scheme = scheme_of(options.url)
    if scheme == MEMORY:
        return in_memory()
    found = list(entry_points(group=group, name=scheme))
    if not found:
        raise ConfigurationError(
            f"the {what} URL's scheme {scheme!r} belongs to no installed package; "
            "memory is built in, redis needs mizan-redis"
        )
    make: Callable[[BackendOptions], T] = found[0].load()
    return make(options)


def scheme_of(url: str) -> str:
    """What stands before ``://``, in lower case.

    :raises ConfigurationError: when nothing does; it does not repeat the text, which may hold a password.
    """
    scheme, separator, _ = url.partition("://")
    if not separator or not _SCHEME.fullmatch(scheme):
        raise ConfigurationError("the cache URL is none: redis://host:6379/0 is one, and memory://")
    return scheme.lower()


def without_credentials(url: str) -> str:
    """*url* for people to read: where the store is, without user, password and options.

    :raises ConfigurationError: when it is none.
    """
    scheme, rest = scheme_of(url), url.partition("://")[2]
    credentials, _, place = rest.rpartition("@")
    # Where an @ follows the options it may be part of one, and the options may hold a password.
    return f"{scheme}://..." if "?" in credentials else f"{scheme}://{place.partition('?')[0]}"
