"""Pydantic's validators and serialisers for server functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NewType

from pydantic import ConfigDict, TypeAdapter, with_config
from pydantic.errors import PydanticSchemaGenerationError, PydanticUndefinedAnnotation, PydanticUserError
from typing_extensions import NotRequired, TypedDict

from mizan_core.client.signature import Parameter

_ARGUMENTS = ConfigDict(extra="forbid", allow_inf_nan=False)
_QUIET = ConfigDict(hide_input_in_errors=True)
"""Arguments may be secrets: a refusal that ends up in a log must not show them."""
_make_typed_dict: Any = TypedDict
_make_new_type: Any = NewType
"""Type checkers know the static forms alone."""

RETURNS = "the return annotation"
_DATA = "write a pydantic model, a dataclass or a TypedDict"
_ADVICE = {RETURNS: f"{_DATA}, or say what clients get with @client(returns=...)"}
"""By place."""

_REFUSALS = (PydanticUserError, PydanticUndefinedAnnotation, ImportError, TypeError, ValueError)


def arguments_adapter(
    name: str, parameters: Iterable[Parameter], names: Mapping[str, Any]
) -> TypeAdapter[dict[str, Any]]:
    """A validator for the arguments of *name*: a dict that holds exactly what was passed.

    Parameters with a default may be left out and then stay out, so that Python's own defaults fill them.

    :raises TypeError: naming the parameter whose annotation pydantic cannot validate.
    """
    parameters = tuple(parameters)
    fields = {parameter.name: _entry(parameter) for parameter in parameters}
    arguments = with_config(_ARGUMENTS)(_make_typed_dict(f"{name} arguments", fields))
    try:
        # Pydantic looks for hide_input_in_errors outside, and takes no configuration beside that of a TypedDict.
        return _adapter(_make_new_type("arguments", arguments), names, _QUIET)
    except _REFUSALS as error:
        for parameter in parameters:
            annotation_adapter(f"parameter {parameter.name!r}", parameter.annotation, names)
        raise TypeError(f"the parameters cannot be validated together: {_reason(error)}") from error


def annotation_adapter(place: str, annotation: Any, names: Mapping[str, Any]) -> TypeAdapter[Any]:
    """A validator and serialiser for one annotation.

    :raises TypeError: naming *place*, and what would be right, when pydantic cannot handle it.
    """
    try:
        return _adapter(annotation, names)
    except _REFUSALS as error:
        problem = f"{place}: {annotation!r} cannot be sent over the wire: {_reason(error)}"
        if isinstance(error, PydanticSchemaGenerationError):
            problem += f"; {_ADVICE.get(place, _DATA)}"
        raise TypeError(problem) from error


def _entry(parameter: Parameter) -> Any:
    upload = parameter.upload
    annotation = parameter.annotation if upload is None else upload.annotation
    return annotation if parameter.required else NotRequired[annotation]


def _adapter(annotation: Any, names: Mapping[str, Any], config: ConfigDict | None = None) -> TypeAdapter[Any]:
    adapter: TypeAdapter[Any] = TypeAdapter(annotation, config=config)
    if not adapter.pydantic_complete:
        adapter.rebuild(_types_namespace=names)
    return adapter


def _reason(error: Exception) -> str:
    """The first sentence of pydantic's message; the rest advises on models, not on functions."""
    text = error.message if isinstance(error, PydanticUserError) else str(error)
    return text.split(". ")[0].splitlines()[0]
