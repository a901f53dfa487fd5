"""Registered functions as shapes: what the graph and the interface document are written from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from mizan_core.client import ClientFunction
from mizan_core.client.error_case import ErrorCase
from mizan_core.client.signature import Parameter
from mizan_core.client.uploads import Upload
from mizan_core.errors import GraphError
from mizan_core.introspection.docs import beside, described
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

    def check(self) -> None:
        """:raises GraphError: when something could not be read."""
        if self.problems:
            raise GraphError(self.problems)


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
        where, names = function.where, function.names
        annotated = View("input", names)
        params = tuple([self._parameter(where, parameter, annotated) for parameter in function.parameters])
        output = (
            None
            if function.is_view
            else self._shape(f"{where}: the return annotation", function.returns, View("output", names))
        )
        errors = [self._error(where, case, names) for case in function.declaration.errors]
        return DescribedFunction(name, function, params, output, tuple(errors))

    def _error(self, where: str, case: type[ErrorCase], names: Mapping[str, Any]) -> DescribedError:
        if case.model is None:
            return DescribedError(case, None)
        return DescribedError(case, self._shape(f"{where}: the error {case.code}", case.model, View("output", names)))

    def _channel(self, part: ChannelPart) -> DescribedChannel:
        messages = {"params": part.params, "react_message": part.react_message, "server_message": part.server_message}
        shapes = {}
        for member, annotation in messages.items():
            if annotation is not None:
                mode: Mode = "output" if member == "server_message" else "input"
                place = f'the {member} of the channel "{part.name}"'
                shapes[member] = self._shape(place, annotation, View(mode, part.names))
        return DescribedChannel(part, shapes)

    def _form(self, part: FormPart) -> DescribedForm:
        return DescribedForm(part, tuple(self._form_field(part, field) for field in part.fields))

    def _form_field(self, part: FormPart, field: FormField) -> Shape:
        if field.shape is not None:
            return field.shape
        place = f'the field {field.name!r} of the form "{part.name}"'
        return self._shape(place, field.annotation, View("input", part.names))

    def _parameter(self, where: str, parameter: Parameter, annotated: View) -> DescribedParameter:
        place = f"{where}: parameter {parameter.name!r}"
        upload = parameter.upload
        shape = self._shape(place, parameter.annotation, annotated) if upload is None else _upload_shape(upload)
        default = {} if parameter.required else default_of(parameter.default)
        said = None if isinstance(parameter.annotation, type) else described(beside(parameter.annotation))
        return DescribedParameter(parameter.name, shape, parameter.required, default, said)

    def _shape(self, place: str, annotation: Any, view: View) -> Shape:
        try:
            return self._reader.read(annotation, view)
        except (NameError, TypeError, ValueError) as error:
            self._reader.problems.append(f"{place}: {error}")
            return ANY


def _upload_shape(upload: Upload) -> Shape:
    limits = upload.limits
    one: Shape = {"kind": "upload", "max_bytes": limits.max_bytes}
    whole = list_of({**one, "max_files": limits.max_files}) if upload.is_list else one
    return optional(whole) if upload.is_optional else whole
