"""Validating arguments as JSON, at a cost that is in proportion to what is sent, be they good or bad.

JSON has no dates, tuples or sets. A strict model takes their JSON form from a JSON text, and refuses it in a Python
object, so pydantic gets a text: as it was sent where that is plain, else written anew from what was read, so that names
that came twice are gone.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from typing import Any, NamedTuple

from pydantic import TypeAdapter, ValidationError
from pydantic_core import SchemaValidator, from_json, to_json

from mizan_core.errors import ValidationFailed
from mizan_core.interface.bounded_schemas import (
    NO_LIMIT,
    Allowance,
    counting,
    failing_fast,
    finite,
    is_unchecked,
    limited,
    most_names,
)
from mizan_core.interface.refusals import MAX_MESSAGES, Refusals

MAX_FEW = 256
"""So many values are few: their errors are listed whatever they are."""
_MAX_ERRORS = 4 * MAX_MESSAGES
"""More errors than these are not made Python objects, only to be counted."""
_SHARE = 200
"""Beyond the first bad value one in so many is looked at: a bad one may cost a hundred times what a good one does."""

_INFINITE = b"Infinity"
"""What a float beyond all floats, as 1e999 is read, is written as."""
_HUGE_DIGITS = 309
_HUGE = b"0" * _HUGE_DIGITS
"""So many digits may be an integer that no float can be: pydantic would read an infinite one."""
_ZEROS = bytes(ord("0") if chr(byte).isdecimal() else 0 for byte in range(256))
"""Makes one digit of all."""

_allowance: ContextVar[Allowance] = ContextVar("mizan_items_to_validate")


class JsonArguments(NamedTuple):
    """Arguments as a client has sent them, not validated yet.

    :param text: JSON, an object.
    :param is_plain: each name comes once in it, and no number may be beyond all floats.
    :param values: how many values there are inside it, at most; a long one counts as several.
    """

    text: bytes
    is_plain: bool
    values: int


class ArgumentsValidator:
    """Takes and gives what *adapter* does; what it says of bad arguments is bounded.

    The validators for many values are made when they are first needed: most functions never get many.
    """

    __slots__ = ("_adapter", "_counting", "_failing_fast", "_finite", "_limited", "_most_names", "_validate")

    def __init__(self, adapter: TypeAdapter[dict[str, Any]]) -> None:
        self._adapter = adapter
        self._validate = adapter.validator.validate_json
        self._failing_fast: SchemaValidator | None = None
        self._finite: SchemaValidator | None = None
        self._counting: SchemaValidator | None = None
        self._limited: SchemaValidator | None = None
        self._most_names: int | None = None

    def validate(self, arguments: Mapping[str, Any], values: int) -> dict[str, Any]:
        """The validated arguments.

        :param values: how many values there are inside *arguments*, at most; a long one counts as several.
        :raises ValidationFailed: with the messages of each field.
        """
        text = to_json(arguments)
        if _INFINITE in text:
            _refuse_infinite(arguments)
        is_unusual = values > MAX_FEW or (len(text) >= _HUGE_DIGITS and _has_huge_number(text))
        return self._checked(text, values, is_unusual=is_unusual)

    def validate_json(self, arguments: JsonArguments) -> dict[str, Any]:
        """As ``validate``, of a text."""
        text, is_plain, values = arguments
        if not is_plain:
            return self.validate(from_json(text), values)
        return self._checked(text, values, is_unusual=values > MAX_FEW)

    def _checked(self, text: bytes, values: int, *, is_unusual: bool) -> dict[str, Any]:
        try:
            validated: dict[str, Any] = self._validate_unusual(text) if is_unusual else self._validate(text)
        except ValidationError as error:
            raise ValidationFailed(details=self._details(text, values, error)) from None
        return validated

    def _validate_unusual(self, text: bytes) -> Any:
        """:raises ValidationError: with as many errors as the type, not the value, may have."""
        if self._most_names is None:
            self._most_names = most_names(self._adapter.core_schema)
        if self._most_names < NO_LIMIT and _is_wider(list(from_json(text).values()), self._most_names):
            error = _errors_of(self._listing()[0], text, Allowance())
            if error is not None:
                raise error
        if _has_huge_number(text):
            if self._finite is None:
                self._finite = finite(self._adapter.core_schema)
            return self._finite.validate_json(text)
        if self._failing_fast is None:
            self._failing_fast = failing_fast(self._adapter.core_schema)
        return self._failing_fast.validate_json(text)

    def _details(self, text: bytes, values: int, error: ValidationError) -> dict[str, list[str]]:
        refusals = Refusals()
        # As a Python object a huge number would be refused for another reason.
        if (values > MAX_FEW and not _has_huge_number(text)) or error.error_count() > _MAX_ERRORS:
            self._list(text, MAX_MESSAGES + values // _SHARE, refusals)
        if refusals.is_empty:
            refusals.add_error(error)
        return refusals.as_details()

    def _list(self, text: bytes, items: int, refusals: Refusals) -> None:
        """Note the errors of the first bad value and of those after it, as many as *items*.

        It may find nothing: validators of the application's need not say the same every time, nor be ready for
        containers of which a part is left out.
        """
        counting_validator, limited_validator = self._listing()
        everything = Allowance()
        _errors_of(counting_validator, text, everything)
        allowance = Allowance(everything.taken + items)
        error = _errors_of(limited_validator, text, allowance)
        if error is not None:
            refusals.add_error(error, leaving_out=is_unchecked)
            refusals.add_unchecked(allowance.left_out)

    def _listing(self) -> tuple[SchemaValidator, SchemaValidator]:
        """What counts the items up to the first bad one, and what looks at no more than it is told."""
        if self._counting is None or self._limited is None:
            self._counting = counting(self._adapter.core_schema, _allowance.get)
            self._limited = limited(self._adapter.core_schema, _allowance.get)
        return self._counting, self._limited


def _has_huge_number(text: bytes) -> bool:
    return _HUGE in text.translate(_ZEROS)


def _is_wider(value: Any, names: int) -> bool:
    """Whether an object in *value* has more than so many names."""
    level = [value]
    while level:
        if any(isinstance(item, dict) and len(item) > names for item in level):
            return True
        level = [
            inner
            for item in level
            for inner in (item.values() if isinstance(item, dict) else item)
            if isinstance(inner, dict | list)
        ]
    return False


def _refuse_infinite(arguments: Mapping[str, Any]) -> None:
    """:raises ValidationFailed: when a number in *arguments* is beyond all floats."""
    refusals = Refusals()
    for path in _infinite_in(arguments, ""):
        refusals.add(path, "Input should be a finite number")
    if not refusals.is_empty:
        raise ValidationFailed(details=refusals.as_details())


def _infinite_in(value: Any, path: str) -> Iterator[str]:
    """The paths of the infinite numbers; containers are nested 64 levels at most."""
    if isinstance(value, float):
        if math.isinf(value):
            yield path
    elif isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _infinite_in(item, f"{path}.{key}" if path else str(key))


def _errors_of(validator: SchemaValidator, text: bytes, allowance: Allowance) -> ValidationError | None:
    token = _allowance.set(allowance)
    try:
        validator.validate_json(text)
    except ValidationError as error:
        return error
    except Exception:  # noqa: BLE001 - whatever validators of the application's raise
        return None
    finally:
        _allowance.reset(token)
    return None
