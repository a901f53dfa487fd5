"""Arguments as the JSON values of an answer (protocol.md section 6)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

from pydantic import TypeAdapter

from mizan_core.engine import ENGINE
from mizan_core.identity.scalars import digits

UNFAITHFUL: Any = object()
"""Instead of a value that no JSON says."""
_VERBATIM = ("int", "str", "bool", "none", "literal")


def is_verbatim(schema: Mapping[str, Any]) -> bool:
    """Whether numbers and texts that pydantic has validated by *schema* are what clients send for them.

    :param schema: pydantic's core schema of the parameter.
    """
    if "serialization" in schema:
        return False
    if schema["type"] == "nullable":
        return is_verbatim(schema["schema"])
    return schema["type"] in _VERBATIM


def wire_value(adapter: TypeAdapter[Any], value: Any) -> Any:
    """The JSON value that validates to what equals *value*; ``UNFAITHFUL`` when its serialisation is none.

    A serialisation may round, and it hides secrets and what is excluded: what it leaves must not stand for the value.
    Equal numbers, texts and instants are written in one way, since clients compare what is written; of what holds
    others they know that it has more than one spelling.
    """
    if isinstance(value, Iterator):
        return UNFAITHFUL  # To write it would use it up.
    try:
        plain = adapter.dump_python(_spelled(value), mode="json", by_alias=True)
        ENGINE.canonical_json(plain)
        back = adapter.validate_python(plain)
        return plain if type(back) is type(value) and back == value else UNFAITHFUL
    except Exception:  # noqa: BLE001 - serialisers, validators and comparisons of user code may raise anything
        return UNFAITHFUL


def _spelled(value: Any) -> Any:
    """Of all values that equal *value* the one that is written: an instant in UTC, a Decimal without zeros that say
    nothing.

    :raises NoIdentity: for a Decimal that is no number or too long.
    """
    cls = type(value)
    if cls is datetime and value.utcoffset() is not None:
        return value.astimezone(timezone.utc)
    return Decimal(digits(value)) if cls is Decimal else value
