"""The settings that both adapters share, read from ``MIZAN_*`` names and checked in one place."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from mizan_core.cache.opening import MEMORY, BackendOptions, open_backend, scheme_of
from mizan_core.cache.store import Store
from mizan_core.edge.purging import EdgePurger
from mizan_core.engine import ENGINE
from mizan_core.engine.contract import Keyer, KeyRing, Secret, Verifier
from mizan_core.errors import ConfigurationError
from mizan_core.live_settings import LiveSettings, read_live
from mizan_core.mwt import create_mwt

PREFIX = "MIZAN_"
DEFAULT_TTL = 300
DEFAULT_MAX_BODY_BYTES = 1_048_576
_MAX_TTL = 86_400
NEVER, LOADED, ALWAYS = MWT_CHECKS = ("never", "loaded", "always")
"""When the user whom a token stands for is held against it."""
CACHE_URLS = ("cache_redis_url", "cache_url")
"""The fields that may say where the cache is kept; the first that does counts."""
_TAGS = b"mizan tags\0"
"""What a tag's secret is derived with, so that it is no other one."""


class Problem(NamedTuple):
    """A setting that cannot be used as it is."""

    setting: str
    message: str


@dataclass(frozen=True, slots=True)
class Settings:
    """What an application configures. Every field is optional.

    :param mwt_secret: signs and verifies tokens (32 bytes or more), or a key ring ``{kid: secret}`` whose first entry
        signs. None: tokens are neither given nor accepted.
    :param mwt_audience: the audience tokens are minted for and must carry.
    :param mwt_ttl: life of a token in seconds, 1..86400.
    :param mwt_leeway: seconds by which the clocks of several servers may differ.
    :param mwt_kid: the ``kid`` written into tokens that a single secret signs.
    :param mwt_check: whether a token's user is held against the token: ``never``, when it is ``loaded``, or ``always``
        before anything runs (docs/security.md).
    :param max_body_bytes: the longest request body of a call.
    :param cache_secret: derives the cache's keys, 32 bytes or more. None: there is no cache.
    :param cache_url: ``memory://``, or the URL of a store whose package is installed (``redis://...``). None:
        ``memory://``.
    :param cache_redis_url: ``cache_url`` by the name that earlier releases had for it; it counts where both are given.
    :param cache_prefix: what the keys in a shared store start with.
    :param cache_timeout_ms: how long one operation on a store may take, in milliseconds.
    :param cache_pool_size: connections to a store, at most.
    :param cache_max_bytes: the room of ``memory://``.
    :param live: whether pages are told of changes and functions answer over a socket: ``on``, ``off``, or the limits of
        sockets by name (``mizan_core.live_settings``), as a mapping or its JSON text. None: where a socket is mounted.
    :param broker_url: what carries messages and announcements between processes, in the forms of a cache URL. None: the
        cache's.
    :param edge_secret: signs what a cache in front of the server is told (docs/edge.md), 32 bytes or more. None:
        answers do not say what makes them stale.
    :param edge_url: where that cache takes purges. None: it is not told.
    :param unknown: names that look like settings and are none; filled in where they are read.
    """

    mwt_secret: Secret | KeyRing | None = field(default=None, repr=False)
    mwt_audience: str | None = None
    mwt_ttl: int = DEFAULT_TTL
    mwt_leeway: int = 0
    mwt_kid: str | None = None
    mwt_check: str = "loaded"
    max_body_bytes: int = DEFAULT_MAX_BODY_BYTES
    cache_secret: Secret | None = field(default=None, repr=False)
    cache_url: str | None = field(default=None, repr=False)
    cache_redis_url: str | None = field(default=None, repr=False)
    cache_prefix: str = "mizan:"
    cache_timeout_ms: int = 250
    cache_pool_size: int = 50
    cache_max_bytes: int = 64 * 1_048_576
    live: str | Mapping[str, Any] | None = None
    broker_url: str | None = field(default=None, repr=False)
    edge_secret: Secret | None = field(default=None, repr=False)
    edge_url: str | None = field(default=None, repr=False)
    unknown: tuple[str, ...] = ()

    @classmethod
    def gather(cls, get: Callable[[str], Any], names: Iterable[str] = ()) -> Settings:
        """Settings from *get*, which gives the value of a ``MIZAN_*`` name or None; not checked.

        :param names: all that there are, with or without the prefix.
        """
        values = {name: get(setting_name(name)) for name in setting_fields()}
        given = {name: _number(name, value) for name, value in values.items() if value not in (None, "")}
        found = {name for name in names if name.startswith(PREFIX)}
        return cls(**given, unknown=tuple(sorted(found - set(map(setting_name, setting_fields())))))

    @classmethod
    def read(cls, get: Callable[[str], Any], names: Iterable[str] = ()) -> Settings:
        """As ``gather``, and checked.

        :raises ConfigurationError: naming every setting that cannot be used, never its value.
        """
        settings = cls.gather(get, names)
        problems = settings.problems()
        if problems:
            raise ConfigurationError("; ".join(f"{problem.setting}: {problem.message}" for problem in problems))
        return settings

    def problems(self) -> list[Problem]:
        """Everything that is wrong with the values."""
        found = [
            _range_problem("mwt_ttl", self.mwt_ttl, 1, _MAX_TTL),
            _range_problem("mwt_leeway", self.mwt_leeway, 0, _MAX_TTL),
            _range_problem("max_body_bytes", self.max_body_bytes, 1, None),
            _text_problem("mwt_audience", self.mwt_audience),
            _text_problem("mwt_kid", self.mwt_kid),
            _choice_problem("mwt_check", self.mwt_check, MWT_CHECKS),
            _range_problem("cache_timeout_ms", self.cache_timeout_ms, 1, None),
            _range_problem("cache_pool_size", self.cache_pool_size, 1, None),
            _range_problem("cache_max_bytes", self.cache_max_bytes, 1, None),
            *(_text_problem(name, getattr(self, name)) for name in (*CACHE_URLS, "broker_url")),
            _live_problem(self.live),
            _text_problem("cache_prefix", self.cache_prefix),
            self._secret_problem("mwt_secret", self.mwt_secret),
            self._secret_problem("cache_secret", self.cache_secret),
            self._secret_problem("edge_secret", self.edge_secret),
            self._edge_problem(),
        ]
        return [problem for problem in found if problem is not None]

    def verifier(self) -> Verifier | None:
        """A token verifier with prepared keys; None when no secret is configured."""
        if self.mwt_secret is None:
            return None
        return ENGINE.MWTVerifier(self.mwt_secret, audience=self.mwt_audience, leeway=self.mwt_leeway)

    def keyer(self) -> Keyer | None:
        """Derives cache keys with a prepared secret; None when there is no cache."""
        return None if self.cache_secret is None else ENGINE.CacheKeyer(self.cache_secret)

    def tag_keyer(self) -> Keyer:
        """Names the tags that are watched where there is no cache: with what signs tokens, if there is that."""
        signing = self.signing_key()
        secret = b"" if signing is None else signing[0]
        own = secret.encode() if isinstance(secret, str) else secret
        return ENGINE.CacheKeyer(hashlib.sha256(_TAGS + own).hexdigest())

    def viewer_secret(self) -> Secret | None:
        """What marks of viewers are made with: the cache's secret, else the one that signs tokens."""
        if self.cache_secret is not None:
            return self.cache_secret
        signing = self.signing_key()
        return None if signing is None else signing[0]

    @property
    def store_url(self) -> str:
        """Where the cache is kept; it may hold a password."""
        return getattr(self, self.store_url_field) or f"{MEMORY}://"

    @property
    def store_url_field(self) -> str:
        """The field that says where the cache is kept."""
        return next((name for name in CACHE_URLS if getattr(self, name)), "cache_url")

    @property
    def is_in_memory(self) -> bool:
        """Whether the cache is kept in the memory of each process."""
        return _is_memory(self.store_url)

    @property
    def shared_store(self) -> tuple[str, str, Secret] | None:
        """What tells the store that processes share from others; None without one: memory is each dispatcher's own."""
        if self.cache_secret is None or self.is_in_memory:
            return None
        return self.store_url, self.cache_prefix, self.cache_secret

    def open_store(self) -> Store | None:
        """The cache; None when no secret is configured.

        :raises ConfigurationError: for a URL that no installed package serves, or that its package cannot use.
        """
        keyer = self.keyer()
        if keyer is None:
            return None
        backend, tell = open_backend(self.backend_options(self.store_url)), None
        if self.edge_url is not None and self.edge_secret is not None:
            tell = EdgePurger(self.edge_url, self.edge_secret).purge
        return Store(backend, keyer, tell=tell)

    def open_tag_store(self) -> Store:
        """The versions of tags where there is no cache.

        :raises ConfigurationError: as ``open_store``.
        """
        return Store(open_backend(self.backend_options(self.messages_url)), self.tag_keyer())

    @property
    def messages_url(self) -> str:
        """What carries messages and announcements; it may hold a password."""
        return self.broker_url or self.store_url

    @property
    def shared_messages(self) -> tuple[str, str] | None:
        """What tells the broker that processes share from others; None where each process has its own."""
        return None if _is_memory(self.messages_url) else (self.messages_url, self.cache_prefix)

    @property
    def live_settings(self) -> LiveSettings:
        """:raises ValueError: for what ``problems`` tells of."""
        return read_live(self.live)

    def backend_options(self, url: str) -> BackendOptions:
        """How a store, or what carries messages, is opened."""
        return BackendOptions(
            url=url,
            prefix=self.cache_prefix,
            timeout=self.cache_timeout_ms / 1_000,
            pool_size=self.cache_pool_size,
            max_bytes=self.cache_max_bytes,
        )

    def signing_key(self) -> tuple[Secret, str | None] | None:
        """The secret that signs and its ``kid``; None when no secret is configured."""
        if not isinstance(self.mwt_secret, Mapping):
            return None if self.mwt_secret is None else (self.mwt_secret, self.mwt_kid)
        kid, secret = next(iter(self.mwt_secret.items()))
        return secret, kid

    def token_for(self, user: Any) -> str | None:
        """A token for *user*, as ``create_mwt`` makes it; None when no secret is configured."""
        signing = self.signing_key()
        if signing is None:
            return None
        secret, kid = signing
        return create_mwt(user, secret, self.mwt_ttl, self.mwt_audience, kid)

    def _edge_problem(self) -> Problem | None:
        """An edge is told by HTTP, with a signature; what it keeps has tags of the cache's."""
        url = self.edge_url
        if url is None:
            return None
        if not isinstance(url, str) or not url.startswith(("http://", "https://")):
            return Problem(setting_name("edge_url"), "a URL is needed that begins with https:// or http://")
        missing = [name for name in ("edge_secret", "cache_secret") if getattr(self, name) is None]
        if missing:
            return Problem(setting_name("edge_url"), f"{setting_name(missing[0])} is needed as well")
        return None

    @staticmethod
    def _secret_problem(name: str, secret: Secret | KeyRing | None) -> Problem | None:
        """What is asked of a signing secret is asked of every secret."""
        if secret is None:
            return None
        try:
            ENGINE.MWTVerifier(secret)
        except (TypeError, ValueError) as error:
            return Problem(setting_name(name), str(error).removeprefix("secret: "))
        return None


def setting_name(name: str) -> str:
    """What the field *name* is called where it is read from: ``MIZAN_CACHE_URL``."""
    return PREFIX + name.upper()


def setting_fields() -> list[str]:
    """The fields that are read; ``unknown`` is found."""
    return [name for name in Settings.__dataclass_fields__ if name != "unknown"]


def _number(name: str, value: Any) -> Any:
    """Environment variables are text; the fields that are numbers are read as such where they can be."""
    if Settings.__dataclass_fields__[name].type == "int" and isinstance(value, str):
        return int(value) if value.isdecimal() else value
    return value


def _range_problem(name: str, value: Any, low: int, high: int | None) -> Problem | None:
    if isinstance(value, int) and not isinstance(value, bool) and low <= value and (high is None or value <= high):
        return None
    bounds = f"from {low} to {high}" if high is not None else f"of {low} or more"
    return Problem(setting_name(name), f"an integer {bounds} is needed")


def _choice_problem(name: str, value: Any, choices: Sequence[str]) -> Problem | None:
    return None if value in choices else Problem(setting_name(name), f"one of {', '.join(choices)} is needed")


def _is_memory(url: str) -> bool:
    try:
        return scheme_of(url) == MEMORY
    except ConfigurationError:  # it is told where the store is opened
        return False


def _live_problem(value: object) -> Problem | None:
    try:
        read_live(value)
    except ValueError as error:
        return Problem(setting_name("live"), str(error))
    return None


def _text_problem(name: str, value: Any) -> Problem | None:
    if value is None or isinstance(value, str):
        return None
    return Problem(setting_name(name), f"a string is needed, not {type(value).__name__}")
