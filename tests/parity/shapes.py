"""Strategies for shapes and named types, and what shapes mean, written apart from the engines."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache
from typing import Any, TypeAlias

from hypothesis import strategies as st

Shape: TypeAlias = dict[str, Any]
Shapes: TypeAlias = st.SearchStrategy[Shape]

PRIMITIVES = ("integer", "number", "boolean", "string")
TEXT_FORMATS = ("date-time", "date", "time", "duration", "uuid", "binary", "email", "uri")
BOUNDS = ("min", "exclusive_min", "max", "exclusive_max", "multiple_of")
LENGTHS = ("min_length", "max_length")
DIGITS = ("max_digits", "decimal_places")
UPLOADS = ("max_bytes", "max_files")

INTEGER: Shape = {"kind": "primitive", "name": "integer"}
STRING: Shape = {"kind": "primitive", "name": "string"}


def ref(name: str) -> Shape:
    return {"kind": "ref", "name": name}


def list_of(item: Shape) -> Shape:
    return {"kind": "list", "item": item}


def tuple_of(*items: Shape) -> Shape:
    return {"kind": "tuple", "items": list(items)}


def optional(item: Shape) -> Shape:
    return {"kind": "optional", "item": item}


def alias(shape: Shape) -> Shape:
    return {"kind": "alias", "shape": shape}


def struct(**fields: Shape) -> Shape:
    """A struct of required fields."""
    return {
        "kind": "struct",
        "fields": [{"name": name, "required": True, "shape": shape} for name, shape in fields.items()],
    }


def shapes(names: Collection[str], enum_values: st.SearchStrategy[Any] | None = None) -> Shapes:
    """Shapes whose references are among *names*."""
    return _shapes(tuple(sorted(names)), enum_values)


def _limited(shape: Shape, **constraints: st.SearchStrategy[Any]) -> Shapes:
    return st.fixed_dictionaries({}, optional=constraints).map(lambda found: {**shape, **found})


NUMBERS = st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False)
COUNTS = st.sampled_from((0, 1, 2, 2**53 - 1))
_TEXTS = st.sampled_from(("", "^a$", "0.10", 'quo"ted\u2028'))
_LENGTHS = dict.fromkeys(LENGTHS, COUNTS)
_LIMITS = _limited({}, **_LENGTHS)
_PRIMITIVES = (
    _limited(INTEGER, **dict.fromkeys(BOUNDS, NUMBERS), format=st.just("int64")),
    _limited({"kind": "primitive", "name": "number"}, **dict.fromkeys(BOUNDS, NUMBERS)),
    _limited(STRING, **_LENGTHS, pattern=_TEXTS, format=st.sampled_from(TEXT_FORMATS)),
    _limited({**STRING, "format": "decimal"}, **dict.fromkeys(BOUNDS, _TEXTS), **dict.fromkeys(DIGITS, COUNTS)),
)


@cache  # a strategy takes longer to make than to draw from
def _shapes(names: tuple[str, ...], enum_values: st.SearchStrategy[Any] | None) -> Shapes:
    leaves = [
        st.builds(lambda name: {"kind": "primitive", "name": name}, st.sampled_from(PRIMITIVES)),
        *_PRIMITIVES,
        st.sampled_from(({"kind": "any"}, {"kind": "null"}, {"kind": "upload"})),
        _limited({"kind": "upload"}, **dict.fromkeys(UPLOADS, COUNTS)),
        _enums(enum_values),
    ]
    references = [st.sampled_from(names).map(ref)] * 3 if names else []
    return st.recursive(st.one_of(*leaves, *references), _wrapped, max_leaves=4)


def bodies(
    names: Collection[str],
    field_names: st.SearchStrategy[str],
    defaults: st.SearchStrategy[Any],
    enum_values: st.SearchStrategy[Any] | None = None,
) -> Shapes:
    """Bodies of named types."""
    inner = shapes(names, enum_values)
    named = st.tuples(_enums(enum_values), st.lists(st.none() | field_names, min_size=3, max_size=3)).map(_named_enum)
    fields = st.lists(_fields(field_names, inner, defaults), max_size=3, unique_by=lambda field: field["name"])
    structs = fields.map(lambda items: {"kind": "struct", "fields": items})
    return st.one_of(structs, structs, _enums(enum_values), named, inner.map(alias))


def _named_enum(drawn: tuple[Shape, list[str | None]]) -> Shape:
    enum, names = drawn
    return {**enum, "names": names[: len(enum["values"])]}


def _enums(items: st.SearchStrategy[Any] | None) -> Shapes:
    usual = st.sampled_from(("a", "b", "A", 1, 2, -(2**70)))
    return st.lists(usual if items is None else items, min_size=1, max_size=3).map(
        lambda found: {"kind": "enum", "values": found}
    )


def _fields(names: st.SearchStrategy[str], inner: Shapes, defaults: st.SearchStrategy[Any]) -> Shapes:
    return st.fixed_dictionaries(
        {"name": names, "required": st.booleans(), "shape": inner}, optional={"default": defaults, "description": names}
    )


def _wrapped(children: Shapes) -> Shapes:
    return st.one_of(
        st.builds(lambda item, limits: {**list_of(item), **limits}, children, _LIMITS),
        children.map(optional),
        st.builds(lambda value, limits: {"kind": "map", "value": value, **limits}, children, _LIMITS),
        st.lists(children, max_size=3).map(lambda items: {"kind": "tuple", "items": items}),
        st.builds(
            lambda items, name: {"kind": "union", "items": items, **({"discriminator": name} if name else {})},
            st.lists(children, min_size=2, max_size=3),
            st.sampled_from(("", "kind", '"')),
        ),
    )


def named_by(types: Mapping[str, Shape], name: str) -> list[str]:
    """The names that *name* is an alias of, one after the other; the last comes twice where they lead back."""
    names = [name]
    while names[-1] not in names[:-1]:
        body = types[names[-1]]
        if body["kind"] != "alias" or body["shape"]["kind"] != "ref":
            break
        names.append(body["shape"]["name"])
    return names[1:]


def without_rings(types: Mapping[str, Shape]) -> dict[str, Shape]:
    """Those types, but an alias that leads back to itself is another name of a string."""
    return {name: alias(STRING) if name in named_by(types, name) else body for name, body in types.items()}


def twins(types: Mapping[str, Shape]) -> st.SearchStrategy[dict[str, Shape]]:
    """Those types and a copy of each under the name ``<name>2``, which mean the same more often than not.

    A copy refers to originals and copies alike, in another order, so that two names meet on paths of another length.
    """
    return st.composite(_twins)(types)


def _twins(draw: st.DrawFn, types: Mapping[str, Shape]) -> dict[str, Shape]:
    copies = {f"{name}2": _copy(draw, body) for name, body in types.items()}
    if draw(st.booleans()):
        name = draw(st.sampled_from(sorted(copies)))
        copies[name] = draw(st.sampled_from((alias(STRING), alias(list_of(ref(name))), struct())))
    return without_rings({**types, **copies})


def _copy(draw: st.DrawFn, part: Any) -> Any:
    if isinstance(part, list):
        items = [_copy(draw, item) for item in part]
        return draw(st.permutations(items)) if all(isinstance(item, dict) for item in items) else items
    if not isinstance(part, dict):
        return part
    if part.get("kind") == "tuple":
        return {**part, "items": [_copy(draw, item) for item in part["items"]]}
    if part.get("kind") == "ref":
        return ref(part["name"] + draw(st.sampled_from(("", "2"))))
    return {name: _copy(draw, item) for name, item in part.items()}


class Meaning:
    """Structural equality by unfolding: names are looked up until the fuel is spent.

    Two shapes that differ do so within as many steps as there are pairs of nodes; the fuel is more than that for the
    few small types of a test.
    """

    FUEL = 60

    def __init__(self, types: Mapping[str, Shape]) -> None:
        self._types = types
        self._equal = cache(self._compare)
        self._shapes: dict[str, Shape] = {}

    def equal(self, left: Shape, right: Shape) -> bool:
        return self._equal(self._key(left), self._key(right), self.FUEL)

    def _key(self, shape: Shape) -> str:
        key = repr(shape)
        self._shapes[key] = shape
        return key

    def _compare(self, left_key: str, right_key: str, fuel: int) -> bool:
        left, right = self._resolved(self._shapes[left_key]), self._resolved(self._shapes[right_key])
        if fuel == 0:
            return True
        if left["kind"] != right["kind"]:
            return False
        return self._same_parts(left, right, fuel - 1)

    def _same_parts(self, left: Shape, right: Shape, fuel: int) -> bool:
        kind = left["kind"]
        if kind == "primitive":
            return self._scalar(left) == self._scalar(right)
        if kind == "tuple":
            pairs = zip(left["items"], right["items"], strict=False)
            return len(left["items"]) == len(right["items"]) and all(self._same(*pair, fuel) for pair in pairs)
        if kind == "enum":
            return {(type(v), v) for v in left["values"]} == {(type(v), v) for v in right["values"]}
        if kind == "struct":
            return self._same_fields(left["fields"], right["fields"], fuel)
        if kind == "union":
            items, others = left["items"], right["items"]
            return self._covers(items, others, fuel) and self._covers(others, items, fuel)
        part = {"list": "item", "optional": "item", "map": "value"}.get(kind)
        return part is None or self._same(left[part], right[part], fuel)

    def _scalar(self, shape: Shape) -> tuple[str, str | None]:
        """Limits do not count, nor how large an integer may be."""
        wire_format = shape.get("format")
        return shape["name"], None if wire_format == "int64" else wire_format

    def _same_fields(self, left: list[Shape], right: list[Shape], fuel: int) -> bool:
        mine, others = ({field["name"]: field for field in fields} for fields in (left, right))
        return mine.keys() == others.keys() and all(
            mine[name]["required"] is others[name]["required"]
            and self._same(mine[name]["shape"], others[name]["shape"], fuel)
            for name in mine
        )

    def _covers(self, items: list[Shape], others: list[Shape], fuel: int) -> bool:
        return all(any(self._same(item, other, fuel) for other in others) for item in items)

    def _same(self, left: Shape, right: Shape, fuel: int) -> bool:
        return self._equal(self._key(left), self._key(right), fuel)

    def _resolved(self, shape: Shape) -> Shape:
        """The shape behind names and aliases."""
        while shape["kind"] == "ref":
            body = self._types[shape["name"]]
            shape = body["shape"] if body["kind"] == "alias" else body
        return shape
