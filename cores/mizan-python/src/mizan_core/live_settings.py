"""``MIZAN_LIVE``: whether sockets are served, and how much one of them may ask for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any

from mizan_core.origins import is_pattern

ON, OFF = "on", "off"
ALL_FUNCTIONS = "all"
FUNCTIONS = (ALL_FUNCTIONS, "websocket")
_SHARED = 16


@dataclass(frozen=True, slots=True)
class LiveSettings:
    """Limits of a socket, with the names that ``MIZAN_LIVE`` knows them by.

    :param enabled: whether sockets are served, and purges announced.
    :param functions: which functions a socket may call: ``"all"``, or those that say ``websocket=True``.
    :param running: calls that run at a time; as many reads run beside them.
    :param waiting: calls that wait for their turn; the next one is refused.
    :param subscriptions: watches and subscriptions together.
    :param frame_bytes: the longest frame that is taken.
    :param window_bytes: what may be on its way to a client, beyond which messages and signals are left out.
    :param bad_frames: those in a minute that are answered; the next one ends the connection.
    :param ping_seconds: between two pings of a quiet connection.
    :param pong_seconds: that a ping is waited for.
    :param check_seconds: between two looks at whether a socket's user may still do what it does.
    :param origins: of pages that may open sockets beside those of the server's own (``"https://app.example.com"``, or
        ``"https://*.example.com"``). Django has a setting of its own for that.
    """

    enabled: bool = True
    functions: str = ALL_FUNCTIONS
    running: int = 4
    waiting: int = 16
    subscriptions: int = 1_000
    frame_bytes: int = 65_536
    window_bytes: int = 262_144
    bad_frames: int = 5
    ping_seconds: int = 20
    pong_seconds: int = 20
    check_seconds: int = 30
    origins: tuple[str, ...] = ()


def read_live(value: object) -> LiveSettings:
    """What ``MIZAN_LIVE`` says: ``"on"`` (as without it), ``"off"``, or limits by name, as a mapping or its JSON text.

    :raises ValueError: saying what would be right.
    """
    if isinstance(value, LiveSettings):
        return value
    if value is None or value is True or value == ON:
        return _shared(LiveSettings())
    if value is False or value == OFF:
        return _shared(LiveSettings(enabled=False))
    found = _parsed(value) if isinstance(value, str) else value
    if not isinstance(found, Mapping):
        raise ValueError(f"{ON}, {OFF} or limits by name are needed")
    return _limits(found)


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _limits(found: Mapping[Any, Any]) -> LiveSettings:
    known = [field.name for field in fields(LiveSettings)]
    unknown = [name for name in found if name not in known]
    if unknown:
        raise ValueError(f"there is no limit {unknown[0]!r}; there are {', '.join(known)}")
    for name, value in found.items():
        _check(name, value)
    values: dict[str, Any] = {**found}
    if "origins" in values:
        values["origins"] = tuple(values["origins"])
    return _shared(LiveSettings(**values))


@lru_cache(_SHARED)
def _shared(settings: LiveSettings) -> LiveSettings:
    """Equal limits are one object: every socket has them."""
    return settings


def _check(name: str, value: object) -> None:
    if name == "enabled":
        if not isinstance(value, bool):
            raise ValueError("enabled: true or false is needed")
    elif name == "functions":
        if value not in FUNCTIONS:
            raise ValueError(f"functions: one of {', '.join(FUNCTIONS)} is needed")
    elif name == "origins":
        if not isinstance(value, list | tuple) or not all(map(is_pattern, value)):
            raise ValueError('origins: a list of origins is needed, such as "https://app.example.com"')
    elif type(value) is not int or value < 1:
        raise ValueError(f"{name}: an integer of 1 or more is needed")
