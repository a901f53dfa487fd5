"""Reading a server function's signature: its parameters, its result, and whether it takes the view path."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, is_dataclass
from types import FunctionType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic.fields import FieldInfo
from typing_extensions import is_typeddict

from mizan_core.client.annotations import Namespace, beside, class_hints
from mizan_core.client.frameworks import (
    injecting_framework,
    is_request_class,
    is_response_class,
    is_upload_class,
    marker_of,
)
from mizan_core.client.uploads import Upload, upload_of
from mizan_core.names import check_parameter_name

REQUEST_NAMES = ("request", "_request", "req", "_req", "_")
"""Names by which a first parameter without an annotation, or with a foreign one, is known to be the request."""

MISSING: Any = inspect.Parameter.empty
"""The default of a parameter that has none."""

_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
_BOUND = ("self", "cls")
"""What the first parameter of a method is called."""
_REFUSED_KINDS: dict[object, str] = {
    inspect.Parameter.VAR_POSITIONAL: "*{}: clients pass arguments by name; declare each parameter",
    inspect.Parameter.VAR_KEYWORD: "**{}: clients have to know every argument; declare each parameter",
    inspect.Parameter.POSITIONAL_ONLY: "parameter {!r} is positional-only: arguments come by name; remove the '/'",
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter that clients pass by name. ``default`` is ``MISSING`` when it is required."""

    name: str
    annotation: Any
    required: bool
    default: Any

    @property
    def upload(self) -> Upload | None:
        """What it says of the files that it takes; None where it takes none."""
        return upload_of(self.annotation)


@dataclass(frozen=True, slots=True)
class Signature:
    """What a function takes and returns, every annotation resolved."""

    parameters: tuple[Parameter, ...]
    returns: Any
    injected: tuple[inspect.Parameter, ...] = ()
    """What the framework fills, clients aside; annotations resolved."""

    @property
    def is_view(self) -> bool:
        """Whether it answers with a framework's response: a class that an adapter imported by now has registered."""
        return _is_view(self.returns)

    def check(self, names: Mapping[str, Any]) -> None:
        """Refuse what nobody could send, or nobody would fill, as far as the frameworks are known by now.

        :param names: see ``ClientFunction.names``.
        :raises TypeError: naming the parameter, or the return annotation.
        """
        for parameter in self.parameters:
            for mark in (parameter.default, *beside(parameter.annotation)):
                _refuse_marker(parameter.name, mark)
            if injecting_framework(parameter.annotation, parameter.default) is not None:
                raise TypeError(
                    f"parameter {parameter.name!r}: who fills it was not known when the function was made; import the "
                    f"adapter first, as 'from mizan_fastapi import client' does"
                )
            if parameter.upload is None:
                _check_wire(f"parameter {parameter.name!r}", parameter.annotation, names)
        _check_wire("the return annotation", self.returns, names)
        _is_view(self.returns)


@dataclass(frozen=True, slots=True)
class WrittenSignature:
    """A signature as written: its form is checked, its annotations may still be strings."""

    request: inspect.Parameter
    parameters: tuple[inspect.Parameter, ...]
    returns: Any

    def bind(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        """The request, and the arguments by name, of a call as Python takes it; validation sees what is missing.

        :param name: the function's, for messages.
        :raises TypeError: when the request is missing, there are too many arguments, or one is given twice.
        """
        names = [parameter.name for parameter in (self.request, *self.parameters) if parameter.kind in _POSITIONAL]
        if len(args) > len(names):
            raise TypeError(f"{name}() takes {len(names)} positional arguments but {len(args)} were given")
        given = dict(zip(names, args, strict=False))
        twice = sorted(given.keys() & kwargs.keys())
        if twice:
            raise TypeError(f"{name}() got multiple values for argument {twice[0]!r}")
        given.update(kwargs)
        if self.request.name not in given:
            raise TypeError(f"{name}() is missing its request: it is the first argument")
        return given.pop(self.request.name), given

    def resolve(self, namespace: Namespace) -> Signature:
        """The signature with every annotation resolved.

        :raises NameError: when a name in an annotation is not defined (yet).
        :raises TypeError: when an annotation is none, or says what this interface cannot mean.
        """
        _check_request(self.request, namespace)
        hints = _resolve_all(self.parameters, self.returns, namespace)
        injected = tuple(
            written.replace(annotation=hints[written.name])
            for written in self.parameters
            if injecting_framework(hints[written.name], written.default) is not None
        )
        names = {parameter.name for parameter in injected}
        parameters = tuple(
            _parameter(written, hints[written.name]) for written in self.parameters if written.name not in names
        )
        signature = Signature(parameters, hints["return"], injected)
        signature.check(namespace.names)
        return signature


def read_signature(function: FunctionType, returns: Any = None) -> WrittenSignature:
    """Check the form of *function*'s signature.

    :param returns: what stands instead of the return annotation; None for nothing.
    :raises TypeError, ValueError: naming the parameter that cannot be served, and what would be right.
    """
    signature = inspect.signature(function)
    if returns is None and signature.return_annotation is inspect.Signature.empty:
        raise TypeError("the return annotation is missing; write what it returns, for example '-> None'")
    parameters = tuple(signature.parameters.values())
    if not parameters or parameters[0].kind not in _POSITIONAL:
        raise TypeError("the request parameter is missing; write 'request' as the first parameter")
    if parameters[0].name in _BOUND:
        raise TypeError(f"a method has nothing to be called on; write a function, without {parameters[0].name!r}")
    for parameter in parameters[1:]:
        _check_form(parameter)
    return WrittenSignature(parameters[0], parameters[1:], signature.return_annotation if returns is None else returns)


def _check_form(parameter: inspect.Parameter) -> None:
    check_parameter_name(parameter.name)
    refused = _REFUSED_KINDS.get(parameter.kind)
    if refused is not None:
        raise TypeError(refused.format(parameter.name))
    if injecting_framework(Any, parameter.default) is not None:
        return
    if parameter.annotation is parameter.empty:
        raise TypeError(f"parameter {parameter.name!r} has no annotation; write its type (Any takes every JSON value)")
    _check_default(parameter.name, parameter.default)


def _check_default(name: str, default: object) -> None:
    _refuse_marker(name, default)
    if isinstance(default, FieldInfo):
        raise TypeError(f"parameter {name!r} = Field(...): write {name}: Annotated[<type>, Field(...)] instead")


def _refuse_marker(name: str, value: object) -> None:
    marker = marker_of(value)
    if marker is not None:
        raise TypeError(f"parameter {name!r}: {marker}(...) is not resolved here; read it from the request")


def _check_request(request: inspect.Parameter, namespace: Namespace) -> None:
    if request.name in REQUEST_NAMES:
        return
    annotation = request.annotation
    if annotation is not request.empty:
        annotation = namespace.resolve({request.name: annotation})[request.name]
    if not is_request_class(annotation):
        raise TypeError(f"the request parameter is missing; write 'request' before {request.name!r}")


def _resolve_all(parameters: tuple[inspect.Parameter, ...], returns: Any, namespace: Namespace) -> dict[str, Any]:
    written = {parameter.name: _annotation(parameter) for parameter in parameters}
    try:
        return namespace.resolve({**written, "return": returns})
    except NameError:
        raise
    except Exception:
        _blame(written, returns, namespace)
        raise


def _annotation(parameter: inspect.Parameter) -> Any:
    """As written; one that the framework fills may have none."""
    return Any if parameter.annotation is parameter.empty else parameter.annotation


def _blame(parameters: Mapping[str, Any], returns: Any, namespace: Namespace) -> None:
    """Raise ``TypeError`` for the annotation that does not resolve."""
    places = {f"parameter {name!r}": annotation for name, annotation in parameters.items()}
    for place, annotation in {**places, "the return annotation": returns}.items():
        try:
            namespace.resolve({"value": annotation})
        except Exception as error:  # An annotation in a string is code: it may raise anything.
            written = annotation.strip("'\"") if isinstance(annotation, str) else annotation
            raise TypeError(f"{place}: {written!r} is not a type ({error})") from error


def _parameter(written: inspect.Parameter, annotation: Any) -> Parameter:
    for metadata in beside(annotation):
        _check_metadata(written.name, metadata)
    required = written.default is written.empty
    return Parameter(written.name, annotation, required, MISSING if required else written.default)


def _check_metadata(name: str, metadata: object) -> None:
    _refuse_marker(name, metadata)
    if not isinstance(metadata, FieldInfo):
        return
    if metadata.alias is not None or metadata.validation_alias is not None:
        raise ValueError(f"parameter {name!r}: Field(alias=...) is not possible; a parameter has one name everywhere")
    if not metadata.is_required():
        raise ValueError(f"parameter {name!r}: Field(default=...) is not possible; write the default after '='")


def _is_view(returns: Any) -> bool:
    options = [option for option in _options(returns) if option is not type(None)]
    responses = [is_response_class(option) for option in options]
    if any(responses) and not all(responses):
        raise TypeError(f"it returns either a response or data, not both: {returns!r}")
    return any(responses)


def _check_wire(place: str, annotation: Any, names: Mapping[str, Any]) -> None:
    """:raises TypeError: when *annotation* holds what pydantic takes from Python code, and nobody from a client."""
    for part in _parts(annotation, names):
        if part is Callable or (type(part) is not type and get_origin(part) is Callable):
            raise TypeError(f"{place}: a function cannot be sent over the wire; write the data that it stands for")
        if is_upload_class(part):
            raise TypeError(f"{place}: a file is a parameter of its own, or a list of them is: 'image: UploadedFile'")


def _parts(annotation: Any, names: Mapping[str, Any]) -> Iterator[Any]:
    """The annotation, what it is made of, and the fields of the models among them."""
    waiting, seen = [annotation], set[int]()
    while waiting:
        part = waiting.pop()
        if id(part) in seen:
            continue
        seen.add(id(part))
        yield part
        if type(part) is not type:
            waiting.extend(get_args(part))
        if isinstance(part, type):
            waiting.extend(_field_annotations(part, names))


def _field_annotations(cls: type, names: Mapping[str, Any]) -> Iterable[Any]:
    fields = getattr(cls, "__pydantic_fields__", None)
    if fields is not None:
        return [field.annotation for field in fields.values()]
    if not (is_typeddict(cls) or is_dataclass(cls) or (issubclass(cls, tuple) and hasattr(cls, "_fields"))):
        return ()
    try:
        return class_hints(cls, names).values()
    except (NameError, TypeError):  # a name that is not defined yet, which pydantic will ask for
        return ()


def _options(annotation: Any) -> Iterator[Any]:
    """The members of a union, or the annotation itself."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _options(get_args(annotation)[0])
    elif origin is Union or origin is UnionType:
        for option in get_args(annotation):
            yield from _options(option)
    else:
        yield annotation
