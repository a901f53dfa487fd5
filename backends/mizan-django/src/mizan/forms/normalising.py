"""JSON values as what Django's fields clean: told by the field's type, before the field sees them.

Given JSON as it is, fields fail where they expect a text, and take for a text what is none. Moments go in as Python's
own, so that neither ``input_formats`` nor the locale matters.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime, timezone
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import RegexValidator
from django.db import models
from django.forms.models import ModelChoiceField, ModelMultipleChoiceField
from django.utils import dateparse

from mizan.forms.checks import is_known

_DECIMAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
_MOMENT = re.compile(r"[\dP]")
_UUID = re.compile(r"[0-9A-Fa-f]{8}")
_MAX_KEY = 2**63 - 1
"""Beyond it a database refuses the question."""
_MAX_SHOWN = 100
"""Characters of a wrong value that a message repeats."""


def accept_json(field: forms.Field) -> None:
    """Have this one field clean JSON values. It belongs to one form: Django copies the fields of the class."""
    widget = field.widget
    widget.value_from_datadict = _value
    widget.value_omitted_from_data = _is_omitted
    if field.disabled:
        return
    if isinstance(field, forms.MultiValueField) and not isinstance(field, forms.SplitDateTimeField):
        for part in field.fields:
            accept_json(part)
    clean = field.clean

    def clean_json(value: Any, *initial: Any) -> Any:
        return clean(_normalised(field, value), *initial)

    field.clean = clean_json  # type: ignore[method-assign]


def key_type(field: ModelChoiceField[Any]) -> type[int | str]:
    """In which form the keys of a field's objects are sent."""
    model = field.queryset.model  # type: ignore[union-attr]
    key = model._meta.get_field(field.to_field_name) if field.to_field_name else model._meta.pk  # noqa: SLF001 - documented
    while getattr(key, "remote_field", None):
        key = key.target_field
    return int if isinstance(key, models.IntegerField) else str


def _value(data: Any, _: Any, name: str) -> Any:
    return data.get(name)


def _is_omitted(data: Any, _: Any, name: str) -> bool:
    return name not in data


def _normalised(field: forms.Field, value: Any) -> Any:
    if value is None:
        return None
    for kind, normalise in _BY_KIND:
        if isinstance(field, kind):
            return normalise(field, value) if is_known(field) else _typed(normalise, field, value)
    return _foreign(field, value)


def _typed(normalise: Callable[[Any, Any], Any], field: forms.Field, value: Any) -> Any:
    """What a page would send for a field of somebody else's, which reads texts in its own way."""
    if normalise in (_float, _integer):
        return str(_number(field, value))
    if normalise in (_choice, _choices, _key, _keys, _boolean, _file, _values):
        return normalise(field, value)
    return _text(field, value)


def _refused(field: forms.Field, value: Any, *codes: str) -> ValidationError:
    for code in (*codes, "invalid"):
        if code in field.error_messages:
            shown = str(value)[:_MAX_SHOWN]
            return ValidationError(field.error_messages[code], code=code, params={"value": shown, "pk": shown})
    return ValidationError(RegexValidator.message, code="invalid")


def _text(field: forms.Field, value: Any) -> str:
    if not isinstance(value, str):
        raise _refused(field, value)
    return value


def _uuid(field: forms.Field, value: Any) -> str:
    text = _text(field, value)
    if text and not _UUID.search(text):
        raise _refused(field, value)
    return text


def _json(_: forms.Field, value: Any) -> Any:
    return json.dumps(value) if isinstance(value, str) else value


def _decimal(field: forms.Field, value: Any) -> Any:
    text = _text(field, value).strip()
    if not text:
        return ""
    if not _DECIMAL.fullmatch(text):
        raise _refused(field, value)
    try:
        return Decimal(text)
    except InvalidOperation:
        raise _refused(field, value) from None


def _float(field: forms.Field, value: Any) -> float:
    return float(_number(field, value))


def _integer(field: forms.Field, value: Any) -> Any:
    number = _number(field, value)
    if isinstance(number, float) and not number.is_integer():
        raise _refused(field, value)
    return int(number)


def _number(field: forms.Field, value: Any) -> int | float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise _refused(field, value)
    try:
        float(value)
    except OverflowError:  # Django's own checks of steps could not count with it
        raise _refused(field, value) from None
    return value


def _boolean(field: forms.Field, value: Any) -> bool:
    if not isinstance(value, bool):
        raise _refused(field, value)
    return value


def _moment(parse: Callable[[str], Any]) -> Callable[[forms.Field, Any], Any]:
    def read(field: forms.Field, value: Any) -> Any:
        text = _text(field, value)
        if not text:
            return None
        if not _MOMENT.search(text):
            raise _refused(field, value)
        try:
            moment = parse(text.strip())
            if isinstance(moment, datetime) and moment.tzinfo is not None:
                moment.astimezone(timezone.utc)  # a database would
        except (ValueError, OverflowError):
            moment = None
        if moment is None:
            raise _refused(field, value, "invalid_datetime")
        return moment

    return read


_datetime = _moment(dateparse.parse_datetime)


def _split_datetime(field: forms.Field, value: Any) -> Any:
    moment = _datetime(field, value)
    if moment is None:
        return None
    if moment.tzinfo is not None:
        try:
            moment = forms.utils.to_current_timezone(moment)
        except OverflowError:
            raise _refused(field, value, "invalid_date") from None
    return [moment.date(), moment.time()]


def _choice(field: forms.Field, value: Any) -> str:
    if not isinstance(value, str):
        raise _refused(field, value, "invalid_choice")
    return value


def _list(field: forms.Field, value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise _refused(field, value, "invalid_list")
    return value


def _choices(field: forms.Field, value: Any) -> list[str]:
    return [_choice(field, item) for item in _list(field, value)]


def _key(field: Any, value: Any) -> Any:
    wanted = key_type(field)
    is_key = isinstance(value, wanted) and not isinstance(value, bool)
    if value != "" and (not is_key or (isinstance(value, int) and abs(value) > _MAX_KEY)):
        raise _refused(field, value, "invalid_choice")
    return value


def _keys(field: Any, value: Any) -> list[Any]:
    return [_key(field, item) for item in _list(field, value)]


def _file(field: forms.Field, value: Any) -> Any:
    if isinstance(value, UploadedFile) or value is False:
        return value
    if value == "":
        return None
    raise _refused(field, value)


def _values(field: forms.Field, value: Any) -> Any:
    return "" if value == "" else _list(field, value)


def _foreign(field: forms.Field, value: Any) -> Any:
    """What a page would send: a text, or a list of them where the widget has several values."""
    if type(field) is forms.Field:
        return value
    several = getattr(field.widget, "allow_multiple_selected", False) or isinstance(field.widget, forms.MultiWidget)
    if several:
        return [_text(field, item) for item in _list(field, value)]
    return _text(field, value)


_BY_KIND: tuple[tuple[type[forms.Field], Callable[[Any, Any], Any]], ...] = (
    (forms.JSONField, _json),
    (forms.UUIDField, _uuid),
    (forms.CharField, _text),
    (forms.DecimalField, _decimal),
    (forms.FloatField, _float),
    (forms.IntegerField, _integer),
    (forms.BooleanField, _boolean),
    (forms.DateTimeField, _datetime),
    (forms.DateField, _moment(dateparse.parse_date)),
    (forms.TimeField, _moment(dateparse.parse_time)),
    (forms.DurationField, _moment(dateparse.parse_duration)),
    (forms.SplitDateTimeField, _split_datetime),
    (forms.MultiValueField, _values),
    (ModelMultipleChoiceField, _keys),
    (ModelChoiceField, _key),
    (forms.MultipleChoiceField, _choices),
    (forms.ChoiceField, _choice),
    (forms.FileField, _file),
    (forms.ComboField, _text),
)
"""The first class that a field is of decides: what derives from another stands before it."""
