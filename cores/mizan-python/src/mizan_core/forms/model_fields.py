"""The fields of a pydantic model, as a form shows them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from operator import getitem
from typing import Annotated, Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined, to_json, to_jsonable_python

from mizan_core.client.frameworks import is_upload_class
from mizan_core.forms.describing import field_of
from mizan_core.forms.meta import FormMeta
from mizan_core.forms.model_texts import FieldShape
from mizan_core.forms.patterns import ecmascript
from mizan_core.forms.schema import FormChoice, FormField, FormWidget
from mizan_core.interface.texts import TextReader
from mizan_core.introspection.parts import FormField as DescribedField
from mizan_core.introspection.reading import ShapeReader, View
from mizan_core.introspection.shapes import Shape
from mizan_core.introspection.structs import config_of

_REVISION_BYTES = 6
_EMPTY = (None, "")
_NUMBERS = ("integer", "number")
_INPUT_TYPES = {"date": "date", "time": "time", "date-time": "datetime-local", "email": "email", "uri": "url"}
_COUNTS = ("min_length", "max_length", "max_digits", "decimal_places")


class ModelFields:
    """Those of one model."""

    def __init__(self, model: type[BaseModel]) -> None:
        self._annotations = [_annotation(info) for info in model.model_fields.values()]
        self.shapes = [_shape(name, info, model) for name, info in model.model_fields.items()]
        """What each of them holds."""
        infos = model.model_fields.items()
        self._schemas = [_schema(name, info, shape) for (name, info), shape in zip(infos, self.shapes, strict=True)]

    def schemas(self, initial: Mapping[str, Any]) -> list[FormField]:
        """The fields, with the *initial* values that there are instead of the model's own."""
        return [_begun(field, initial) for field in self._schemas]

    def described(self) -> Iterator[DescribedField]:
        """The fields as every client knows them."""
        for schema, annotation in zip(self._schemas, self._annotations, strict=True):
            yield field_of(schema, annotation)

    def empty(self, data: Mapping[str, Any]) -> dict[str, list[str]]:
        """What is to be said of the fields that are required and left empty."""
        required = (field["name"] for field in self._schemas if field["required"])
        return {name: ["Field required"] for name in required if name in data and data[name] in _EMPTY}

    def revision(self, meta: FormMeta) -> int:
        """Another one for another form, so that what is cached of an earlier one is not found."""
        said = to_json([meta.title, meta.submit_label, self._schemas])
        return int.from_bytes(hashlib.sha256(said).digest()[:_REVISION_BYTES], "big")


def _begun(field: FormField, initial: Mapping[str, Any]) -> FormField:
    begun: Any = {**field, "initial": initial[field["name"]]} if field["name"] in initial else field
    described: FormField = begun
    return described


def _shape(name: str, info: FieldInfo, model: type[BaseModel]) -> FieldShape:
    if is_upload_class(info.annotation):
        raise TypeError(f"{model.__qualname__}.{name}: a file is a parameter of the handler, behind the data")
    reader = ShapeReader()
    shape = reader.read(_annotation(info), View("input", {}, config_of(model)))
    bodies = {path: named.bodies["input"] for path, named in reader.types.items()}
    sent_as = info.validation_alias if isinstance(info.validation_alias, str) else name
    is_optional = shape["kind"] == "optional"
    return FieldShape(sent_as, _settled(shape, reader), TextReader(shape, bodies), is_optional, info.is_required())


def _schema(name: str, info: FieldInfo, held: FieldShape) -> FormField:
    shape = held.settled
    described: Any = {
        "name": held.name,
        "label": info.title or label_of(name),
        "help_text": info.description or "",
        "required": info.is_required() and _can_be_empty(shape),
        "disabled": False,
        "widget": _widget(shape),
        "initial": None if info.default is PydanticUndefined else to_jsonable_python(info.default, fallback=str),
        "choices": _choices(shape),
        **_checks(shape),
    }
    field: FormField = described
    return field


def _annotation(info: FieldInfo) -> Any:
    return getitem(Annotated, (info.annotation, *info.metadata)) if info.metadata else info.annotation


def _settled(shape: Shape, reader: ShapeReader) -> Shape:
    """What a name or an optional comes to, where that is one value."""
    while shape["kind"] in ("optional", "ref"):
        if shape["kind"] == "optional":
            shape = shape["item"]
            continue
        body = reader.types[shape["name"]].bodies["input"]
        if body["kind"] == "struct":
            break
        shape = body if body["kind"] == "enum" else body["shape"]
    return shape


def _can_be_empty(shape: Shape) -> bool:
    """Whether a page could leave it out: a switch and a list always have a value."""
    return bool(shape["kind"] == "enum" or (shape["kind"] == "primitive" and shape["name"] != "boolean"))


def label_of(name: str) -> str:
    """What a field is called whose author has said nothing."""
    words = name.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def _widget(shape: Shape) -> FormWidget:
    kind, word = "TextInput", "text"
    if shape["kind"] == "enum":
        kind, word = "Select", "select"
    elif shape.get("name") in _NUMBERS:
        kind, word = "NumberInput", "number"
    elif shape.get("name") == "boolean":
        kind, word = "CheckboxInput", "checkbox"
    elif shape.get("format") in _INPUT_TYPES:
        word = _INPUT_TYPES[shape["format"]]
    return {"type": kind, "input_type": word, "attrs": {}}


def _choices(shape: Shape) -> list[FormChoice] | None:
    if shape["kind"] != "enum" or not all(isinstance(value, str) for value in shape["values"]):
        return None
    return [{"value": value, "label": label_of(value), "group": None} for value in shape["values"]]


def _checks(shape: Shape) -> dict[str, Any]:
    """The limits that the shape has, by their names in a form."""
    if shape["kind"] != "primitive":
        return {}
    is_whole = shape["name"] == "integer"
    checks = {name: shape[name] for name in ("min", "max", *_COUNTS) if name in shape}
    if is_whole and "exclusive_min" in shape:
        checks.setdefault("min", shape["exclusive_min"] + 1)
    if is_whole and "exclusive_max" in shape:
        checks.setdefault("max", shape["exclusive_max"] - 1)
    pattern = ecmascript(re.compile(shape["pattern"])) if "pattern" in shape else None
    return checks if pattern is None else {**checks, "patterns": [pattern]}
