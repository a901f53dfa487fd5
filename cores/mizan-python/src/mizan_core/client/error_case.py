"""Errors that a function declares: clients know their codes and what they carry."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from string import Formatter
from types import new_class
from typing import Any

from pydantic import BaseModel, ConfigDict
from typing_extensions import dataclass_transform

from mizan_core import errors
from mizan_core.client.annotations import complete_models
from mizan_core.errors import APIError

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z][a-z]*|[a-z]+|[0-9]+")
_BUILT_IN = frozenset(
    kind.code for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, APIError)
)
_MEMBERS = frozenset({"message", "details", "headers"})
"""Those that only instances have."""


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True, allow_inf_nan=False)


@dataclass_transform(kw_only_default=True)
class ErrorCase(APIError):
    """An error that functions declare with ``errors=[...]`` and raise, with the data that clients get.

    Its annotations are the fields of the data, given by name and validated where it is raised::

        class OutOfStock(ErrorCase, status=409, message="Only {left} left."):
            left: int


        raise OutOfStock(left=2)

    The answer is ``{"error": {"code": "OUT_OF_STOCK", "message": "Only 2 left.", "data": {"left": 2}}}``.

    :param status: of the answer, 400 to 599; 400 when left out.
    :param code: ``[A-Z][A-Z0-9_]*``, none of the protocol's own; made of the class's name when left out.
    :param message: a sentence for the client, with ``{field}`` for values; made of the code when left out.
    :raises ValueError: for a status, a code or a message that cannot be, or a field that would hide a member of errors.
    """

    status = 400
    model: type[BaseModel] | None = None
    """Validates and serialises the data; None for an error without any."""

    def __init_subclass__(
        cls, *, status: int | None = None, code: str | None = None, message: str | None = None
    ) -> None:
        parent = next(base for base in cls.__mro__[1:] if issubclass(base, ErrorCase))
        cls.code = _code_of(cls.__name__) if code is None else code
        cls.status = parent.status if status is None else status
        cls.default_message = _sentence(cls.code) if message is None else message
        super().__init_subclass__()
        if cls.code in _BUILT_IN:
            raise ValueError(f"{cls.__qualname__}: the code {cls.code} is built in; write code='ANOTHER'")
        cls.model = _model_of(cls, parent.model)
        _check_message(cls, message)

    def __init__(self, **fields: Any) -> None:
        """:raises pydantic.ValidationError: for fields that the annotations do not take."""
        self._fields = fields
        self._data = _validated(type(self), fields)
        values = (
            {} if self._data is None else {name: getattr(self._data, name) for name in type(self._data).model_fields}
        )
        super().__init__(_filled(self.default_message, values))
        vars(self).update(values)

    @property
    def data(self) -> dict[str, Any] | None:
        """The data as a JSON object; None for an error without any."""
        return None if self._data is None else self._data.model_dump(mode="json", by_alias=True)

    def __reduce__(self) -> tuple[Callable[..., ErrorCase], tuple[type[ErrorCase], dict[str, Any]]]:
        """Exceptions are copied by their positional arguments; these have none."""
        return _made_again, (type(self), self._fields)

    @classmethod
    def complete(cls, names: Mapping[str, Any]) -> None:
        """Look for the names in annotations that were not defined yet.

        :param names: the types around the function that declares the error.
        :raises NameError: when one still is not.
        """
        if cls.model is not None:
            complete_models(cls.model, names)


def read_errors(word: str, value: object) -> tuple[type[ErrorCase], ...]:
    """``errors=`` of the decorator.

    :raises TypeError, ValueError: naming the keyword, the offender and what would be right.
    """
    if value is None:
        return ()
    if not isinstance(value, (list, tuple)):
        raise TypeError(f"{word}= takes a list of ErrorCase classes, not {value!r}")
    holders: dict[str, type[ErrorCase]] = {}
    for case in value:
        if not (isinstance(case, type) and issubclass(case, ErrorCase)) or case is ErrorCase:
            raise TypeError(f"{word}= takes subclasses of ErrorCase, not {case!r}")
        other = holders.setdefault(case.code, case)
        if other is not case:
            raise ValueError(f"{word}=: {other.__qualname__} and {case.__qualname__} have one code, {case.code}")
    return tuple(holders.values())


def _code_of(name: str) -> str:
    """``OUT_OF_STOCK`` of ``OutOfStock``; ``HTTP_BUSY`` of ``HTTPBusy``."""
    return "_".join(_WORD.findall(name)).upper()


def _sentence(code: object) -> str:
    return f"{str(code).replace('_', ' ').capitalize()}."


def _check_message(cls: type[ErrorCase], message: object) -> None:
    if not isinstance(message, str) or cls.model is None:
        return
    for _, name, _, _ in Formatter().parse(message):
        if name is not None and name.partition(".")[0].partition("[")[0] not in cls.model.model_fields:
            raise ValueError(f"{cls.__qualname__}: the message names {name!r}, which is none of the error's fields")


def _model_of(cls: type[ErrorCase], inherited: type[BaseModel] | None) -> type[BaseModel] | None:
    annotations = inspect.get_annotations(cls)
    if not annotations:
        return inherited
    for name in annotations:
        if hasattr(ErrorCase, name) or name in _MEMBERS or name.startswith("_"):
            raise ValueError(f"{cls.__qualname__}: the field {name!r} would hide a member of errors; rename it")
    members = {"__module__": cls.__module__, "__qualname__": cls.__qualname__, "__doc__": cls.__doc__}
    members |= {"__annotations__": annotations} | {name: vars(cls)[name] for name in annotations if name in vars(cls)}
    return new_class(cls.__name__, (inherited or _Data,), exec_body=lambda body: body.update(members))


def _validated(cls: type[ErrorCase], fields: dict[str, Any]) -> BaseModel | None:
    if cls.model is not None:
        return cls.model(**fields)
    if fields:
        raise TypeError(f"{cls.__qualname__}() has no field {next(iter(fields))!r}")
    return None


def _filled(message: Any, values: Mapping[str, Any]) -> str:
    """Also of a text that is made when it is read, as translations are."""
    return str(message).format_map(values) if values else str(message)


def _made_again(cls: type[ErrorCase], fields: dict[str, Any]) -> ErrorCase:
    return cls(**fields)
