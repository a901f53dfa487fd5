"""Parameters that are written as texts: those of a query string, say (protocol.md section 9).

What a text means depends on the parameter's shape. Where a number or a boolean is wanted, a text that is one in JSON is
it; other scalars are left to pydantic, which reads ``"on"`` as a boolean where strictness does not forbid it. Objects,
maps and unions of them are written as JSON; a list is several texts.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from pydantic_core import from_json, to_json

from mizan_core.errors import ValidationFailed
from mizan_core.nesting import MAX_DEPTH, is_deeper

_JSON_SCALARS: Mapping[str, tuple[type, ...]] = {"integer": (int,), "number": (int, float), "boolean": (bool,)}
_INFINITE = (math.inf, -math.inf)
Shape: TypeAlias = "Mapping[str, Any]"


class TextReader:
    """Turns the texts of one parameter into the value to validate, by the parameter's shape."""

    __slots__ = ("_scalars", "_shape", "_types")

    def __init__(self, shape: Shape, types: Mapping[str, Shape]) -> None:
        self._types = types
        self._shape = own = self._resolve(shape)
        self._scalars = _JSON_SCALARS.get(own["name"]) if own["kind"] == "primitive" else None

    def read(self, name: str, texts: Sequence[str]) -> Any:
        """:raises ValidationFailed: when a scalar comes twice, or a text that must be JSON is none."""
        if self._scalars is not None and len(texts) == 1:
            return _read_scalar(texts[0], self._scalars)
        if self._shape["kind"] == "list":
            item = self._resolve(self._shape["item"])
            return [self._read_item(name, item, text) for text in texts]
        if len(texts) > 1:
            raise ValidationFailed(details={name: ["Given more than once"]})
        return self._read_item(name, self._shape, texts[0])

    def _read_item(self, name: str, shape: Shape, text: str) -> Any:
        if shape["kind"] == "enum":
            return next((value for value in shape["values"] if str(value) == text), text)
        if shape["kind"] == "primitive" and shape["name"] in _JSON_SCALARS:
            return _read_scalar(text, _JSON_SCALARS[shape["name"]])
        if self._is_text(shape):
            return text
        try:
            value = from_json(text, allow_inf_nan=False)
        except ValueError:
            raise ValidationFailed(details={name: ["Expected JSON"]}) from None
        if is_deeper(value, MAX_DEPTH):
            raise ValidationFailed(details={name: [f"Nested deeper than {MAX_DEPTH} levels"]})
        return value

    def _is_text(self, shape: Shape) -> bool:
        if shape["kind"] == "union":
            return all(self._is_text(self._resolve(item)) for item in shape["items"])
        return shape["kind"] in ("primitive", "enum", "any")

    def _resolve(self, shape: Shape) -> Shape:
        """The shape behind optional, names and aliases."""
        for _ in range(len(self._types) + 2):
            if shape["kind"] == "optional":
                shape = shape["item"]
            elif shape["kind"] == "ref":
                body = self._types[shape["name"]]
                shape = body["shape"] if body["kind"] == "alias" else body
            else:
                break
        return shape


class TextReaders(NamedTuple):
    """What reads the texts that a function is sent at a URL of its own.

    :param named: by the parameter that each text is for.
    :param whole: the parameter that takes all of them; None where there is none.
    """

    named: Mapping[str, TextReader]
    whole: str | None

    def without(self, names: Iterable[str]) -> TextReaders:
        """Those of the other parameters."""
        left_out = frozenset(names)
        return self._replace(named={name: reader for name, reader in self.named.items() if name not in left_out})

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to read."""
        return not self.named and self.whole is None

    def read(self, texts: Mapping[str, Sequence[str]]) -> dict[str, Any]:
        """The values of the parameters; texts under other names are other people's, and left alone.

        :raises ValidationFailed: as ``TextReader.read``.
        """
        values = {name: self.named[name].read(name, given) for name, given in texts.items() if name in self.named}
        return (
            values if self.whole is None else {**values, self.whole: {name: [*given] for name, given in texts.items()}}
        )


def _read_scalar(text: str, classes: tuple[type, ...]) -> Any:
    """The number or boolean that *text* is in JSON; the text itself when it is none of *classes*."""
    try:
        value = from_json(text, allow_inf_nan=False)
    except ValueError:
        return text
    return value if type(value) in classes and value not in _INFINITE else text


def texts_of(params: Mapping[str, Any]) -> dict[str, list[str]]:
    """What the query of a fetch says of JSON values: a list is a repeated key, null is left out."""
    lists = {name: value if type(value) is list else [value] for name, value in params.items()}
    texts = {name: [_text(item) for item in items if item is not None] for name, items in lists.items()}
    return {name: items for name, items in texts.items() if items}


def _text(value: Any) -> str:
    return value if type(value) is str else to_json(value).decode()
