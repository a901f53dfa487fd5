"""The settings that both adapters share, read from ``MIZAN_*`` names and checked in one place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import Enum
from typing import Any, NamedTuple

from mizan_core.cache.opening import MEMORY, BackendOptions, open_backend, scheme_of
from mizan_core.cache.store import Store
from mizan_core.engine import ENGINE
from mizan_core.engine import VARIABLE as ENGINE_VARIABLE
from mizan_core.engine.contract import Keyer, KeyRing, Secret, Verifier
from mizan_core.errors import ConfigurationError

PREFIX = "MIZAN_"
DEFAULT_TTL = 300
DEFAULT_MAX_BODY_BYTES = 1_048_576
_MAX_TTL = 86_400
NEVER, LOADED, ALWAYS = MWT_CHECKS = ("never", "loaded", "always")
"""When the user whom a token stands for is held against it."""


class Problem(NamedTuple):
    """A setting that cannot be used as it is."""

    setting: str
    message: str


class DoubtKind(Enum):
    """What makes a setting doubtful; the value is the id of the warning."""

    NO_TOKEN_SECRET = "mizan.W001"
    NO_CACHE_SECRET = "mizan.W003"
    CACHE_NOT_SHARED = "mizan.W004"
    ONE_SECRET_FOR_ALL = "mizan.W005"
    FRAMEWORKS_SECRET = "mizan.W006"
    GUESSABLE_SECRET = "mizan.W007"
    UNKNOWN_SETTING = "mizan.W008"
    TWO_CACHE_URLS = "mizan.W009"


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
    :param mwt_check: whether a token's user is held against the token: ``never``, when it is ``loaded``, or ``always``
        before anything runs (docs/security.md).
    :param max_body_bytes: the longest request body of a call.
    :param cache_secret: derives the cache's keys, 32 bytes or more. None: there is no cache.
    :param cache_url: ``memory://``, or the URL of a store whose package is installed (``redis://...``). None:
        ``memory://``.
    :param cache_redis_url: another name of ``cache_url``, which it overrides.
    :param cache_prefix: what the keys in a shared store start with.
    :param cache_timeout_ms: how long one operation on a store may take, in milliseconds.
    :param cache_pool_size: connections to a store, at most.
    :param cache_max_bytes: the room of ``memory://``.
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
    unknown: tuple[str, ...] = ()

    @classmethod
    def gather(cls, get: Callable[[str], Any], names: Iterable[str] = ()) -> Settings:
        """Settings from *get*, which gives the value of a ``MIZAN_*`` name or None; not checked.

        :param names: all that there are, with or without the prefix.
        """
        values = {name: get(_setting(name)) for name in _names()}
        given = {name: _number(name, value) for name, value in values.items() if value not in (None, "")}
        found = {name for name in names if name.startswith(PREFIX)}
        return cls(**given, unknown=tuple(sorted(found - set(map(_setting, _names())))))

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
            _text_problem("cache_url", self.cache_url),
            _text_problem("cache_redis_url", self.cache_redis_url),
            _text_problem("cache_prefix", self.cache_prefix),
            self._secret_problem("mwt_secret", self.mwt_secret),
            self._secret_problem("cache_secret", self.cache_secret),
        ]
        return [problem for problem in found if problem is not None]

    def doubts(self, workers: str | None, frameworks_secret: Secret | None = None) -> list[Doubt]:
        """What deserves a warning. No message holds a value.

        :param workers: the value of ``WORKERS``.
        :param frameworks_secret: the secret that the framework signs with itself, such as Django's ``SECRET_KEY``.
        """
        found = [
            self._token_doubt(),
            self._secret_doubt() if self.cache_secret is None else self._sharing_doubt(workers),
            self._url_doubt(),
            *self._secrets_doubts(frameworks_secret),
            *map(_unknown_doubt, self.unknown),
        ]
        return [doubt for doubt in found if doubt is not None]

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

    @property
    def shared_store(self) -> tuple[str, str, Secret] | None:
        """What tells the store that processes share from others; None without one: memory is each dispatcher's own."""
        if self.cache_secret is None or _is_memory(self.store_url):
            return None
        return self.store_url, self.cache_prefix, self.cache_secret

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

    def _token_doubt(self) -> Doubt | None:
        """For those alone who have configured something about tokens."""
        others = [name for name in _names() if name.startswith("mwt_") and name != "mwt_secret"]
        given = [name for name in others if getattr(self, name) != type(self).__dataclass_fields__[name].default]
        if self.mwt_secret is not None or not given:
            return None
        message = f"{_setting(given[0])} is set, but {_setting('mwt_secret')} is missing: there are no tokens."
        return Doubt(DoubtKind.NO_TOKEN_SECRET, message, SECRET_HINT)

    def _url_doubt(self) -> Doubt | None:
        if not self.cache_url or not self.cache_redis_url or self.cache_url == self.cache_redis_url:
            return None
        overridden, used = _setting("cache_url"), _setting("cache_redis_url")
        return Doubt(DoubtKind.TWO_CACHE_URLS, f"{overridden} and {used} are both set.", f"{used} is used: unset one.")

    def _secrets_doubts(self, frameworks_secret: Secret | None) -> Iterator[Doubt]:
        given = {"mwt_secret": _secrets(self.mwt_secret), "cache_secret": _secrets(self.cache_secret)}
        if given["mwt_secret"] & given["cache_secret"]:
            message = f"{_setting('mwt_secret')} and {_setting('cache_secret')} are one secret."
            hint = "Whoever learns one should not have the other: make two. "
            yield Doubt(DoubtKind.ONE_SECRET_FOR_ALL, message, hint + SECRET_HINT)
        for name, secrets in given.items():
            if frameworks_secret and _secrets(frameworks_secret) & secrets:
                message = f"{_setting(name)} is the framework's own secret."
                hint = "It signs sessions and more, and cannot be changed alone: make another. "
                yield Doubt(DoubtKind.FRAMEWORKS_SECRET, message, hint + SECRET_HINT)
            if any(len(set(secret)) == 1 for secret in secrets):
                message = f"{_setting(name)} is one character, again and again: anybody can guess it."
                yield Doubt(DoubtKind.GUESSABLE_SECRET, message, SECRET_HINT)

    def _sharing_doubt(self, workers: str | None) -> Doubt | None:
        if not _is_memory(self.store_url) or not (workers or "").isdecimal() or int(workers or 0) < 2:
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


def _is_memory(url: str) -> bool:
    try:
        return scheme_of(url) == MEMORY
    except ConfigurationError:  # it is told where the store is opened
        return False


def _names() -> list[str]:
    """The fields that are read; what is left is found."""
    return [name for name in Settings.__dataclass_fields__ if name != "unknown"]


def _secrets(secret: Secret | KeyRing | None) -> set[bytes]:
    """The secrets of a setting as bytes; what is none is left to ``problems``."""
    values = secret.values() if isinstance(secret, Mapping) else (secret,)
    return {
        value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value
        for value in values
        if isinstance(value, str | bytes) and value
    }


def _unknown_doubt(name: str) -> Doubt:
    near = get_close_matches(name, map(_setting, _names()), n=1)
    hint = f"Did you mean {near[0]}?" if near else "It has no effect."
    if name == ENGINE_VARIABLE:
        hint = "It is an environment variable alone."
    return Doubt(DoubtKind.UNKNOWN_SETTING, f"{name} is no setting of Mizan.", hint)


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


def _choice_problem(name: str, value: Any, choices: Sequence[str]) -> Problem | None:
    return None if value in choices else Problem(_setting(name), f"one of {', '.join(choices)} is needed")


def _text_problem(name: str, value: Any) -> Problem | None:
    if value is None or isinstance(value, str):
        return None
    return Problem(_setting(name), f"a string is needed, not {type(value).__name__}")
