"""From annotations to shapes (docs/engine-data.md), as pydantic validates and serialises them."""

from __future__ import annotations

import collections
import dataclasses
import typing
from collections import abc
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, Flag
from operator import getitem
from types import NoneType, UnionType
from typing import Annotated, Any, ClassVar, Final, Literal, NamedTuple, TypeAlias, TypeVar, Union, get_args, get_origin
from uuid import UUID

from pydantic import BaseModel, EmailStr, JsonValue, RootModel
from typing_extensions import NotRequired, ReadOnly, Required, TypeAliasType, Unpack, is_typeddict

from mizan_core.client.annotations import class_hints, is_class, resolve_beside
from mizan_core.client.frameworks import is_upload_class
from mizan_core.introspection.discriminators import discriminating_name
from mizan_core.introspection.docs import beside, described
from mizan_core.introspection.limits import limited
from mizan_core.introspection.metadata import pydantic_shape, wire_form
from mizan_core.introspection.naming import type_path
from mizan_core.introspection.shapes import (
    ANY,
    INT64,
    NULL,
    Body,
    Mode,
    Shape,
    default_of,
    enum_of,
    list_of,
    literal_of,
    map_of,
    optional,
    primitive,
    reference,
    tuple_of,
    union_of,
    with_discriminator,
    without_limits,
)
from mizan_core.introspection.structs import (
    Field,
    Serialized,
    config_of,
    dataclass_fields,
    discriminator_of,
    is_temporal_number,
    model_serializer,
    pydantic_fields,
    typed_dict_fields,
)
from mizan_core.introspection.types import NamedType, TypeTable
from mizan_core.introspection.variables import bindings, meaning, substitute

_SCALARS: dict[Any, Shape] = {
    str: primitive("string"),
    int: primitive("integer", INT64),
    float: primitive("number"),
    bool: primitive("boolean"),
    datetime: primitive("string", "date-time"),
    date: primitive("string", "date"),
    time: primitive("string", "time"),
    timedelta: primitive("string", "duration"),
    UUID: primitive("string", "uuid"),
    Decimal: primitive("string", "decimal"),
    bytes: primitive("string", "binary"),
    bytearray: primitive("string", "binary"),
    EmailStr: primitive("string", "email"),
    NoneType: NULL,
    object: ANY,
}
_TEMPORAL = frozenset({datetime, date, time, timedelta})
_FIXED = {cls: shape for cls, shape in _SCALARS.items() if cls not in _TEMPORAL}
"""The scalars that are the same wherever they stand."""
_LISTS = frozenset(
    {
        *(list, set, frozenset, collections.deque),
        *(abc.Sequence, abc.MutableSequence, abc.Set, abc.MutableSet, abc.Collection),
        *(abc.Iterable, abc.Iterator, abc.Generator),
    }
)
_MAPS = frozenset({dict, collections.OrderedDict, collections.defaultdict, abc.Mapping, abc.MutableMapping})
_QUALIFIERS = frozenset({Required, NotRequired, ReadOnly, Final, ClassVar})
_ALIASES: tuple[type, ...] = (TypeAliasType, getattr(typing, "TypeAliasType", TypeAliasType))
"""Typing's own, which is what ``type X = ...`` makes from 3.12 on, is not that of typing_extensions."""

_MODES: tuple[Mode, Mode] = ("input", "output")
_Bindings: TypeAlias = Mapping[Any, Any]


class View(NamedTuple):
    """Where an annotation is seen from."""

    mode: Mode
    names: Mapping[str, Any]
    """The types around the function that it was met in, for classes made in the same scope."""
    config: Mapping[str, Any] = {}
    """Pydantic's configuration of the class that it stands in."""


_MakeBody: TypeAlias = Callable[[Any, _Bindings, View], Body]


class ShapeReader:
    """Reads annotations into shapes, and the types that they name into ``types``."""

    def __init__(self) -> None:
        self.types = TypeTable()
        self.problems: list[str] = []
        self._paths: dict[type, str] = {}
        """Those of the classes that have been read: most are met again and again."""
        self._fields: dict[type, list[Field]] = {}
        """Of pydantic's classes, which are read for each side."""
        self._shapes: dict[Field, Shape] = {}
        """Of the fields whose types are the same on both sides: most."""
        self._members: dict[Field, dict[str, Any]] = {}
        """Of those of them that are all the same there."""
        self._is_sided = False
        """Whether what is being read depends on the side."""

    def read(self, annotation: Any, view: View, whole: Any = None) -> Shape:
        """The shape of *annotation*.

        :param whole: the annotation with its metadata, for types that only pydantic understands.
        :raises NameError: when a class inside names something that is not defined.
        """
        if isinstance(annotation, type):
            fixed = _FIXED.get(annotation)
            if fixed is not None:
                return fixed
            path = self._paths.get(annotation)
            if path is not None:
                return reference(path)
            if is_class(annotation):
                return self._read_class(annotation, view, whole)
        origin = get_origin(annotation)
        if origin is Annotated:
            base, *metadata = get_args(annotation)
            return self._read_dressed(base, metadata, view)
        if origin is not None:
            return self._read_generic(annotation, origin, view, whole)
        return self._read_special(annotation, view, whole)

    def _side(self, view: View) -> Mode:
        self._is_sided = True
        return view.mode

    # Forms.

    def _read_dressed(self, base: Any, metadata: Sequence[Any], view: View) -> Shape:
        """A type and what stands beside it; the last word is that of the outermost."""
        if not metadata:
            return self.read(base, view)
        for item in reversed(metadata):
            form = wire_form(item, self._side(view), view.names)
            if isinstance(form, Serialized):
                return self._read_serialized(form, base, view)
            if form is not None:
                return form
        whole = getitem(Annotated, (base, *metadata))
        shape = limited(self.read(base, view, whole), base, metadata, view.config)
        names = filter(None, map(discriminator_of, metadata))
        return self._discriminated(shape, base, next(names, None), view)

    def _discriminated(self, shape: Shape, base: Any, name: str | None, view: View) -> Shape:
        """*shape*, a union whose members their field *name* tells apart."""
        wire_name = None if name is None else discriminating_name(base, name, self._side(view), view.names)
        return shape if wire_name is None else with_discriminator(shape, wire_name)

    def _read_serialized(self, form: Serialized, base: Any, view: View) -> Shape:
        shape = self.read(form.annotation, view)
        return optional(shape) if form.keeps_none and self.read(base, view)["kind"] == "optional" else shape

    def _read_special(self, annotation: Any, view: View, whole: Any) -> Shape:
        if annotation is Any or annotation is JsonValue:
            return ANY
        if annotation is None:
            return NULL
        if isinstance(annotation, TypeVar):
            return self.read(meaning(annotation), view)
        if isinstance(annotation, _ALIASES):
            return self._define(annotation, annotation, self._alias_body, view, is_alias=True)
        if hasattr(annotation, "__supertype__"):  # typing.NewType
            return self.read(annotation.__supertype__, view)
        return pydantic_shape(annotation if whole is None else whole, self._side(view))

    def _read_generic(self, annotation: Any, origin: Any, view: View, whole: Any) -> Shape:
        arguments = get_args(annotation)
        if origin is Union or origin is UnionType:
            return union_of([self.read(argument, view) for argument in arguments])
        if origin is Literal:
            return literal_of(arguments)
        if origin in _QUALIFIERS:
            return self.read(arguments[0], view)
        if isinstance(origin, _ALIASES):
            return self._define(annotation, origin, self._alias_body, view, is_alias=True)
        if origin is tuple:
            return self._read_tuple(arguments if hasattr(annotation, "__args__") else None, view)
        if isinstance(origin, type):
            container = self._read_container(origin, arguments, view)
            return container or self._read_structured(annotation, origin, view, whole)
        return pydantic_shape(annotation if whole is None else whole, self._side(view))

    def _read_class(self, cls: type, view: View, whole: Any) -> Shape:
        if is_upload_class(cls):
            return {"kind": "upload"}
        said = getattr(cls, "__mizan_annotation__", None)
        if said is not None:
            return self.read(said(), view)
        if cls in _TEMPORAL and is_temporal_number(cls, view.config) and self._side(view) == "output":
            return _SCALARS[float]
        if cls is tuple:
            return self._read_tuple(None, view)
        simple = _SCALARS.get(cls) or self._read_container(cls, (), view)
        if simple is not None:
            return simple
        if issubclass(cls, Flag):
            return primitive("integer")
        if issubclass(cls, Enum):
            return self._define(cls, cls, _enum_body, view) if len(cls) else ANY
        return self._read_structured(cls, cls, view, whole)

    def _read_container(self, origin: type, arguments: Sequence[Any], view: View) -> Shape | None:
        if origin in _LISTS:
            return self._read_items(arguments[:1], view)
        if origin in _MAPS:
            return map_of(self.read(arguments[-1], view) if arguments else ANY)
        return map_of(_SCALARS[int]) if origin is collections.Counter else None

    def _read_tuple(self, arguments: Sequence[Any] | None, view: View) -> Shape:
        """``tuple[...]``: of as many items as are written, or of any number of one type; of anything when bare."""
        if arguments is None:
            return list_of(ANY)
        if len(arguments) == 2 and arguments[1] is ...:
            return self._read_items(arguments[:1], view)
        items = [argument for argument in arguments if argument != ()]  # tuple[()] in Python 3.10
        if any(get_origin(item) is Unpack or getattr(item, "__unpacked__", False) for item in items):
            return list_of(ANY)
        return tuple_of(self.read(item, view) for item in items)

    def _read_items(self, annotations: Iterable[Any], view: View) -> Shape:
        """An array whose elements have these types."""
        items = [self.read(annotation, view) for annotation in annotations]
        return list_of(union_of(items) if items else ANY)

    def _read_structured(self, annotation: Any, cls: type, view: View, whole: Any) -> Shape:
        """A class with fields. *annotation* is the class, or the class with the values of its type variables."""
        make_body = self._body_maker(cls)
        if make_body is None:
            return pydantic_shape(annotation if whole is None else whole, self._side(view))
        return self._define(annotation, cls, make_body, view)

    # Named types.

    def _body_maker(self, cls: type) -> _MakeBody | None:
        if issubclass(cls, BaseModel):
            return None if cls is BaseModel else self._model_body
        if "__pydantic_fields__" in vars(cls):
            return self._pydantic_dataclass_body
        if hasattr(cls, "__get_pydantic_core_schema__"):
            return None
        if is_typeddict(cls):
            return self._typed_dict_body
        if dataclasses.is_dataclass(cls):
            return self._dataclass_body
        return self._named_tuple_body if issubclass(cls, tuple) and hasattr(cls, "_fields") else None

    def _define(self, annotation: Any, generic: Any, make_body: _MakeBody, view: View, is_alias: bool = False) -> Shape:
        """A reference to the named type that *annotation* is, read at the first encounter."""
        path = type_path(annotation)
        values = bindings(generic, get_args(annotation))
        named = self.types.get(path)
        if named is None:
            named = self.types[path] = NamedType.of(annotation, is_alias)
            named.bodies.update(self._make_bodies(generic, values, make_body, view))
        elif annotation not in named.sources:
            named.sources.append(annotation)
            self._define_again(path, named, self._make_bodies(generic, values, make_body, view))
        if annotation is generic and isinstance(generic, type):
            self._paths[generic] = path
        return reference(path)

    def _define_again(self, path: str, named: NamedType, bodies: dict[Mode, Body]) -> None:
        """The limits of a type's arguments make no other type: where they differ, there are none."""
        if named.bodies == bodies:
            return
        if without_limits(list(named.bodies.values())) == without_limits(list(bodies.values())):
            named.bodies = {mode: without_limits(body) for mode, body in bodies.items()}
        else:
            self.problems.append(f"two different types are both {path}; give one of them another name")

    def _make_bodies(self, generic: Any, values: _Bindings, make_body: _MakeBody, view: View) -> dict[Mode, Body]:
        config = config_of(generic)
        return {mode: make_body(generic, values, View(mode, view.names, config)) for mode in _MODES}

    def _alias_body(self, alias: Any, values: _Bindings, view: View) -> Body:
        value = resolve_beside(alias, alias.__value__, view.names)
        return {"kind": "alias", "shape": self.read(substitute(value, values), view)}

    def _model_body(self, cls: Any, _: _Bindings, view: View) -> Body:
        fields = self._pydantic_fields(cls, view)
        serialized = model_serializer(cls, view.names) if view.mode == "output" else None
        if serialized is not None:
            return {"kind": "alias", "shape": self.read(serialized.annotation, view)}
        if issubclass(cls, RootModel):
            return {"kind": "alias", "shape": self._read_field(fields[0], {}, view)}
        return self._struct_body(fields, {}, view)

    def _pydantic_dataclass_body(self, cls: Any, values: _Bindings, view: View) -> Body:
        return self._struct_body(self._pydantic_fields(cls, view), values, view)

    def _pydantic_fields(self, cls: type, view: View) -> list[Field]:
        if cls not in self._fields:
            self._fields[cls] = list(pydantic_fields(cls, view.names))
        return self._fields[cls]

    def _dataclass_body(self, cls: Any, values: _Bindings, view: View) -> Body:
        return self._struct_body(dataclass_fields(cls, view.names), values, view)

    def _typed_dict_body(self, cls: Any, values: _Bindings, view: View) -> Body:
        return self._struct_body(typed_dict_fields(cls, view.names), values, view)

    def _named_tuple_body(self, cls: Any, values: _Bindings, view: View) -> Body:
        hints = class_hints(cls, view.names)
        items = [substitute(hints.get(name, Any), values) for name in cls._fields]
        return {"kind": "alias", "shape": tuple_of(self.read(item, view) for item in items)}

    def _struct_body(self, fields: Iterable[Field], values: _Bindings, view: View) -> Body:
        members: dict[str, Any] = {}
        is_input = view.mode == "input"
        for field in fields:
            name = field.input_name if is_input else field.output_name
            if name is None:
                continue
            known = None if values else self._members.get(field)
            if known is not None:
                members.setdefault(name, known)
                continue
            required = field.input_required if is_input else field.output_required
            member: dict[str, Any] = {"name": name, "required": required}
            if not required:
                member |= default_of(field.default)
            description = _said_of(field)
            if description is not None:
                member["description"] = description
            member["shape"] = self._read_field(field, values, view)
            members.setdefault(name, member)
            if field in self._shapes and field.is_same_on_both_sides:
                self._members[field] = member
        return {"kind": "struct", "fields": list(members.values())}

    def _read_field(self, field: Field, values: _Bindings, view: View) -> Shape:
        if values:
            return self._read_field_of(field, values, view)
        shape = self._shapes.get(field)
        if shape is None:
            around, self._is_sided = self._is_sided, False
            shape = self._read_field_of(field, values, view)
            if not self._is_sided:
                self._shapes[field] = shape
            self._is_sided |= around
        return shape

    def _read_field_of(self, field: Field, values: _Bindings, view: View) -> Shape:
        annotation = substitute(field.annotation, values) if values else field.annotation
        if field.serialized is not None and self._side(view) == "output":
            return self._read_serialized(field.serialized, annotation, view)
        shape = self._read_dressed(annotation, field.metadata, view)
        if field.discriminator is None:
            return shape
        return self._discriminated(shape, annotation, field.discriminator, view)


def _enum_body(cls: Any, _: _Bindings, __: View) -> Body:
    return enum_of(cls)


def _said_of(field: Field) -> str | None:
    inner = () if isinstance(field.annotation, type) else beside(field.annotation)
    if not (inner or field.metadata or field.description):
        return None
    return described((*inner, *field.metadata), field.description)
