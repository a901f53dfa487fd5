"""Whether the page that opens a socket is one of ours.

Browsers let every page open a socket to every server and send its cookies along, and no CORS stands in between; but
they say which page it is, and scripts cannot change what they say (RFC 6455 section 10.2).
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

_DEFAULT_PORTS = {"http": 80, "https": 443}
_REMEMBERED = 1_024


class Verdict(Enum):
    """What an ``Origin`` says of whoever opens a socket."""

    OWN = "own"
    FOREIGN = "foreign"
    ABSENT = "absent"
    """No browser's page: nobody has added cookies without being asked, so cookies prove nothing."""


class _Place(NamedTuple):
    scheme: str
    host: str
    port: int | None


def judge(origin: str | None, own: str, trusted: Iterable[str] = ()) -> Verdict:
    """Whose page *origin* is.

    :param origin: the field ``Origin``; None where there is none.
    :param own: the origin of the request itself, by its ``Host``: ``https://example.com``.
    :param trusted: further origins that are ours, or patterns of subdomains: ``https://*.example.com``, which is
        ``https://example.com`` too, as in Django's ``CSRF_TRUSTED_ORIGINS``.
    """
    if origin is None:
        return Verdict.ABSENT
    place = _place(origin)
    if place is None:  # "null" among them: a sandboxed frame, a file
        return Verdict.FOREIGN
    is_own = place == _place(own) or any(_matches(place, pattern) for pattern in trusted)
    return Verdict.OWN if is_own else Verdict.FOREIGN


def is_pattern(text: object) -> bool:
    """Whether *text* can stand among the trusted origins."""
    return isinstance(text, str) and _place(text.replace("://*.", "://", 1)) is not None


def _matches(place: _Place, pattern: str) -> bool:
    wanted = _place(pattern.replace("://*.", "://", 1))
    if wanted is None or (place.scheme, place.port) != (wanted.scheme, wanted.port):
        return False
    return place.host == wanted.host or ("://*." in pattern and place.host.endswith("." + wanted.host))


@lru_cache(_REMEMBERED)
def _place(origin: str) -> _Place | None:
    """The parts of an origin (RFC 6454 section 6.2); None for what is none."""
    try:
        parts = urlsplit(origin)
        port = parts.port
    except ValueError:
        return None
    scheme, host = parts.scheme, parts.hostname
    if not host or "@" in parts.netloc or origin.lower() != f"{scheme}://{parts.netloc}".lower():
        return None
    return _Place(scheme, host, _DEFAULT_PORTS.get(scheme) if port is None else port)
