"""The identities of values that hold no others."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum
from types import NoneType
from typing import Any, TypeAlias
from uuid import UUID

from pydantic import SecretStr

Json: TypeAlias = Any
"""A JSON value as built-in types."""
Reader: TypeAlias = "Callable[[Any], Json]"

MAX_DIGITS = 400
"""A Decimal of three characters can have a million digits."""
_MICROSECOND = timedelta(microseconds=1)


class NoIdentity(Exception):
    """The value cannot be told for certain from every other one."""


class Form(Enum):
    """What an identity looks like in JSON. Identities of different forms are never the same."""

    NULL = "null"
    BOOLEAN = "boolean"
    NUMBER = "number"
    TEXT = "text"
    LIST = "list"
    OBJECT = "object"


def itself(value: Json) -> Json:
    """The identity of what is a JSON value already."""
    return value


def form_of(identity: Json) -> Form:
    """The form of an identity."""
    for kinds, form in _FORMS:
        if isinstance(identity, kinds):
            return form
    return Form.OBJECT


def _float(value: float) -> Json:
    if not math.isfinite(value):
        raise NoIdentity
    return int(value) if value.is_integer() else value


def digits(value: Decimal) -> str:
    """The digits of a number, without zeros that say nothing and without an exponent.

    :raises NoIdentity: for what is no number, and where there are more than ``MAX_DIGITS``.
    """
    if not value.is_finite():
        raise NoIdentity
    if not value:
        return "0"
    if abs(value.adjusted()) > MAX_DIGITS or len(value.as_tuple().digits) > MAX_DIGITS:
        raise NoIdentity
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _datetime(value: datetime) -> str:
    return (value if value.utcoffset() is None else value.astimezone(timezone.utc)).isoformat()


def _time(value: time) -> str:
    # Times of day in two zones may be equal without a day that they are of.
    if value.tzinfo is not None:
        raise NoIdentity
    return value.isoformat()


def _timedelta(value: timedelta) -> str:
    microseconds = value // _MICROSECOND
    seconds, rest = divmod(abs(microseconds), 1_000_000)
    fraction = f".{rest:06d}".rstrip("0") if rest else ""
    return f"{'-' if microseconds < 0 else ''}PT{seconds}{fraction}S"


SCALARS: Mapping[type, tuple[Form, Reader]] = {
    NoneType: (Form.NULL, itself),
    bool: (Form.BOOLEAN, itself),
    int: (Form.NUMBER, itself),
    float: (Form.NUMBER, _float),
    str: (Form.TEXT, itself),
    Decimal: (Form.TEXT, digits),
    UUID: (Form.TEXT, str),
    date: (Form.TEXT, date.isoformat),
    datetime: (Form.TEXT, _datetime),
    time: (Form.TEXT, _time),
    timedelta: (Form.TEXT, _timedelta),
    SecretStr: (Form.TEXT, SecretStr.get_secret_value),
}
"""By exact class: the form of the identity, and what reads it."""
_FORMS: tuple[tuple[Any, Form], ...] = (
    (NoneType, Form.NULL),
    (bool, Form.BOOLEAN),
    ((int, float), Form.NUMBER),
    (str, Form.TEXT),
    (list, Form.LIST),
)
