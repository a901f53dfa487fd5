"""Registered functions as shapes: what the graph and the interface document are written from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from mizan_core.client import ClientFunction
from mizan_core.client.annotations import beside
from mizan_core.client.error_case import ErrorCase
from mizan_core.client.signature import Parameter
from mizan_core.client.uploads import Upload
from mizan_core.introspection.docs import described
from mizan_core.introspection.parts import ChannelPart, CompositionPart, Describe, FormField, FormPart
from mizan_core.introspection.reading import ShapeReader, View
from mizan_core.introspection.shapes import ANY, Mode, Shape, default_of, list_of, optional
from mizan_core.introspection.types import TypeTable


class DescribedParameter(NamedTuple):
    """A parameter. ``default`` holds ``{"default": value}`` or nothing; ``description`` is its author's."""

    name: str
    shape: Shape
    required: bool
    default: dict[str, Any]
    description: str | None


@dataclass(frozen=True, slots=True)
class DescribedError:
    """An error that a function declares; ``data`` is None where it carries none."""

    case: type[ErrorCase]
    data: Shape | None


@dataclass(frozen=True, slots=True)
class DescribedChannel:
    """A channel and the shapes of what goes over it, by member."""

    part: ChannelPart
    shapes: Mapping[str, Shape]


@dataclass(frozen=True, slots=True)
class DescribedForm:
    """A form and the shape of each of its fields."""

    part: FormPart
    shapes: tuple[Shape, ...]


class DescribedFunction(NamedTuple):
    """A function under its registered name; ``output`` is None on the view path."""

    name: str
    function: ClientFunction[..., Any]
    params: tuple[DescribedParameter, ...]
    output: Shape | None
    errors: tuple[DescribedError, ...] = ()

    @property
    def is_public(self) -> bool:
        """Whether clients know it: private and view-path functions are not in the interface document."""
        return self.output is not None and not self.function.declaration.private

    @property
    def is_page(self) -> bool:
        """Whether it has a path of its own that everybody may know."""
        declaration = self.function.declaration
        return self.output is None and declaration.route is not None and not declaration.private


@dataclass(frozen=True, slots=True)
class Description:
    """Every function, channel, form and combination of contexts, sorted by name, and the types that they name."""

    functions: tuple[DescribedFunction, ...]
    types: TypeTable
    problems: tuple[str, ...]
    """What could not be read. Where there is something, shapes and types are not complete."""
    channels: tuple[DescribedChannel, ...] = ()
    forms: tuple[DescribedForm, ...] = ()
    compositions: tuple[CompositionPart, ...] = ()


def describe(functions: Mapping[str, ClientFunction[..., Any]], parts: Iterable[Describe] = ()) -> Description:
    """Read the annotations of *functions*, and of the channels and forms that *parts* give."""
    return _Describer().describe(functions, parts)


class _Describer:
    def __init__(self) -> None:
        self._reader = ShapeReader()

    def describe(
        self, functions: Mapping[str, ClientFunction[..., Any]], describers: Iterable[Describe]
    ) -> Description:
        all_functions = tuple(self._function(name, function) for name, function in sorted(functions.items()))
        parts = sorted((describer() for describer in describers), key=lambda part: part.name)
        channels = tuple(self._channel(part) for part in parts if isinstance(part, ChannelPart))
        forms = tuple(self._form(part) for part in parts if isinstance(part, FormPart))
        compositions = tuple(part for part in parts if isinstance(part, CompositionPart))
        problems = tuple(self._reader.problems)
        return Description(all_functions, self._reader.types, problems, channels, forms, compositions)

    def _function(self, name: str, function: ClientFunction[..., Any]) -> DescribedFunction:
        where, names, signature = function.where, function.names, function.signature
        params = tuple([self._parameter(where, parameter, names) for parameter in signature.parameters])
        output = None
        if not function.is_view:
            output = self._shape(signature.returns, "output", names, "{}: the return annotation", where)
        cases = function.declaration.errors
        errors = tuple([self._error(where, case, names) for case in cases]) if cases else ()
        return DescribedFunction(name, function, params, output, errors)

    def _error(self, where: str, case: type[ErrorCase], names: Mapping[str, Any]) -> DescribedError:
        if case.model is None:
            return DescribedError(case, None)
        return DescribedError(case, self._shape(case.model, "output", names, "{}: the error {}", where, case.code))

    def _channel(self, part: ChannelPart) -> DescribedChannel:
        messages = {"params": part.params, "react_message": part.react_message, "server_message": part.server_message}
        shapes = {}
        for member, annotation in messages.items():
            if annotation is not None:
                mode: Mode = "output" if member == "server_message" else "input"
                place = 'the {} of the channel "{}"'
                shapes[member] = self._shape(annotation, mode, part.names, place, member, part.name)
        return DescribedChannel(part, shapes)

    def _form(self, part: FormPart) -> DescribedForm:
        return DescribedForm(part, tuple(self._form_field(part, field) for field in part.fields))

    def _form_field(self, part: FormPart, field: FormField) -> Shape:
        if field.shape is not None:
            return field.shape
        place = 'the field {!r} of the form "{}"'
        return self._shape(field.annotation, "input", part.names, place, field.name, part.name)

    def _parameter(self, where: str, parameter: Parameter, names: Mapping[str, Any]) -> DescribedParameter:
        name, annotation, required = parameter.name, parameter.annotation, parameter.required
        default = {} if required else default_of(parameter.default)
        shape = self._reader.known(annotation)
        if shape is not None:
            return DescribedParameter(name, shape, required, default, None)
        upload = parameter.upload
        if upload is None:
            shape = self._shape(annotation, "input", names, "{}: parameter {!r}", where, name)
        else:
            shape = _upload_shape(upload)
        said = None if isinstance(annotation, type) else described(beside(annotation))
        return DescribedParameter(name, shape, required, default, said)

    def _shape(self, annotation: Any, mode: Mode, names: Mapping[str, Any], place: str, *words: str) -> Shape:
        """The shape of an annotation; *place*, with *words* in it, is where that stands."""
        known = self._reader.known(annotation)
        if known is not None:
            return known
        try:
            return self._reader.read(annotation, View(mode, names))
        except (NameError, TypeError, ValueError) as error:
            self._reader.problems.append(f"{place.format(*words)}: {error}")
            return ANY


def _upload_shape(upload: Upload) -> Shape:
    limits = upload.limits
    one: Shape = {"kind": "upload", "max_bytes": limits.max_bytes}
    whole = list_of({**one, "max_files": limits.max_files}) if upload.is_list else one
    return optional(whole) if upload.is_optional else whole
