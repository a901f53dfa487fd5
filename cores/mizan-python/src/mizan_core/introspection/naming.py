"""The names that clients see (protocol.md section 11).

A type is identified by its *path* (module, qualified name, type arguments) and known by a *label* (its own name).
Labels become names; where two types would have one name, both step up: the module's last part comes in front, then the
whole path takes its place.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

_NOT_IN_IDENTIFIERS = re.compile(r"\W+")
_LAST_STEP = 2


def camel_case(name: str) -> str:
    """A function's name for clients: ``user.set-name`` and ``user_set_name`` are both ``userSetName``."""
    first, *later = re.split("[-._]", name)
    return first + "".join(map(capitalised, later))


def pascal_case(name: str) -> str:
    """The start of a function's type names: ``UserSetName`` for ``user_set_name``."""
    return capitalised(camel_case(name))


def capitalised(word: str) -> str:
    return word[:1].upper() + word[1:]


def type_path(annotation: Any) -> str:
    """What identifies a type: ``shop.models.Page[shop.models.Order]``. Constraints in ``Annotated`` do not count."""
    origin, arguments = _parts(annotation)
    if origin is Annotated:
        return type_path(arguments[0])
    if origin is Literal:
        return f"Literal[{', '.join(map(repr, arguments))}]"
    return _path_of_name(origin) + (f"[{', '.join(map(type_path, arguments))}]" if arguments else "")


def type_label(annotation: Any) -> str:
    """A type's own name as an identifier: ``Order``, or ``PageOrder`` for ``Page[Order]``."""
    origin, arguments = _parts(annotation)
    if origin is Annotated:
        return type_label(arguments[0])
    if origin is Union:
        return _union_label(arguments)
    if not arguments:
        return _word(_name(origin), first=True)
    words = [repr(value) for value in arguments] if origin is Literal else map(type_label, arguments)
    return "".join(_word(word, first=not index) for index, word in enumerate([_name(origin), *words]))


def type_module(annotation: Any) -> str:
    """The module that a type was defined in."""
    return getattr(_parts(annotation)[0], "__module__", None) or ""


@dataclass(frozen=True, slots=True)
class Nameable:
    """A type that needs names: one for each of its forms.

    :param path: see ``type_path``.
    :param label: see ``type_label``.
    :param module: where it was defined.
    :param forms: what sets the name of each form apart: ``""`` and ``"Input"``.
    """

    path: str
    label: str
    module: str
    forms: frozenset[str]

    def name(self, form: str, step: int) -> str:
        """The name of a form after *step* collisions."""
        if step == 0:
            return self.label + form
        if step == 1:
            return "".join(map(capitalised, self.module.rpartition(".")[2].split("_"))) + self.label + form
        return "_".join(filter(None, (*_NOT_IN_IDENTIFIERS.split(self.path), form)))


@dataclass(frozen=True, slots=True)
class Names:
    """The names of types, by path and form. ``colliding`` are the paths that no step could tell apart."""

    names: dict[tuple[str, str], str]
    colliding: tuple[str, ...]


def give_names(types: Sequence[Nameable], taken: Mapping[str, str | None]) -> Names:
    """Names for *types*, none of which is another type's.

    :param taken: names that belong to others, each with the path of the type that may have it nevertheless.
    """
    steps = dict.fromkeys((named.path for named in types), 0)
    while True:
        names = {(named.path, form): named.name(form, steps[named.path]) for named in types for form in named.forms}
        colliding = _colliding(names, taken)
        movable = [path for path in colliding if steps[path] < _LAST_STEP]
        if not movable:
            return Names(names, tuple(sorted(colliding)))
        for path in movable:
            steps[path] += 1


def _colliding(names: Mapping[tuple[str, str], str], taken: Mapping[str, str | None]) -> set[str]:
    owners: dict[str, set[str]] = {}
    for (path, _), name in names.items():
        owners.setdefault(name, set()).add(path)
    return {
        path
        for name, paths in owners.items()
        if len(paths) > 1 or (name in taken and paths != {taken[name]})
        for path in paths
    }


def _parts(annotation: Any) -> tuple[Any, tuple[Any, ...]]:
    """What an annotation is made of: a class or special form, and its arguments."""
    generic = getattr(annotation, "__pydantic_generic_metadata__", None)
    if generic:
        return (annotation, ()) if generic["origin"] is None else (generic["origin"], tuple(generic["args"]))
    origin = get_origin(annotation)
    if origin is None:
        return annotation, ()
    return (Union if origin is UnionType else origin), get_args(annotation)


def _path_of_name(origin: Any) -> str:
    name = getattr(origin, "__qualname__", None) or _name(origin)
    module = getattr(origin, "__module__", None)
    return name if module in (None, "builtins", "typing") else f"{module}.{name}"


def _name(origin: Any) -> str:
    if origin is type(None):
        return "None"
    return getattr(origin, "__name__", None) or repr(origin)


def _union_label(options: tuple[Any, ...]) -> str:
    words = [_word(type_label(option)) for option in options if option is not type(None)]
    return ("Optional" if type(None) in options else "") + "Or".join(words)


def _word(text: str, first: bool = False) -> str:
    if text.isascii() and text.isidentifier():
        return text if first else capitalised(text)
    return "".join([word if first else capitalised(word) for word in _words(text)])


def _words(text: str) -> list[str]:
    return [word for word in _NOT_IN_IDENTIFIERS.split(text) if word]
