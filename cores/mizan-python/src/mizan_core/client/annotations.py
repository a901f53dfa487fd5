"""Resolving annotations: strings and forward references become types.

Names are looked up where the annotation was written: in the scopes around it, then in its module. A name that is not
there yet (a class defined further down) is looked for once more later: frames are kept until then, and only then.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Mapping
from types import CellType, FrameType, FunctionType, GenericAlias, ModuleType, UnionType
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.dataclasses import rebuild_dataclass
from pydantic.errors import PydanticUserError
from typing_extensions import get_type_hints

_TYPING_MODULES = frozenset({"typing", "typing_extensions"})
_TYPES = (type, FunctionType, ModuleType, GenericAlias, UnionType)


class Namespace:
    """Where the names in one function's annotations mean something.

    :param frame: where to look for the calls that the function was written in: this one and those beneath it.
    """

    __slots__ = ("_frames", "_function", "names")

    def __init__(self, function: FunctionType, frame: FrameType) -> None:
        self._function = function
        self._frames = _enclosing_frames(function, frame) if _is_nested(function) else []
        self.names: dict[str, Any] = {}
        """The types in the scopes around the function, its module aside."""

    def resolve(self, annotations: Mapping[str, Any]) -> dict[str, Any]:
        """The types that *annotations* mean.

        :raises NameError: when a name is not defined, or a pydantic class inside waits for one.
        :raises TypeError, SyntaxError: when an annotation is none.
        """
        around = self._look_around()
        self.names |= _types_in(around)
        hints = _resolve(annotations, self._function.__globals__, {**self.names, **around})
        for hint in hints.values():
            complete_models(hint, self.names)
        return hints

    def settle(self) -> None:
        """Let go of the frames: everything is resolved, or will not be looked for again."""
        self._frames = []

    def _look_around(self) -> dict[str, Any]:
        around = _closure(self._function)
        for frame in reversed(self._frames):
            around |= frame.f_locals
        return around


def resolve_beside(owner: Any, annotation: Any, names: Mapping[str, Any]) -> Any:
    """*annotation* as written beside *owner*: resolved in its module; *names* count when it was made in a function."""
    return _resolve({"value": annotation}, _module_of(owner), names)["value"]


def class_hints(cls: type, names: Mapping[str, Any]) -> dict[str, Any]:
    """The annotations of *cls* and its bases, resolved; a class made in a function finds its neighbours in *names*."""
    hints: dict[str, Any] = {}
    for base in reversed(cls.__mro__):
        annotations = inspect.get_annotations(base)
        if annotations:
            around = names if _is_nested(base) else {}
            hints |= _resolve(annotations, _module_of(base), {**around, **_types_in(vars(base))})
    return hints


def is_class(annotation: Any) -> bool:
    """Whether it is a class; ``list[int]``, which Python 3.10 calls one too, is none."""
    kind: object = type(annotation)
    return isinstance(annotation, type) and kind is not GenericAlias


def beside(annotation: Any) -> tuple[Any, ...]:
    """What stands beside a type in ``Annotated``."""
    return get_args(annotation)[1:] if get_origin(annotation) is Annotated else ()


def complete_models(hint: Any, names: Mapping[str, Any]) -> None:
    """Finish the pydantic classes in *hint* that wait for names.

    :raises NameError: when one still does.
    """
    if is_class(hint) and _is_complete(hint):
        return
    waiting, seen = [hint], set[type]()
    while waiting:
        annotation = waiting.pop()
        waiting.extend(get_args(annotation))
        if isinstance(annotation, type) and annotation not in seen and not _is_complete(annotation):
            seen.add(annotation)
            _rebuild(annotation, names)
            waiting.extend(field.annotation for field in vars(annotation)["__pydantic_fields__"].values())


def _resolve(annotations: Mapping[str, Any], module: dict[str, Any], names: Mapping[str, Any]) -> dict[str, Any]:
    # A class that holds nothing but annotations: given a function, CPython 3.10 would turn `= None` into `| None`.
    bearer = type("Annotations", (), {"__annotations__": dict(annotations)})
    return get_type_hints(bearer, module, dict(names), include_extras=True)


def _module_of(owner: Any) -> dict[str, Any]:
    module = sys.modules.get(getattr(owner, "__module__", None) or "")
    return {} if module is None else vars(module)


def _is_nested(definition: Any) -> bool:
    return "." in definition.__qualname__


def _is_complete(cls: type) -> bool:
    return vars(cls).get("__pydantic_complete__", True) is not False or cls is BaseModel


def _rebuild(cls: type, names: Mapping[str, Any]) -> None:
    try:
        if issubclass(cls, BaseModel):
            cls.model_rebuild(_types_namespace=names)
        else:
            rebuild_dataclass(cls, _types_namespace=names)  # type: ignore[arg-type]
    except PydanticUserError:
        # Not a missing name but a type that pydantic refuses; building the validators says so, with the place.
        return


def _enclosing_frames(function: FunctionType, frame: FrameType | None) -> list[FrameType]:
    """The running calls (and class bodies) that *function* was written in, the innermost first."""
    enclosing: list[FrameType] = []
    code = function.__code__
    while frame is not None:
        if any(constant is code for constant in frame.f_code.co_consts):
            enclosing.append(frame)
            code = frame.f_code
        frame = frame.f_back
    return enclosing


def _closure(function: FunctionType) -> dict[str, Any]:
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
    return {name: cell.cell_contents for name, cell in cells if _is_filled(cell)}


def _is_filled(cell: CellType) -> bool:
    try:
        cell.cell_contents  # noqa: B018 - raises for a name that is not bound yet
    except ValueError:
        return False
    return True


def _types_in(names: Mapping[str, Any]) -> dict[str, Any]:
    """What an annotation can name; requests, connections and the like are not kept alive."""
    return {name: value for name, value in names.items() if _can_annotate(value)}


def _can_annotate(value: object) -> bool:
    return isinstance(value, _TYPES) or type(value).__module__ in _TYPING_MODULES
