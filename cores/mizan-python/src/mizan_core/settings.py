"""The settings that both adapters share, read from ``MIZAN_*`` names and checked in one place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, NamedTuple

from mizan_core.cache.opening import MEMORY, BackendOptions, open_backend, scheme_of
from mizan_core.cache.store import Store
from mizan_core.engine import ENGINE
from mizan_core.engine.contract import Keyer, KeyRing, Secret, Verifier
from mizan_core.errors import ConfigurationError

PREFIX = "MIZAN_"
DEFAULT_TTL = 300
DEFAULT_MAX_BODY_BYTES = 1_048_576
_MAX_TTL = 86_400


class Problem(NamedTuple):
    """A setting that cannot be used as it is."""

    setting: str
    message: str


class DoubtKind(Enum):
    """What makes a setting doubtful."""

    NO_CACHE_SECRET = "no cache secret"
    CACHE_NOT_SHARED = "cache not shared"


class Doubt(NamedTuple):
    """Settings that can be used, but hardly mean what they say."""

    kind: DoubtKind
    message: str
    hint: str


SECRET_HINT = 'Make one with: python -c "import secrets; print(secrets.token_urlsafe(32))"'
WORKERS = "WEB_CONCURRENCY"
"""The environment variable by which servers are told the number of their processes."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What an application configures. Every field is optional.

    :param mwt_secret: signs and verifies tokens (32 bytes or more), or a key ring ``{kid: secret}`` whose first entry
        signs. None: tokens are neither given nor accepted.
    :param mwt_audience: the audience tokens are minted for and must carry.
    :param mwt_ttl: life of a token in seconds, 1..86400.
    :param mwt_leeway: seconds by which the clocks of several servers may differ.
    :param mwt_kid: the ``kid`` written into tokens that a single secret signs.
    :param max_body_bytes: the longest request body of a call.
    :param cache_secret: derives the cache's keys, 32 bytes or more. None: there is no cache.
    :param cache_url: ``memory://``, or the URL of a store whose package is installed (``redis://...``). None:
        ``memory://``.
    :param cache_redis_url: another name of ``cache_url``, which it overrides.
    :param cache_prefix: what the keys in a shared store start with.
    :param cache_timeout_ms: how long one operation on a store may take, in milliseconds.
    :param cache_pool_size: connections to a store, at most.
    :param cache_max_bytes: the room of ``memory://``.
    """

    mwt_secret: Secret | KeyRing | None = field(default=None, repr=False)
    mwt_audience: str | None = None
    mwt_ttl: int = DEFAULT_TTL
    mwt_leeway: int = 0
    mwt_kid: str | None = None
    max_body_bytes: int = DEFAULT_MAX_BODY_BYTES
    cache_secret: Secret | None = field(default=None, repr=False)
    cache_url: str | None = field(default=None, repr=False)
    cache_redis_url: str | None = field(default=None, repr=False)
    cache_prefix: str = "mizan:"
    cache_timeout_ms: int = 250
    cache_pool_size: int = 50
    cache_max_bytes: int = 64 * 1_048_576

    @classmethod
    def gather(cls, get: Callable[[str], Any]) -> Settings:
        """Settings from *get*, which gives the value of a ``MIZAN_*`` name or None; not checked."""
        values = {name: get(PREFIX + name.upper()) for name in cls.__dataclass_fields__}
        return cls(**{name: _number(name, value) for name, value in values.items() if value not in (None, "")})

    @classmethod
    def read(cls, get: Callable[[str], Any]) -> Settings:
        """As ``gather``, and checked.

        :raises ConfigurationError: naming every setting that cannot be used, never its value.
        """
        settings = cls.gather(get)
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
            _range_problem("cache_timeout_ms", self.cache_timeout_ms, 1, None),
            _range_problem("cache_pool_size", self.cache_pool_size, 1, None),
            _range_problem("cache_max_bytes", self.cache_max_bytes, 1, None),
            _text_problem("cache_url", self.cache_url),
            _text_problem("cache_redis_url", self.cache_redis_url),
            _text_problem("cache_prefix", self.cache_prefix),
            self._secret_problem("mwt_secret", self.mwt_secret),
            self._secret_problem("cache_secret", self.cache_secret),
        ]
        return [problem for problem in found if problem is not None]

    def doubts(self, workers: str | None) -> list[Doubt]:
        """What deserves a warning.

        :param workers: the value of ``WORKERS``.
        """
        found = self._secret_doubt() if self.cache_secret is None else self._sharing_doubt(workers)
        return [] if found is None else [found]

    def verifier(self) -> Verifier | None:
        """A token verifier with prepared keys; None when no secret is configured."""
        if self.mwt_secret is None:
            return None
        return ENGINE.MWTVerifier(self.mwt_secret, audience=self.mwt_audience, leeway=self.mwt_leeway)

    def keyer(self) -> Keyer | None:
        """Derives cache keys with a prepared secret; None when there is no cache."""
        return None if self.cache_secret is None else ENGINE.CacheKeyer(self.cache_secret)

    @property
    def store_url(self) -> str:
        """Where the cache is kept; it may hold a password."""
        return self.cache_redis_url or self.cache_url or f"{MEMORY}://"

    def open_store(self) -> Store | None:
        """The cache; None when no secret is configured.

        :raises ConfigurationError: for a URL that no installed package serves, or that its package cannot use.
        """
        keyer = self.keyer()
        if keyer is None:
            return None
        options = BackendOptions(
            url=self.store_url,
            prefix=self.cache_prefix,
            timeout=self.cache_timeout_ms / 1_000,
            pool_size=self.cache_pool_size,
            max_bytes=self.cache_max_bytes,
        )
        return Store(open_backend(options), keyer)

    def signing_key(self) -> tuple[Secret, str | None] | None:
        """The secret that signs and its ``kid``; None when no secret is configured."""
        if not isinstance(self.mwt_secret, Mapping):
            return None if self.mwt_secret is None else (self.mwt_secret, self.mwt_kid)
        kid, secret = next(iter(self.mwt_secret.items()))
        return secret, kid

    def _secret_doubt(self) -> Doubt | None:
        url = next((name for name in ("cache_redis_url", "cache_url") if getattr(self, name)), None)
        if url is None:
            return None
        message = f"{_setting(url)} is set, but {_setting('cache_secret')} is missing: there is no cache."
        return Doubt(DoubtKind.NO_CACHE_SECRET, message, SECRET_HINT)

    def _sharing_doubt(self, workers: str | None) -> Doubt | None:
        if scheme_of(self.store_url) != MEMORY or not (workers or "").isdecimal() or int(workers or 0) < 2:
            return None
        return Doubt(
            DoubtKind.CACHE_NOT_SHARED,
            f"The cache is memory://, but {WORKERS} asks for {workers} worker processes: "
            "a mutation in one does not purge the memory of another.",
            "Use Redis (pip install mizan-redis, MIZAN_CACHE_URL=redis://...). "
            f"Only {WORKERS} is looked at: workers that a server's own options ask for are not seen here.",
        )

    @staticmethod
    def _secret_problem(name: str, secret: Secret | KeyRing | None) -> Problem | None:
        """What is asked of a signing secret is asked of every secret."""
        if secret is None:
            return None
        try:
            ENGINE.MWTVerifier(secret)
        except (TypeError, ValueError) as error:
            return Problem(_setting(name), str(error).removeprefix("secret: "))
        return None


def _setting(name: str) -> str:
    return PREFIX + name.upper()


def _number(name: str, value: Any) -> Any:
    """Environment variables are text; the fields that are numbers are read as such where they can be."""
    if Settings.__dataclass_fields__[name].type == "int" and isinstance(value, str):
        return int(value) if value.isdecimal() else value
    return value


def _range_problem(name: str, value: Any, low: int, high: int | None) -> Problem | None:
    if isinstance(value, int) and not isinstance(value, bool) and low <= value and (high is None or value <= high):
        return None
    bounds = f"from {low} to {high}" if high is not None else f"of {low} or more"
    return Problem(_setting(name), f"an integer {bounds} is needed")


def _text_problem(name: str, value: Any) -> Problem | None:
    if value is None or isinstance(value, str):
        return None
    return Problem(_setting(name), f"a string is needed, not {type(value).__name__}")
