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
from functools import partial
from operator import getitem
from types import NoneType, UnionType
from typing import Annotated, Any, ClassVar, Final, Literal, NamedTuple, TypeAlias, TypeVar, Union, get_args, get_origin
from uuid import UUID

from pydantic import BaseModel, EmailStr, JsonValue, RootModel
from typing_extensions import NotRequired, ReadOnly, Required, TypeAliasType, Unpack, is_typeddict

from mizan_core.client.annotations import beside, class_hints, is_class, resolve_beside
from mizan_core.client.frameworks import is_upload_class
from mizan_core.introspection.discriminators import discriminating_name
from mizan_core.introspection.docs import described
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

_Bindings: TypeAlias = Mapping[Any, Any]


class View(NamedTuple):
    """Where an annotation is seen from."""

    mode: Mode
    names: Mapping[str, Any]
    """The types around the function that it was met in, for classes made in the same scope."""
    config: Mapping[str, Any] = {}
    """Pydantic's configuration of the class that it stands in."""


_Bodies: TypeAlias = dict[Mode, Body]
_FieldsOf: TypeAlias = Callable[[Any, Mapping[str, Any]], Iterable[Field]]
_MakeBodies: TypeAlias = Callable[[Any, _Bindings, View, View], _Bodies]
"""Of a class or alias, the values of its type variables, and its view from either side."""


class ShapeReader:
    """Reads annotations into shapes, and the types that they name into ``types``."""

    def __init__(self) -> None:
        self.types = TypeTable()
        self.problems: list[str] = []
        self._classes: dict[type, Shape] = dict(_FIXED)
        """The shapes of classes, those too that have been read: most are met again and again."""
        self._is_sided = False
        """Whether what is being read depends on the side: most is the same on both, and read once."""

    def known(self, annotation: Any) -> Shape | None:
        """The shape of a class that has been read, or is the same wherever it stands; None for any other annotation."""
        return self._classes.get(annotation) if isinstance(annotation, type) else None

    def read(self, annotation: Any, view: View, whole: Any = None) -> Shape:
        """The shape of *annotation*.

        :param whole: the annotation with its metadata, for types that only pydantic understands.
        :raises NameError: when a class inside names something that is not defined.
        """
        if isinstance(annotation, type):
            known = self._classes.get(annotation)
            if known is not None:
                return known
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
            return self._define(annotation, annotation, self._alias_bodies, view, is_alias=True)
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
            return self._define(annotation, origin, self._alias_bodies, view, is_alias=True)
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
            return self._define(cls, cls, _enum_bodies, view) if len(cls) else ANY
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
        make_bodies = self._bodies_maker(cls)
        if make_bodies is None:
            return pydantic_shape(annotation if whole is None else whole, self._side(view))
        return self._define(annotation, cls, make_bodies, view)

    # Named types.

    def _bodies_maker(self, cls: type) -> _MakeBodies | None:
        if issubclass(cls, BaseModel):
            return None if cls is BaseModel else self._model_bodies
        if "__pydantic_fields__" in vars(cls):
            return partial(self._bodies_of, pydantic_fields)
        if hasattr(cls, "__get_pydantic_core_schema__"):
            return None
        if is_typeddict(cls):
            return partial(self._bodies_of, typed_dict_fields)
        if dataclasses.is_dataclass(cls):
            return partial(self._bodies_of, dataclass_fields)
        return self._named_tuple_bodies if issubclass(cls, tuple) and hasattr(cls, "_fields") else None

    def _define(
        self, annotation: Any, generic: Any, make_bodies: _MakeBodies, view: View, is_alias: bool = False
    ) -> Shape:
        """A reference to the named type that *annotation* is, read at the first encounter."""
        path = type_path(annotation)
        values = {} if annotation is generic else bindings(generic, get_args(annotation))
        named = self.types.get(path)
        if named is None:
            named = self.types[path] = NamedType.of(annotation, is_alias)
            named.bodies = self._bodies(generic, values, make_bodies, view)
        elif annotation not in named.sources:
            named.sources.append(annotation)
            self._define_again(path, named, self._bodies(generic, values, make_bodies, view))
        found = reference(path)
        if annotation is generic and isinstance(generic, type):
            self._classes[generic] = found
        return found

    def _define_again(self, path: str, named: NamedType, bodies: _Bodies) -> None:
        """The limits of a type's arguments make no other type: where they differ, there are none."""
        if named.bodies == bodies:
            return
        if without_limits(list(named.bodies.values())) == without_limits(list(bodies.values())):
            named.bodies = {mode: without_limits(body) for mode, body in bodies.items()}
        else:
            self.problems.append(f"two different types are both {path}; give one of them another name")

    def _bodies(self, generic: Any, values: _Bindings, make_bodies: _MakeBodies, view: View) -> _Bodies:
        config, around = config_of(generic), self._is_sided
        bodies = make_bodies(generic, values, View("input", view.names, config), View("output", view.names, config))
        self._is_sided = around  # a reference to it is the same on both sides
        return bodies

    def _alias_bodies(self, alias: Any, values: _Bindings, *views: View) -> _Bodies:
        value = substitute(resolve_beside(alias, alias.__value__, views[0].names), values)
        return {view.mode: _alias(self.read(value, view)) for view in views}

    def _model_bodies(self, cls: Any, _: _Bindings, sent: View, answered: View) -> _Bodies:
        fields = list(pydantic_fields(cls, sent.names))
        serialized = model_serializer(cls, sent.names)
        if serialized is None:
            return self._field_bodies(cls, fields, sent, answered)
        unanswered = [field._replace(output_name=None) for field in fields]
        bodies = self._field_bodies(cls, unanswered, sent)
        return {**bodies, "output": _alias(self.read(serialized.annotation, answered))}

    def _field_bodies(self, cls: type, fields: Sequence[Field], *views: View) -> _Bodies:
        if issubclass(cls, RootModel):
            return {view.mode: _alias(self._read_field(fields[0], {}, view)) for view in views}
        return self._struct_bodies(fields, {}, views[0], views[-1])

    def _bodies_of(self, fields: _FieldsOf, cls: Any, values: _Bindings, sent: View, answered: View) -> _Bodies:
        return self._struct_bodies(fields(cls, sent.names), values, sent, answered)

    def _named_tuple_bodies(self, cls: Any, values: _Bindings, *views: View) -> _Bodies:
        hints = class_hints(cls, views[0].names)
        items = [substitute(hints.get(name, Any), values) for name in cls._fields]
        return {view.mode: _alias(tuple_of(self.read(item, view) for item in items)) for view in views}

    def _struct_bodies(self, fields: Iterable[Field], values: _Bindings, sent: View, answered: View) -> _Bodies:
        """Fields that are the same on both sides are so in both bodies, and a struct of such fields is one body."""
        inputs: dict[str, Any] = {}
        outputs: dict[str, Any] = {}
        is_same = True
        for field in fields:
            name, output_name = field.input_name, field.output_name
            self._is_sided = False
            member = None
            if name is not None:
                member = _member(field, name, field.input_required, self._read_field(field, values, sent))
                inputs.setdefault(name, member)
                if not self._is_sided and field.is_same_on_both_sides:
                    outputs.setdefault(name, member)
                    continue
            is_same = False
            if output_name is not None:
                known = None if member is None or self._is_sided else member["shape"]
                shape = self._read_field(field, values, answered) if known is None else known
                outputs.setdefault(output_name, _member(field, output_name, field.output_required, shape))
        body = _struct(inputs)
        return {"input": body, "output": body if is_same else _struct(outputs)}

    def _read_field(self, field: Field, values: _Bindings, view: View) -> Shape:
        annotation = substitute(field.annotation, values) if values else field.annotation
        if field.serialized is not None and self._side(view) == "output":
            return self._read_serialized(field.serialized, annotation, view)
        shape = self._read_dressed(annotation, field.metadata, view) if field.metadata else self.read(annotation, view)
        if field.discriminator is None:
            return shape
        return self._discriminated(shape, annotation, field.discriminator, view)


def _alias(shape: Shape) -> Body:
    return {"kind": "alias", "shape": shape}


def _struct(members: Mapping[str, dict[str, Any]]) -> Body:
    return {"kind": "struct", "fields": list(members.values())}


def _enum_bodies(cls: Any, _: _Bindings, sent: View, answered: View) -> _Bodies:
    return dict.fromkeys((sent.mode, answered.mode), enum_of(cls))


def _member(field: Field, name: str, required: bool, shape: Shape) -> dict[str, Any]:
    member: dict[str, Any] = {"name": name, "required": required}
    if not required:
        member |= default_of(field.default)
    description = _said_of(field)
    if description is not None:
        member["description"] = description
    member["shape"] = shape
    return member


def _said_of(field: Field) -> str | None:
    inner = () if isinstance(field.annotation, type) else beside(field.annotation)
    if not (inner or field.metadata or field.description):
        return None
    return described((*inner, *field.metadata), field.description)
