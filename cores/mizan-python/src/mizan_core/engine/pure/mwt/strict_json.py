"""A JSON reader for signed text that reads exactly what the native engine reads (protocol.md section 4).

``json.loads`` alone is too kind: on bytes it guesses UTF-16 and UTF-32, it keeps the last of two equal names, it takes
NaN, lone surrogates and any depth. Numbers stay text, so that nothing about their size can differ between engines.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import NoReturn, TypeAlias

from mizan_core.engine.pure.canonical import MAX_DEPTH


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it was written."""

    text: str


StrictJson: TypeAlias = "None | bool | Number | str | list[StrictJson] | dict[str, StrictJson]"

# A string that does not end is one to the end of the text: a match that fails would be tried again from every quote.
_STRING = re.compile(r'"(?:[^"\\]+|\\.)*"?', re.DOTALL)


def strict_loads(data: bytes) -> StrictJson:
    """Read one JSON value.

    :raises ValueError: when it is not strict JSON; the message is of no use to a client.
    """
    text = data.decode("utf-8")
    _check_depth(text)
    value: StrictJson = json.loads(
        text, object_pairs_hook=_unique_members, parse_int=Number, parse_float=Number, parse_constant=_refuse_constant
    )
    if "\\u" in text:
        _check_surrogates(value)
    return value


def _check_depth(text: str) -> None:
    depth = 0
    for character in _STRING.sub("", text):
        if character in "[{":
            depth += 1
        elif character in "]}":
            depth -= 1
        if depth > MAX_DEPTH:
            raise ValueError("nested too deeply")


def _unique_members(pairs: list[tuple[str, StrictJson]]) -> dict[str, StrictJson]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member name comes twice")
    return members


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _check_surrogates(value: StrictJson) -> None:
    if isinstance(value, str):
        value.encode("utf-8")
    elif isinstance(value, list):
        for item in value:
            _check_surrogates(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            _check_surrogates(key)
            _check_surrogates(item)
