"""Validating arguments at a cost that is in proportion to what is sent, be they good or bad."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import SchemaValidator

from mizan_core.dispatch.bounded_schemas import Allowance, counting, failing_fast, is_unchecked, limited
from mizan_core.dispatch.refusals import MAX_MESSAGES, Refusals
from mizan_core.errors import ValidationFailed

MAX_FEW = 256
"""So many values are few: their errors are listed whatever they are."""
_MAX_ERRORS = 4 * MAX_MESSAGES
"""More errors than these are not made Python objects, only to be counted."""
_SHARE = 200
"""Beyond the first bad value one in so many is looked at: a bad one may cost a hundred times what a good one does."""

_allowance: ContextVar[Allowance] = ContextVar("mizan_items_to_validate")


class ArgumentsValidator:
    """Takes and gives what *adapter* does; what it says of bad arguments is bounded.

    The validators for many values are made when they are first needed: most functions never get many.
    """

    __slots__ = ("_adapter", "_counting", "_failing_fast", "_limited", "_validate")

    def __init__(self, adapter: TypeAdapter[dict[str, Any]]) -> None:
        self._adapter = adapter
        self._validate = adapter.validator.validate_python
        self._failing_fast: SchemaValidator | None = None
        self._counting: SchemaValidator | None = None
        self._limited: SchemaValidator | None = None

    def validate(self, arguments: Mapping[str, Any], values: int) -> dict[str, Any]:
        """The validated arguments.

        :param values: how many values there are inside *arguments*, at most; a long one counts as several.
        :raises ValidationFailed: with the messages of each field.
        """
        try:
            validated: dict[str, Any] = (
                self._validate(arguments) if values <= MAX_FEW else self._first_errors(arguments)
            )
        except ValidationError as error:
            raise ValidationFailed(details=self._details(arguments, values, error)) from None
        return validated

    def _first_errors(self, arguments: Mapping[str, Any]) -> Any:
        """:raises ValidationError: with as many errors as the type, not the value, may have."""
        if self._failing_fast is None:
            self._failing_fast = failing_fast(self._adapter.core_schema)
        return self._failing_fast.validate_python(arguments)

    def _details(self, arguments: Mapping[str, Any], values: int, error: ValidationError) -> dict[str, list[str]]:
        refusals = Refusals()
        if values > MAX_FEW or error.error_count() > _MAX_ERRORS:
            self._list(arguments, MAX_MESSAGES + values // _SHARE, refusals)
        if refusals.is_empty:
            refusals.add_error(error)
        return refusals.as_details()

    def _list(self, arguments: Mapping[str, Any], items: int, refusals: Refusals) -> None:
        """Note the errors of the first bad value and of those after it, as many as *items*.

        It may find nothing: validators of the application's need not say the same every time, nor be ready for
        containers of which a part is left out.
        """
        if self._counting is None or self._limited is None:
            self._counting = counting(self._adapter.core_schema, _allowance.get)
            self._limited = limited(self._adapter.core_schema, _allowance.get)
        everything = Allowance()
        _errors_of(self._counting, arguments, everything)
        allowance = Allowance(everything.taken + items)
        error = _errors_of(self._limited, arguments, allowance)
        if error is not None:
            refusals.add_error(error, leaving_out=is_unchecked)
            refusals.add_unchecked(allowance.left_out)


def _errors_of(
    validator: SchemaValidator, arguments: Mapping[str, Any], allowance: Allowance
) -> ValidationError | None:
    token = _allowance.set(allowance)
    try:
        validator.validate_python(arguments)
    except ValidationError as error:
        return error
    except Exception:  # noqa: BLE001 - whatever validators of the application's raise
        return None
    finally:
        _allowance.reset(token)
    return None
