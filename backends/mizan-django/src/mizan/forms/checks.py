"""What a field's own rules let a client check before it sends: never more than the server refuses."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from django import forms
from django.core import validators
from django.forms.models import ModelChoiceField

from mizan_core.forms.patterns import ecmascript

_CLEANING = ("clean", "to_python", "validate", "run_validators", "compress")
_MAX_SAFE = 2**53 - 1
"""The greatest integer that JavaScript can hold."""
_EMAIL = "^.+@[^@]+$"
_UUID = "[0-9A-Fa-f]{8}"
_MOMENT = r"[\p{Nd}P]"
_NO_NULL = r"^[^\0]*$"
_MOMENTS = (forms.DateField, forms.TimeField, forms.DateTimeField, forms.DurationField, forms.SplitDateTimeField)
_REWRITING = (forms.URLField, forms.GenericIPAddressField, forms.UUIDField, forms.JSONField)
"""Texts that are not measured as they were sent."""


def is_known(field: forms.Field) -> bool:
    """Whether the field is cleaned as Django's own are; a class of somebody else's may take anything."""
    cls = type(field)
    own = next(base for base in cls.__mro__ if base.__module__.startswith("django.forms."))
    changed = any(getattr(cls, name, None) is not getattr(own, name, None) for name in _CLEANING)
    return not changed and list(field.empty_values) == list(validators.EMPTY_VALUES)


def is_required(field: forms.Field, *, may_be_stored: bool) -> bool:
    """Whether nothing is certainly refused.

    :param may_be_stored: whether the form may have a file already, which then stays.
    """
    if isinstance(field, forms.NullBooleanField) or (may_be_stored and isinstance(field, forms.FileField)):
        return False
    return field.required and is_known(field)


def checks_of(field: forms.Field) -> dict[str, Any]:
    """The checks by their names in the IR, beside being required."""
    if not is_known(field):
        return {}
    if isinstance(field, _MOMENTS):
        return {"patterns": [_MOMENT]}
    if isinstance(field, forms.UUIDField):
        return {"patterns": [_UUID]}
    if isinstance(field, forms.FileField):
        return _of_file(field)
    if isinstance(field, forms.DecimalField):
        return _of_decimal(field)
    if isinstance(field, forms.IntegerField):
        return _of_number(field)
    if isinstance(field, forms.CharField) and not isinstance(field, _REWRITING):
        return _of_text(field)
    return {}


def choices_of(field: forms.Field) -> list[tuple[str, Any, Any]] | None:
    """The value, label and group of each choice; None where there are none, or the database has them."""
    if not isinstance(field, forms.ChoiceField) or isinstance(field, ModelChoiceField):
        return None
    return [(_text(value), label, group) for value, label, group in _flat(field.choices) if _text(value)]


def has_fixed_choices(field: forms.Field) -> bool:
    """Whether every form of the class has the same choices, on every machine."""
    choices = getattr(field, "choices", None)
    inner = getattr(choices, "choices", choices)
    return isinstance(inner, list) and not isinstance(field, forms.FilePathField)


def _flat(choices: Any) -> Iterator[tuple[Any, Any, Any]]:
    for value, label in choices:
        if isinstance(label, (list, tuple)):
            for inner, inner_label in label:
                yield inner, inner_label, value
        else:
            yield value, label, None


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _of_text(field: forms.CharField) -> dict[str, Any]:
    checks: dict[str, Any] = {"strip": True} if field.strip else {}
    patterns = [_EMAIL] if isinstance(field, forms.EmailField) else []
    rules: Iterable[Any] = field.validators
    for rule in rules:
        kind = type(rule)
        if kind is validators.MinLengthValidator:
            _tighten(checks, "min_length", rule.limit_value, max)
        elif kind is validators.MaxLengthValidator:
            _tighten(checks, "max_length", rule.limit_value, min)
        elif kind is validators.ProhibitNullCharactersValidator:
            patterns.append(_NO_NULL)
        elif kind is validators.RegexValidator and not rule.inverse_match:
            pattern = ecmascript(re.compile(rule.regex))
            patterns += [] if pattern is None else [pattern]
    return {**checks, "patterns": patterns} if patterns else checks


def _of_number(field: forms.IntegerField) -> dict[str, Any]:
    checks: dict[str, Any] = {}
    is_whole = not isinstance(field, forms.FloatField)
    for name, limit, better in _bounds(field.validators):
        if _is_safe(limit) and (not is_whole or isinstance(limit, int)):
            _tighten(checks, name, limit, better)
    step = _step(field.validators, checks.get("min")) if is_whole else None
    return checks if step is None else {**checks, "step": step}


def _of_decimal(field: forms.DecimalField) -> dict[str, Any]:
    checks: dict[str, Any] = {}
    for name, limit, better in _bounds(field.validators):
        if isinstance(limit, (int, Decimal)) and Decimal(limit).is_finite():
            _tighten(checks, name, Decimal(limit), better)
    checks = {name: format(limit, "f") for name, limit in checks.items()}
    for rule in field.validators:
        if type(rule) is validators.DecimalValidator:
            counts = {"max_digits": rule.max_digits, "decimal_places": rule.decimal_places}
            checks |= {name: count for name, count in counts.items() if count is not None}
    return checks


def _of_file(field: forms.FileField) -> dict[str, Any]:
    allowed = [
        set(rule.allowed_extensions)
        for rule in field.validators
        if type(rule) is validators.FileExtensionValidator and rule.allowed_extensions is not None
    ]
    return {"extensions": sorted(set.intersection(*allowed))} if allowed else {}


def _bounds(rules: Iterable[Any]) -> Iterator[tuple[str, Any, Any]]:
    for rule in rules:
        if type(rule) is validators.MinValueValidator:
            yield "min", rule.limit_value, max
        elif type(rule) is validators.MaxValueValidator:
            yield "max", rule.limit_value, min


def _step(rules: Iterable[Any], start: Any) -> int | None:
    """The step from *start*, or from 0, where it is a whole one."""
    for rule in rules:
        if type(rule) is validators.StepValueValidator:
            step, offset = rule.limit_value, rule.offset or 0
            if _is_count(step) and isinstance(offset, int) and (offset - (start or 0)) % step == 0:
                return int(step)
    return None


def _tighten(checks: dict[str, Any], name: str, limit: Any, better: Any) -> None:
    """A limit may be a callable, which is asked each time; that is left to the server."""
    if not callable(limit):
        checks[name] = better(checks[name], limit) if name in checks else limit


def _is_safe(limit: Any) -> bool:
    is_number = isinstance(limit, (int, float)) and not isinstance(limit, bool)
    return is_number and math.isfinite(limit) and abs(limit) <= _MAX_SAFE


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= _MAX_SAFE
