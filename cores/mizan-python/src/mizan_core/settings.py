"""The settings that both adapters share, read from ``MIZAN_*`` names and checked in one place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from mizan_core.engine import ENGINE
from mizan_core.engine.contract import KeyRing, Secret, Verifier
from mizan_core.errors import ConfigurationError

PREFIX = "MIZAN_"
DEFAULT_TTL = 300
DEFAULT_MAX_BODY_BYTES = 1_048_576
_MAX_TTL = 86_400


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
    :param max_body_bytes: the longest request body of a call.
    """

    mwt_secret: Secret | KeyRing | None = field(default=None, repr=False)
    mwt_audience: str | None = None
    mwt_ttl: int = DEFAULT_TTL
    mwt_leeway: int = 0
    mwt_kid: str | None = None
    max_body_bytes: int = DEFAULT_MAX_BODY_BYTES

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
            self._secret_problem(),
        ]
        return [problem for problem in found if problem is not None]

    def verifier(self) -> Verifier | None:
        """A token verifier with prepared keys; None when no secret is configured."""
        if self.mwt_secret is None:
            return None
        return ENGINE.MWTVerifier(self.mwt_secret, audience=self.mwt_audience, leeway=self.mwt_leeway)

    def signing_key(self) -> tuple[Secret, str | None] | None:
        """The secret that signs and its ``kid``; None when no secret is configured."""
        if not isinstance(self.mwt_secret, Mapping):
            return None if self.mwt_secret is None else (self.mwt_secret, self.mwt_kid)
        kid, secret = next(iter(self.mwt_secret.items()))
        return secret, kid

    def _secret_problem(self) -> Problem | None:
        if self.mwt_secret is None:
            return None
        try:
            ENGINE.MWTVerifier(self.mwt_secret)
        except (TypeError, ValueError) as error:
            return Problem(_setting("mwt_secret"), str(error).removeprefix("secret: "))
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
