"""What clients see of a form: its type and its fields before anybody asks, and as they are for a request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from operator import getitem
from typing import Annotated, Any, Literal

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Manager, Model, QuerySet
from django.db.models.fields.files import FieldFile
from django.forms.models import ModelChoiceField, ModelMultipleChoiceField
from django.utils import translation
from django.utils.duration import duration_iso_string
from django.utils.functional import Promise
from django.utils.text import capfirst
from typing_extensions import NotRequired, Required, TypedDict

from mizan.forms.checks import checks_of, choices_of, has_fixed_choices, is_known, is_required
from mizan.forms.normalising import key_type
from mizan_core.client.uploads import UploadLimits
from mizan_core.forms.describing import field_of
from mizan_core.forms.schema import FormChoice, FormField, FormWidget
from mizan_core.introspection.parts import FormField as DescribedField

MAX_LISTED = 200
"""More choices than these are no type any more, but a text."""

_make_typed_dict: Any = TypedDict
_SCALARS = (str, int, float, bool)


def data_type(
    name: str, fields: Mapping[str, forms.Field], limits: UploadLimits, *, is_open: bool, may_be_stored: bool
) -> Any:
    """The type of what a form is sent.

    :param limits: of its files.
    :param is_open: whether a request may change the fields: then only their kinds are certain.
    :param may_be_stored: as ``is_required`` has it.
    """
    entries = {
        field_name: _entry(
            _kind(field, limits, is_open=is_open),
            is_required=not is_open and is_required(field, may_be_stored=may_be_stored),
        )
        for field_name, field in fields.items()
        if not field.disabled
    }
    return _make_typed_dict(name, entries)


def field_schemas(form: forms.BaseForm) -> list[FormField]:
    """The fields of a form that was made for a request."""
    return [
        _field_schema(name, field, _label(name, field), form.get_initial_for_field(field, name))
        for name, field in form.fields.items()
    ]


def static_schema(name: str, field: forms.Field, *, may_be_stored: bool) -> FormField:
    """A field as the class has it; *may_be_stored* as for ``is_required``."""
    initial = None if callable(field.initial) else field.initial
    schema = _field_schema(name, field, _label(name, field), initial)
    choices = schema["choices"] if has_fixed_choices(field) and len(schema["choices"] or ()) <= MAX_LISTED else None
    schema["choices"] = choices
    schema["required"] = is_required(field, may_be_stored=may_be_stored)
    return schema


def static_fields(
    fields: Mapping[str, forms.Field], limits: UploadLimits, *, is_open: bool, may_be_stored: bool
) -> Iterator[DescribedField]:
    """The fields as every client knows them, in the language of the project; *limits* are those of files."""
    with translation.override(settings.LANGUAGE_CODE):
        for name, field in fields.items():
            schema = static_schema(name, field, may_be_stored=may_be_stored)
            yield field_of(schema, _kind(field, limits, is_open=is_open), is_open=is_open)


def wire_initial(form: forms.BaseForm) -> dict[str, Any]:
    """The initial values of a form's fields."""
    return {name: wire_value(form.get_initial_for_field(field, name)) for name, field in form.fields.items()}


def is_fixed(fields: Iterable[forms.Field]) -> bool:
    """Whether the fields' descriptions are the same for every request and in every language."""
    return all(_is_fixed(field) for field in fields)


def wire_value(value: Any) -> Any:
    """A value of Django's in the form in which it is sent; None for what has none, such as a stored file."""
    if isinstance(value, Model):
        return wire_value(value.pk)
    if isinstance(value, (QuerySet, Manager)):
        return [wire_value(item) for item in value.all()]
    if isinstance(value, (list, tuple, set, frozenset)):
        return [wire_value(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): wire_value(item) for key, item in value.items()}
    if isinstance(value, timedelta):
        return duration_iso_string(value)
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    if value is None or isinstance(value, FieldFile):
        return None
    return value if type(value) in _SCALARS else str(value)


def _field_schema(name: str, field: forms.Field, label: str, initial: Any) -> FormField:
    choices = choices_of(field)
    listed: list[FormChoice] = [
        {"value": value, "label": str(said), "group": None if group is None else str(group)}
        for value, said, group in choices or ()
    ]
    schema: Any = {
        "name": name,
        "label": label,
        "help_text": str(field.help_text),
        "required": is_required(field, may_be_stored=bool(initial)),
        "disabled": field.disabled,
        "widget": _widget(field.widget),
        "initial": wire_value(initial),
        "choices": None if choices is None else listed,
        **checks_of(field),
    }
    described: FormField = schema
    return described


def _widget(widget: forms.Widget) -> FormWidget:
    return {
        "type": type(widget).__name__,
        "input_type": getattr(widget, "input_type", None),
        "attrs": {name: wire_value(value) for name, value in widget.attrs.items()},
    }


def _label(name: str, field: forms.Field) -> str:
    # As a page would have it: see BoundField.
    return str(forms.utils.pretty_name(name) if field.label is None else capfirst(field.label))


def _is_fixed(field: forms.Field) -> bool:
    choices = choices_of(field) or []
    texts = [field.label, field.help_text, field.initial, *field.widget.attrs.values()]
    texts += [text for choice in choices for text in choice]
    return (
        not isinstance(field, ModelChoiceField)
        and not callable(field.initial)
        and not any(isinstance(text, Promise) for text in texts)
        and (not hasattr(field, "choices") or has_fixed_choices(field))
    )


def _entry(kind: Any, *, is_required: bool) -> Any:
    return getitem(Required, kind) if is_required else getitem(NotRequired, kind if kind is Any else kind | None)


def _kind(field: forms.Field, limits: UploadLimits, *, is_open: bool) -> Any:
    if isinstance(field, forms.FileField):
        return getitem(Annotated, (UploadedFile, limits))
    for base, kind in _KINDS:
        if isinstance(field, base):
            return kind if is_known(field) else _FOREIGN_KINDS.get(kind, kind)
    if isinstance(field, ModelChoiceField):
        key: Any = key_type(field)
        return list[key] if isinstance(field, ModelMultipleChoiceField) else key
    if isinstance(field, forms.ChoiceField):
        return _choice_kind(field, is_open=is_open)
    return Any


def _choice_kind(field: forms.ChoiceField, *, is_open: bool) -> Any:
    values = [value for value, _, _ in choices_of(field) or ()]
    is_listed = not is_open and has_fixed_choices(field) and is_known(field) and 0 < len(values) <= MAX_LISTED
    several = isinstance(field, forms.MultipleChoiceField)
    if not is_listed:
        return list[str] if several else str
    # An empty text says that nothing is chosen.
    literal: Any = Literal[tuple(values if several or field.required else ["", *values])]
    return list[literal] if several else literal


_KINDS: tuple[tuple[Any, Any], ...] = (
    (forms.JSONField, Any),
    ((forms.CharField, forms.ComboField), str),
    (forms.DecimalField, Decimal),
    (forms.FloatField, float),
    (forms.IntegerField, int),
    (forms.BooleanField, bool),
    ((forms.DateField, forms.TimeField, forms.DateTimeField, forms.DurationField, forms.SplitDateTimeField), str),
    (forms.MultiValueField, list[Any]),
)
"""The first class that a field is of decides."""
_FOREIGN_KINDS = {int: float, Decimal: str}
"""What a class of somebody else's may make of more than Django's own takes."""
