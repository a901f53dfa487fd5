"""Compiling annotations: what may stand at each place of an argument, and what tells it apart.

A position has a reader for each exact class that may stand there. Where classes could give one identity for two
values the position has none at all. All choices of one class are read by one reader, their contents being one position
again, so that ``list[date] | list[str]`` is found out as ``date | str`` is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import combinations
from typing import Any, get_args, get_origin

from typing_extensions import is_typeddict

from mizan_core.client.annotations import class_hints
from mizan_core.engine import ENGINE
from mizan_core.identity.annotations import choices, class_of, literals
from mizan_core.identity.scalars import SCALARS, Form, Json, NoIdentity, Reader, form_of
from mizan_core.identity.structures import allows_extra, content_of, fields_of, is_plain_enum

_CONTAINERS = (list, tuple, set, frozenset)
EXTRA = ""
"""Where the extra values of a model stand; no field has that name."""


class Position:
    """What may stand in one place.

    :ivar readers: what gives the identity of a value, by the value's exact class.
    :ivar inside: the positions of what the values hold.
    :ivar is_exact_here: whether equal values are always of one identity, as far as their classes go.
    """

    __slots__ = ("inside", "is_exact_here", "readers")

    def __init__(self) -> None:
        self.readers: dict[type, Reader] = {}
        self.is_exact_here = True
        self.inside: list[Position] = []

    def read(self, value: Any) -> Json:
        """:raises NoIdentity: for a value that is not of one of the classes."""
        reader = self.readers.get(type(value))
        if reader is None:
            raise NoIdentity
        return reader(value)

    def fill(self, readers: Mapping[type, Reader], inside: Sequence[Position], *, is_exact: bool) -> None:
        """:param is_exact: whether equal values are always of one identity, whatever their classes."""
        self.readers.update(readers)
        self.inside.extend(inside)
        self.is_exact_here = is_exact and bool(readers)

    @property
    def is_exact(self) -> bool:
        """Whether equal values are always of one identity, here and everywhere inside."""
        seen: dict[int, Position] = {}
        waiting = [self]
        while waiting:
            position = waiting.pop()
            if id(position) not in seen:
                seen[id(position)] = position
                waiting.extend(position.inside)
        return all(position.is_exact_here for position in seen.values())


class Compiler:
    """Makes the positions of one function's parameters.

    :param names: the types in the scopes around the function.
    """

    def __init__(self, names: Mapping[str, Any]) -> None:
        self._names = names
        self._positions: dict[frozenset[int], tuple[Position, list[Any]]] = {}
        self._fields: dict[type, dict[str, Any] | None] = {}
        self._any = self.position([Any])

    def position(self, annotations: Iterable[Any]) -> Position:
        """The position of a value that any of *annotations* allows."""
        found = [choice for annotation in annotations for choice in choices(annotation)]
        # By object, since not every annotation can be hashed; it is kept, so that no other takes its number.
        number = frozenset(map(id, found))
        if number not in self._positions:
            position = Position()
            self._positions[number] = position, found
            self._fill(position, found)
        return self._positions[number][0]

    def _fill(self, position: Position, found: Sequence[Any]) -> None:
        by_class: dict[Any, list[Any]] = {}
        for choice in found:
            by_class.setdefault(class_of(choice), []).append(choice)
        kinds = [kind for cls, members in by_class.items() if (kind := self._kind(cls, members)) is not None]
        if any(self._meet(left, right) for left, right in combinations(kinds, 2)):
            kinds = []
        families = {family for kind in kinds for family in kind.families()}
        readers = {kind.cls: kind.reader for kind in kinds}
        position.fill(readers, [inside for kind in kinds for inside in kind.inside], is_exact=len(families) < 2)

    def _kind(self, cls: Any, members: Sequence[Any]) -> _Kind | None:
        """How values of *cls* are read; None when they have no identity."""
        scalar = SCALARS.get(cls) if isinstance(cls, type) else None
        if scalar is not None:
            return _Kind(cls, frozenset({scalar[0]}), scalar[1])
        if cls is dict:
            return self._mapping(members)
        if cls is tuple and len(members) == 1 and _is_fixed(members[0]):
            return self._record(get_args(members[0]))
        if cls in _CONTAINERS:
            return self._collection(cls, members)
        return self._enum(cls) if is_plain_enum(cls) else self._structure(cls)

    def _collection(self, cls: type, members: Sequence[Any]) -> _Kind:
        items = self.position([item for member in members for item in _items(member)])
        read = items.read

        def read_in_order(value: Any) -> Json:
            return [read(item) for item in value]

        def read_sorted(value: Any) -> Json:
            return sorted(map(read, value), key=ENGINE.canonical_json)

        reader = read_sorted if cls in (set, frozenset) else read_in_order
        return _Kind(cls, frozenset({Form.LIST}), reader, inside=(items,))

    def _record(self, items: Sequence[Any]) -> _Kind:
        positions = [self.position([item]) for item in items]

        def read(value: Any) -> Json:
            if len(value) != len(positions):
                raise NoIdentity
            return [position.read(item) for position, item in zip(positions, value, strict=True)]

        return _Kind(tuple, frozenset({Form.LIST}), read, inside=tuple(positions))

    def _mapping(self, members: Sequence[Any]) -> _Kind:
        rest = [_values(member) for member in members if not is_typeddict(get_origin(member) or member)]
        named: dict[str, list[Any]] = {}
        for member in members:
            if is_typeddict(member):
                for name, annotation in self._hints(member).items():
                    named.setdefault(name, []).append(annotation)
        positions = {name: self.position([*annotations, *rest]) for name, annotations in named.items()}
        others = self.position(rest) if rest else Position()

        def read(value: Any) -> Json:
            if not all(type(name) is str for name in value):
                raise NoIdentity
            return {name: positions.get(name, others).read(item) for name, item in value.items()}

        inside = (*positions.values(), *((others,) if rest else ()))
        return _Kind(dict, frozenset({Form.OBJECT}), read, inside=inside)

    def _enum(self, cls: Any) -> _Kind | None:
        values = self.position([type(member.value) for member in cls])
        try:
            identities = {member.name: values.read(member.value) for member in cls}
            texts = {ENGINE.canonical_json(identity) for identity in identities.values()}
        except (NoIdentity, TypeError, ValueError):
            return None
        if len(texts) < len(identities):
            return None
        forms = frozenset(map(form_of, identities.values()))
        return _Kind(cls, forms, lambda member: identities[member.name], texts=frozenset(texts))

    def _structure(self, cls: Any) -> _Kind | None:
        fields = self._fields_of(cls)
        if fields is None:
            return None
        positions = {name: self.position([annotation]) for name, annotation in fields.items()}
        extra = self._any if allows_extra(cls) else None

        def read(value: Any) -> Json:
            content = content_of(value, positions)
            if content is None:
                raise NoIdentity
            identity = {name: position.read(content[name]) for name, position in positions.items()}
            if extra is not None:
                identity[EXTRA] = {name: extra.read(item) for name, item in value.__pydantic_extra__.items()}
            return identity

        inside = (*positions.values(), *(() if extra is None else (extra,)))
        return _Kind(cls, frozenset({Form.OBJECT}), read, inside=inside)

    def _meet(self, left: _Kind, right: _Kind) -> bool:
        """Whether a value of one could have the identity of a value of the other, and be another value."""
        if {left.cls, right.cls} == {int, float} or not left.forms & right.forms:
            return False
        if left.texts and right.texts:
            return not left.texts.isdisjoint(right.texts)
        return not self._are_told_apart(left.cls, right.cls)

    def _are_told_apart(self, left: type, right: type) -> bool:
        """Whether a field of both has another literal in each."""
        fields, others = self._fields_of(left) or {}, self._fields_of(right) or {}
        for name in fields.keys() & others.keys():
            values, other_values = _texts(fields[name]), _texts(others[name])
            if values and other_values and values.isdisjoint(other_values):
                return True
        return False

    def _fields_of(self, cls: Any) -> dict[str, Any] | None:
        if cls not in self._fields:
            self._fields[cls] = fields_of(cls, self._names)
        return self._fields[cls]

    def _hints(self, cls: Any) -> dict[str, Any]:
        if cls not in self._fields:
            try:
                self._fields[cls] = class_hints(cls, self._names)
            except Exception:  # noqa: BLE001 - an annotation in a string is code: it may raise anything
                self._fields[cls] = None
        return self._fields[cls] or {}


class _Kind:
    """One class at one position.

    :param texts: the canonical JSON of all its identities, where they can be counted.
    """

    __slots__ = ("cls", "forms", "inside", "reader", "texts")

    def __init__(
        self,
        cls: type,
        forms: frozenset[Form],
        reader: Reader,
        *,
        inside: tuple[Position, ...] = (),
        texts: frozenset[bytes] = frozenset(),
    ) -> None:
        self.cls = cls
        self.forms = forms
        self.reader = reader
        self.inside = inside
        self.texts = texts

    def families(self) -> Iterator[object]:
        """Of the classes whose instances may equal instances of other classes, which this is."""
        if self.cls is Decimal:
            yield Decimal
        elif self.forms & {Form.NUMBER, Form.BOOLEAN}:
            yield "number" if self.cls in (int, float) else self.cls


def _is_fixed(member: Any) -> bool:
    return get_origin(member) is tuple and Ellipsis not in get_args(member)


def _items(member: Any) -> tuple[Any, ...]:
    """The annotations of what a collection holds."""
    return tuple(item for item in get_args(member) if item is not Ellipsis) or (() if _is_fixed(member) else (Any,))


def _values(member: Any) -> Any:
    """The annotation of a mapping's values."""
    arguments = get_args(member)
    return arguments[1] if len(arguments) == 2 else Any


def _texts(annotation: Any) -> set[bytes]:
    """The canonical JSON of a ``Literal``'s values; none when one of them is an enum's member."""
    values = literals(annotation)
    return (
        {ENGINE.canonical_json(value) for value in values} if all(type(value) in SCALARS for value in values) else set()
    )
