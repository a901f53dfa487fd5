"""What the functions of a form answer, whatever the framework."""

from __future__ import annotations

from typing import Any

from typing_extensions import NotRequired, TypedDict


class FormChoice(TypedDict):
    """One of the values that a field may have; ``group`` is the heading that it stands under."""

    value: str
    label: str
    group: str | None


class FormWidget(TypedDict):
    """How a field is shown: the class of the widget, the ``type`` of an ``<input>``, and its attributes."""

    type: str
    input_type: str | None
    attrs: dict[str, Any]


class FormField(TypedDict):
    """A field as it is for whoever asks. ``initial`` has the form in which the field's value is sent.

    What follows the choices are the checks that the server makes, too: protocol.md section 11 says what each means.
    """

    name: str
    label: str
    help_text: str
    required: bool
    disabled: bool
    widget: FormWidget
    initial: Any
    choices: list[FormChoice] | None
    strip: NotRequired[bool]
    min: NotRequired[int | float | str]
    max: NotRequired[int | float | str]
    step: NotRequired[int | float]
    min_length: NotRequired[int]
    max_length: NotRequired[int]
    max_digits: NotRequired[int]
    decimal_places: NotRequired[int]
    patterns: NotRequired[list[str]]
    extensions: NotRequired[list[str]]


class FormSetLimits(TypedDict):
    """How many forms there may be in a list of them, as far as the server always insists; ``extra`` are shown empty."""

    min: int | None
    max: int | None
    extra: int


class FormSchema(TypedDict):
    """A form as it is for whoever asks: its texts are in the language of the request.

    :ivar forms: the initial values of each form, where it is a list of them.
    """

    title: str | None
    submit_label: str | None
    multiple: FormSetLimits | None
    fields: list[FormField]
    forms: list[dict[str, Any]] | None


class FormErrors(TypedDict):
    """What is wrong with the fields that were asked about; ``seq`` is that of the question."""

    errors: dict[str, list[str]]
    seq: int
