"""Registered functions as shapes: what the graph and the interface document are written from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, get_args, get_origin

from mizan_core.client import ClientFunction
from mizan_core.client.signature import Parameter
from mizan_core.errors import GraphError
from mizan_core.introspection.docs import described
from mizan_core.introspection.reading import ShapeReader, View
from mizan_core.introspection.shapes import ANY, Mode, Shape, default_of
from mizan_core.introspection.types import TypeTable


@dataclass(frozen=True, slots=True)
class DescribedParameter:
    """A parameter. ``default`` holds ``{"default": value}`` or nothing; ``description`` is its author's."""

    name: str
    shape: Shape
    required: bool
    default: dict[str, Any]
    description: str | None


@dataclass(frozen=True, slots=True)
class DescribedFunction:
    """A function under its registered name; ``output`` is None on the view path."""

    name: str
    function: ClientFunction[..., Any]
    params: tuple[DescribedParameter, ...]
    output: Shape | None

    @property
    def is_public(self) -> bool:
        """Whether clients know it: private and view-path functions are not in the interface document."""
        return self.output is not None and not self.function.declaration.private


@dataclass(frozen=True, slots=True)
class Description:
    """Every function, sorted by name, and the types that they name."""

    functions: tuple[DescribedFunction, ...]
    types: TypeTable
    problems: tuple[str, ...]
    """What could not be read. Where there is something, shapes and types are not complete."""

    def check(self) -> None:
        """:raises GraphError: when something could not be read."""
        if self.problems:
            raise GraphError(self.problems)


def describe(functions: Mapping[str, ClientFunction[..., Any]]) -> Description:
    """Read the annotations of *functions*."""
    return _Describer().describe(functions)


class _Describer:
    def __init__(self) -> None:
        self._reader = ShapeReader()

    def describe(self, functions: Mapping[str, ClientFunction[..., Any]]) -> Description:
        all_functions = tuple(self._function(name, function) for name, function in sorted(functions.items()))
        return Description(all_functions, self._reader.types, tuple(self._reader.problems))

    def _function(self, name: str, function: ClientFunction[..., Any]) -> DescribedFunction:
        params = tuple(self._parameter(function, parameter) for parameter in function.parameters)
        output = (
            None if function.is_view else self._shape(function, "the return annotation", function.returns, "output")
        )
        return DescribedFunction(name, function, params, output)

    def _parameter(self, function: ClientFunction[..., Any], parameter: Parameter) -> DescribedParameter:
        shape = self._shape(function, f"parameter {parameter.name!r}", parameter.annotation, "input")
        default = {} if parameter.required else default_of(parameter.default)
        said = described(get_args(parameter.annotation)[1:]) if get_origin(parameter.annotation) is Annotated else None
        return DescribedParameter(parameter.name, shape, parameter.required, default, said)

    def _shape(self, function: ClientFunction[..., Any], place: str, annotation: Any, mode: Mode) -> Shape:
        try:
            return self._reader.read(annotation, View(mode, function.names))
        except (NameError, TypeError, ValueError) as error:
            self._reader.problems.append(f"{function.where}: {place}: {error}")
            return ANY
