"""How a context function's result may be cached (protocol.md section 10)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

MAX_TTL = 2**31 - 1
"""Seconds; the largest expiry that every cache backend takes."""

_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # a token, RFC 9110 section 5.6.2


@dataclass(frozen=True, slots=True)
class CachePolicy:
    """How long, for whom and by what a result may be cached.

    :param ttl: seconds, 1 to 2**31 - 1; None for the configured default.
    :param shared: whether all viewers get the same result.
    :param vary: names of request headers that the result depends on; kept in lower case.
    :raises TypeError, ValueError: when a value is none of these.
    """

    ttl: int | None = None
    shared: bool = False
    vary: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.ttl is not None:
            _check_ttl(self.ttl)
        if not isinstance(self.shared, bool):
            raise TypeError(f"shared= takes True or False, not {self.shared!r}")
        if not isinstance(self.vary, tuple):
            raise TypeError(f"vary= takes a tuple of header names, not {self.vary!r}")
        object.__setattr__(self, "vary", tuple(_header(name) for name in self.vary))


CacheRule: TypeAlias = "CachePolicy | Literal[False] | None"
"""What a function says about caching: a policy, never (False), or nothing (None)."""


def read_cache(word: str, value: object) -> CacheRule:
    """``cache=`` of the decorator: None, False, a number of seconds or a policy."""
    if value is None or value is False or isinstance(value, CachePolicy):
        return value
    if isinstance(value, int) and value is not True:
        return CachePolicy(ttl=value)
    raise TypeError(f"{word}= takes False (never), seconds (int) or a CachePolicy, not {value!r}")


def _check_ttl(ttl: object) -> None:
    if isinstance(ttl, bool) or not isinstance(ttl, int):
        raise TypeError(f"a cache's ttl is a number of seconds (int), not {ttl!r}")
    if not 1 <= ttl <= MAX_TTL:
        raise ValueError(f"a cache's ttl is 1 to {MAX_TTL} seconds, not {ttl}")


def _header(name: object) -> str:
    if not isinstance(name, str):
        raise TypeError(f"vary= takes names of request headers (str), not {name!r}")
    if not _HEADER_NAME.fullmatch(name):
        raise ValueError(f"vary= takes names of request headers such as 'Accept-Language', not {name!r}")
    return name.lower()
