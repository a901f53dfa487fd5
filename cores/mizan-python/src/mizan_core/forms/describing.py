"""A form as the interface document has it, from its schema."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mizan_core.forms.meta import FormMeta
from mizan_core.forms.schema import FormField as FieldSchema
from mizan_core.introspection.parts import FormField, FormPart

_CHECKS = ("strip", "min", "max", "step", "min_length", "max_length", "max_digits", "decimal_places")
_SEVERAL = ("patterns", "extensions")
_SCALARS = (str, int, float, bool)


def form_of(meta: FormMeta, fields: Iterable[FormField], many: Mapping[str, int | None] | None = None) -> FormPart:
    """The form that *meta* is of."""
    return FormPart(
        meta.name,
        tuple(fields),
        title=None if meta.title is None else str(meta.title),
        submit_label=None if meta.submit_label is None else str(meta.submit_label),
        live_validation=meta.live_validation,
        many=many,
    )


def field_of(schema: FieldSchema, annotation: Any, *, is_open: bool = False) -> FormField:
    """A field that is sent as *annotation* says.

    :param is_open: whether a request may change it: then nothing is checked but what the schema says for the request.
    """
    said: Any = schema
    details: dict[str, Any] = {}
    if not is_open:
        details = {name: said[name] for name in _CHECKS if name in said}
        details |= {name: [*said[name]] for name in _SEVERAL if said.get(name)}
        choices = said["choices"] or ()
        details["choices"] = [{name: each for name, each in choice.items() if each is not None} for choice in choices]
    widget = said["widget"]
    details |= {
        "disabled": said["disabled"],
        "widget": "textarea" if widget["type"] == "Textarea" else widget["input_type"],
        "label": said["label"],
        "help": said["help_text"] or None,
    }
    details = {
        name: detail for name, detail in details.items() if detail is not None and detail is not False and detail != []
    }
    if isinstance(said["initial"], _SCALARS):
        details["initial"] = said["initial"]
    required = said["required"] and not is_open
    return FormField(said["name"], required, annotation=annotation, details=details)
