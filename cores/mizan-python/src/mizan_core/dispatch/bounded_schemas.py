"""Core schemas of pydantic in forms whose errors are bounded.

Pydantic notes every mistake before anything can be counted: 300 KB of ``{},`` for a list of unions become 600,000
errors. Bad items can be bounded where a container takes them, surplus names where an object does; all other errors are
as many as the type has fields.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from types import GeneratorType
from typing import Any, TypeAlias, cast

from pydantic_core import PydanticCustomError, SchemaValidator
from pydantic_core.core_schema import CoreSchema

from mizan_core.dispatch.refusals import MAX_PATH

Schema: TypeAlias = "dict[str, Any]"

_SURPLUS = 16
"""How many names more than an object could know are refused one by one; more of them at once."""
_CONTAINERS = frozenset({"list", "tuple", "set", "frozenset", "dict"})
_ITEMS = ("items_schema", "keys_schema", "values_schema")
_NO_END = sys.maxsize - 1
_ANYTHING: Schema = {"type": "any"}
_OBJECTS = frozenset({"model-fields", "typed-dict", "dataclass-args"})
_NAMED = frozenset({"model", "dataclass"})
"""What a union calls by a name of its own, whatever is inside."""
_BY_NAME = frozenset({"choices", "fields"})
"""Where mappings have names of the application's as keys."""
_WITHIN = _BY_NAME | frozenset(
    {
        "arguments_schema",
        "definitions",
        "extras_keys_schema",
        "extras_schema",
        "items_schema",
        "json_schema",
        "keys_schema",
        "lax_schema",
        "python_schema",
        "schema",
        "steps",
        "strict_schema",
        "values_schema",
        "var_args_schema",
        "var_kwargs_schema",
    }
)
"""Where a schema holds others. Defaults, metadata and classes are left as they are."""


class _Unchecked:
    """Stands for the values that are left out of a container, so that nobody takes it for whole: JSON has no such."""

    __slots__ = ()


class _UncheckedName(str):
    """As ``_Unchecked``, for the names of entries."""

    __slots__ = ()


_UNCHECKED, _UNCHECKED_NAME = _Unchecked(), _UncheckedName("…")


def is_unchecked(value: object) -> bool:
    """Whether an error is not about what a client has sent but about what was not looked at.

    :param value: the error's input.
    """
    # A tuple that got a part of its items also says that it is too short.
    return isinstance(value, _Unchecked | _UncheckedName | GeneratorType)


class Allowance:
    """How many items of containers are still handed to a validator.

    :param items: their number, in all containers together.
    """

    __slots__ = ("_items", "_left_out", "taken")

    def __init__(self, items: int = sys.maxsize) -> None:
        self._items = items
        self._left_out: dict[int, int] = {}
        self.taken = 0
        """The number of items that have been handed out."""

    @property
    def left_out(self) -> int:
        """The number of items that have not been handed out."""
        return sum(self._left_out.values())

    def count(self, key: Any) -> Any:
        """Note that the item *key* of a dict is handed out."""
        self.taken += 1
        return key

    def items_of(self, values: Any, lengths: range) -> Any:
        """The items of a list as far as they are allowed; one whose length alone is wrong is given as it is."""
        return self._items_of(values) if type(values) is list and len(values) in lengths else values

    def entries_of(self, values: Any) -> Any:
        """The entries of a dict as far as they are allowed.

        Every error below an entry repeats its name, so those with long names are left out.
        """
        if type(values) is not dict:
            return values
        first = islice(values.items(), max(self._items - self.taken, 0))
        entries = {name: value for name, value in first if len(name) <= MAX_PATH}
        self._left_out[id(values)] = len(values) - len(entries)
        if len(entries) < len(values):
            entries[_UNCHECKED_NAME] = _UNCHECKED
        return entries

    def _items_of(self, values: list[Any]) -> Iterator[Any]:
        # By identity: a union looks at one container several times.
        self._left_out[id(values)] = len(values)
        for item in values:
            if self.taken >= self._items:
                yield _UNCHECKED
                return
            self.taken += 1
            self._left_out[id(values)] -= 1
            yield item


def failing_fast(schema: CoreSchema) -> SchemaValidator:
    """A validator that notes the first bad item of each container, and no other."""
    return _compiled(schema, _fail_fast)


def counting(schema: CoreSchema, allowance: Callable[[], Allowance]) -> SchemaValidator:
    """As ``failing_fast``; the allowance tells afterwards how many items have been looked at.

    :param allowance: gives the allowance of the present validation.
    """
    return _compiled(schema, lambda container: _limited(_fail_fast(container), allowance))


def limited(schema: CoreSchema, allowance: Callable[[], Allowance]) -> SchemaValidator:
    """A validator that looks at no more items than its allowance has.

    What it leaves out makes an error of its own, which ``is_unchecked`` knows by its input.

    :param allowance: as for ``counting``.
    """
    return _compiled(schema, lambda container: _limited(container, allowance))


def _compiled(schema: CoreSchema, contain: Callable[[Schema], Schema]) -> SchemaValidator:
    return SchemaValidator(_Rewriting(cast("Schema", schema), contain).schema, **_FROM_SCHEMA)


def _from_schema() -> dict[str, Any]:
    """What makes pydantic build models anew: otherwise what it has for them takes the place of what stands in a schema.

    Pydantic 2.12 cannot be told: there, what stands inside a model is not bounded.
    """
    told: dict[str, Any] = {"_use_prebuilt": False}
    try:
        SchemaValidator(cast("CoreSchema", _ANYTHING), **told)
    except TypeError:
        return {}
    return told


_FROM_SCHEMA = _from_schema()


def _fail_fast(container: Schema) -> Schema:
    return container | {"fail_fast": True}


def _limited(container: Schema, allowance: Callable[[], Allowance]) -> Schema:
    if all(_takes_anything(container.get(items)) for items in _ITEMS):
        return container
    if container["type"] == "dict":
        keys = _behind(container.get("keys_schema", _ANYTHING), lambda key: allowance().count(key))
        return _behind(container | {"keys_schema": keys}, lambda value: allowance().entries_of(value))
    if container["type"] == "tuple" and "variadic_item_index" not in container:
        return container
    # A list that is too long is refused at once; other containers look at all items first.
    longest = container.get("max_length", _NO_END) if container["type"] == "list" else _NO_END
    lengths = range(container.get("min_length", 0), longest + 1)
    # A list that is handed out item by item is none to a strict validator.
    return _behind(container | {"strict": False}, lambda value: allowance().items_of(value, lengths))


def _takes_anything(items: Schema | list[Schema] | None) -> bool:
    return items is None or items == _ANYTHING


class _Rewriting:
    """One rewriting of a schema.

    :param contain: gives the new form of a container, whose items have theirs.
    """

    def __init__(self, schema: Schema, contain: Callable[[Schema], Schema]) -> None:
        self._contain = contain
        self._definitions = schema["definitions"] if schema["type"] == "definitions" else []
        self.schema: CoreSchema = self._rewritten(schema, forbids=False)

    def _rewritten(self, node: Any, *, forbids: bool) -> Any:
        if isinstance(node, list):
            return [self._rewritten(item, forbids=forbids) for item in node]
        if isinstance(node, tuple):
            schema, label = node
            return self._rewritten(schema, forbids=forbids), label
        if not isinstance(node, dict):
            return node
        forbids = _forbids(node.get("config"), inherited=forbids)
        new = node | {key: self._inside(key, node[key], forbids=forbids) for key in _WITHIN & node.keys()}
        return self._bounded(node, new, forbids=forbids)

    def _inside(self, key: str, value: Any, *, forbids: bool) -> Any:
        if key in _BY_NAME and isinstance(value, Mapping):
            return {name: self._rewritten(item, forbids=forbids) for name, item in value.items()}
        return self._rewritten(value, forbids=forbids)

    def _bounded(self, node: Schema, new: Schema, *, forbids: bool) -> Schema:
        kind = node.get("type")
        if kind in _CONTAINERS:
            return self._contain(new)
        if kind == "union":
            return new | {"choices": list(map(self._labelled, node["choices"], new["choices"]))}
        if kind in _OBJECTS and node.get("extra_behavior", "forbid" if forbids else None) == "forbid":
            return _counting_names(new)
        return new

    def _labelled(self, choice: Any, new: Any) -> Any:
        """A choice that is rewritten keeps the name that errors call it by."""
        if isinstance(choice, tuple) or choice["type"] in _NAMED:
            return new
        if choice == new and choice["type"] != "definition-ref":
            return new
        whole = {"type": "definitions", "schema": choice, "definitions": self._definitions}
        return new, SchemaValidator(cast("CoreSchema", whole)).title


def _forbids(config: Mapping[str, Any] | None, *, inherited: bool) -> bool:
    return inherited if config is None else config.get("extra_fields_behavior") == "forbid"


def _counting_names(fields: Schema) -> Schema:
    known = len(fields["fields"])
    limit = 2 * known + _SURPLUS  # a field may have its name and an alias

    def check(value: Any) -> Any:
        if isinstance(value, dict) and len(value) > limit:
            numbers = {"known": known, "given": len(value)}
            raise PydanticCustomError("too_many_names", "{given} names are too many, {known} are known", numbers)
        return value

    return _behind(fields, check)


def _behind(schema: Schema, prepare: Callable[[Any], Any]) -> Schema:
    """*schema* for what *prepare* makes of a value."""
    inner = {key: value for key, value in schema.items() if key != "ref"}
    function = {"type": "no-info", "function": prepare}
    outer = {"type": "function-before", "function": function, "schema": inner}
    return outer | ({"ref": schema["ref"]} if "ref" in schema else {})
