"""A pydantic model's values as the texts of an HTML form, and back.

A form has no null, no false and no list: a switch that is off and a list without items are not sent, and what nobody
has filled in is an empty text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from pydantic_core import to_json

from mizan_core.errors import ValidationFailed
from mizan_core.interface.texts import TextReader
from mizan_core.introspection.shapes import Shape

Texts = Mapping[str, Sequence[str]]


class FieldShape(NamedTuple):
    """What a field holds.

    :param settled: what names and optionals come to, where that is one value.
    :param required: whether it has to be sent.
    """

    name: str
    settled: Shape
    reader: TextReader
    is_optional: bool
    required: bool

    @property
    def is_switch(self) -> bool:
        """Whether a page shows it as a box to tick."""
        return self.settled.get("name") == "boolean"

    @property
    def is_list(self) -> bool:
        """Whether it holds several values."""
        return bool(self.settled["kind"] == "list")

    @property
    def is_text(self) -> bool:
        """Whether an empty text is a value of it."""
        return self.settled.get("name") == "string" and "format" not in self.settled


def values_of(
    shapes: Iterable[FieldShape], texts: Mapping[str, Sequence[str]]
) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """The JSON values that the fields were sent, and what is to be said of those that cannot be read."""
    values: dict[str, Any] = {}
    problems: dict[str, list[str]] = {}
    for shape in shapes:
        try:
            values.update(_value(shape, texts.get(shape.name, ())))
        except ValidationFailed as error:
            problems.update({str(name): list(said) for name, said in error.details.items()})  # type: ignore[call-overload]
    return values, problems


def texts_of(value: Any) -> tuple[str, ...]:
    """What a page shows of a field's JSON value."""
    if value is None or value is False:
        return ()
    items = value if isinstance(value, list) else [value]
    return tuple(item if isinstance(item, str) else to_json(item).decode() for item in items)


def _value(shape: FieldShape, texts: Sequence[str]) -> dict[str, Any]:
    """The field with its value; nothing where it is left out."""
    name = shape.name
    if shape.is_list:
        given = [text for text in texts if text]
        return {name: shape.reader.read(name, given) if given else []}
    if shape.is_switch:
        return {name: _switched(shape, texts)}
    if not any(texts):
        return _nothing(shape, texts)
    return {name: shape.reader.read(name, texts)}


def _switched(shape: FieldShape, texts: Sequence[str]) -> Any:
    if not any(texts):
        return None if shape.is_optional else False
    return True if list(texts) == ["on"] else shape.reader.read(shape.name, texts)


def _nothing(shape: FieldShape, texts: Sequence[str]) -> dict[str, Any]:
    if shape.is_optional:
        return {shape.name: None}
    # What has a default may be left out; a text may be empty.
    return {shape.name: ""} if texts and (shape.required or shape.is_text) else {}
