"""Forms made of JSON, and what is wrong with them in the terms of the protocol."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.forms.formsets import INITIAL_FORM_COUNT, TOTAL_FORM_COUNT
from django.forms.models import BaseModelFormSet

from mizan.forms.normalising import accept_json

Errors: TypeAlias = "dict[str, list[str]]"

UNEXPECTED = "Extra inputs are not permitted"
"""What pydantic says of arguments that nobody has declared."""


class BoundForm:
    """One form, and the JSON object that it is to check."""

    def __init__(self, form: Any, data: Mapping[str, Any]) -> None:
        self.form: Any = form
        self._unknown = sorted(data.keys() - form.fields.keys())

    def errors(self) -> Errors:
        """The messages by field; those of the whole form under ``__all__``. Empty when it is valid."""
        unknown = {name: [UNEXPECTED] for name in self._unknown}
        return {**form_errors(self.form), **unknown}


class BoundFormSet:
    """A list of forms, and the JSON objects that they are to check.

    :param order: the place in the list that was sent of each form.
    """

    def __init__(self, form: forms.BaseFormSet[Any], data: Sequence[Mapping[str, Any]], order: Sequence[int]) -> None:
        self.form: Any = form
        self._data = data
        self._order = order

    def errors(self) -> Errors:
        """As a form's; those of the form at place 2 are ``2.<field>`` and ``2.__all__``."""
        found = set_errors(self.form, self._order)
        for place, form in zip(self._order, self.form.forms, strict=False):
            unknown = self._data[place].keys() - form.fields.keys()
            found |= {f"{place}.{name}": [UNEXPECTED] for name in sorted(unknown)}
        return found


def form_errors(form: forms.BaseForm) -> Errors:
    """The messages of a form."""
    return {name: [str(message) for message in messages] for name, messages in form.errors.items()}


def set_errors(formset: Any, order: Sequence[int] | None = None) -> Errors:
    """The messages of a list of forms, whose places are *order*."""
    if formset.is_valid():
        return {}
    whole = [str(message) for message in formset.non_form_errors()]
    found: Errors = {NON_FIELD_ERRORS: whole} if whole else {}
    for place, form in zip(order or range(len(formset.forms)), formset.forms, strict=False):
        found |= {f"{place}.{name}": texts for name, texts in form_errors(form).items()}
    return found


def bind(cls: Any, make: Callable[..., Any], data: Any, options: Mapping[str, Any]) -> BoundForm | BoundFormSet:
    """A form of *data*.

    :param make: makes one of *cls* and prepares it.
    :param options: the keyword arguments of the class.
    """
    prefix = options.get("prefix") or getattr(cls, "prefix", None)
    if isinstance(data, list):
        return _bind_several(make, data, options, prefix)
    form = make(data=_prefixed(data, prefix), files={}, **options)
    _accept(form)
    return BoundForm(form, data)


def _bind_several(
    make: Callable[..., Any], data: list[dict[str, Any]], options: Mapping[str, Any], prefix: str | None
) -> BoundFormSet:
    unbound = make(**options)
    order, initial = _order(unbound, data)
    start = prefix or type(unbound).get_default_prefix()
    values: dict[str, Any] = {f"{start}-{TOTAL_FORM_COUNT}": len(data), f"{start}-{INITIAL_FORM_COUNT}": initial}
    for number, place in enumerate(order):
        values |= _prefixed(data[place], f"{start}-{number}")
    formset = make(data=values, files={}, **options)
    for form in formset.forms:
        # Each item was meant, also one in which nothing was typed.
        form.empty_permitted = False
        _accept(form)
    return BoundFormSet(formset, data, order)


def _order(formset: Any, data: Sequence[Mapping[str, Any]]) -> tuple[list[int], int]:
    """Django wants those of objects that exist first; gives their number, too."""
    places = range(len(data))
    if not isinstance(formset, BaseModelFormSet):
        return list(places), 0
    model: Any = formset.model
    key = model._meta.pk.name  # noqa: SLF001 - documented
    existing = [place for place in places if data[place].get(key) not in (None, "")]
    return [*existing, *(place for place in places if place not in existing)], len(existing)


def _accept(form: forms.BaseForm) -> None:
    for field in form.fields.values():
        accept_json(field)


def _prefixed(data: Mapping[str, Any], prefix: str | None) -> dict[str, Any]:
    return {f"{prefix}-{name}": value for name, value in data.items()} if prefix else dict(data)
