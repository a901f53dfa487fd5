"""Core schemas of pydantic, for JSON texts, in forms whose errors are bounded.

Pydantic notes every mistake before anything can be counted: 300 KB of ``{},`` for a list of unions become 600,000
errors. Bad items can be bounded where a container takes them, surplus names where an object does; all other errors are
as many as the type has fields.

A function in a schema gets a Python object, and what is inside is validated as such. So the forms with functions are
for listing errors alone, and read as JSON again what strictness refuses in a Python object.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from types import GeneratorType
from typing import Any, TypeAlias, cast

from pydantic_core import PydanticCustomError, SchemaValidator, to_json
from pydantic_core.core_schema import CoreSchema

from mizan_core.interface.refusals import MAX_PATH

Schema: TypeAlias = "dict[str, Any]"
Config: TypeAlias = "Mapping[str, Any]"
"""Of the model around; one inside it has its own, or none."""

_SURPLUS = 16
"""How many names more than an object could know are refused one by one; more of them at once."""
_CONTAINERS = frozenset({"list", "tuple", "set", "frozenset", "dict"})
_ITEMS = ("items_schema", "keys_schema", "values_schema")
_NO_END = sys.maxsize - 1
NO_LIMIT = sys.maxsize
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


_STRICT_TEXTS = frozenset(
    {
        "bytes",
        "complex",
        "date",
        "datetime",
        "decimal",
        "enum",
        "multi-host-url",
        "time",
        "timedelta",
        "url",
        "uuid",
    }
)
"""What strictness takes from JSON as a text, and from Python not."""
_STRICT_CONTAINERS = _CONTAINERS | _NAMED
"""What strictness takes from JSON as an array or object, and from Python as itself."""
_NAMES = _STRICT_TEXTS | frozenset({"bool", "float", "int"})
"""What the names of a JSON object may stand for: strictness does not count there."""


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
    """A validator that notes the first bad item of each container, and no other.

    Surplus names are all noted: see ``most_names``.
    """
    return _compiled(_Rewriting(schema, _fail_fast))


def most_names(schema: CoreSchema) -> int:
    """How many names an object inside may have whose surplus names are all noted; ``NO_LIMIT`` where none are surplus.

    Each is noted with the names around it, which may be long. Around the arguments themselves there are none.
    """
    rewriting = _NameCounting(schema, lambda container: container)
    rewriting.rewritten()
    return rewriting.most


def finite(schema: CoreSchema) -> SchemaValidator:
    """As ``failing_fast``, and no float is infinite."""
    return _compiled(_FiniteRewriting(schema, _fail_fast))


def counting(schema: CoreSchema, allowance: Callable[[], Allowance]) -> SchemaValidator:
    """As ``limited``, up to the first bad item; the allowance tells afterwards how many have been looked at.

    :param allowance: gives the allowance of the present validation.
    """
    return _compiled(_ListingRewriting(schema, lambda container: _limited(_fail_fast(container), allowance)))


def limited(schema: CoreSchema, allowance: Callable[[], Allowance]) -> SchemaValidator:
    """A validator that looks at no more items than its allowance has.

    What it leaves out makes an error of its own, which ``is_unchecked`` knows by its input.

    :param allowance: as for ``counting``.
    """
    return _compiled(_ListingRewriting(schema, lambda container: _limited(container, allowance)))


def _compiled(rewriting: _Rewriting) -> SchemaValidator:
    # What pydantic has for a model would take the place of what stands in the schema.
    return SchemaValidator(cast("CoreSchema", rewriting.rewritten()), _use_prebuilt=False)


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
    return _behind(container, lambda value: allowance().items_of(value, lengths))


def _takes_anything(items: Schema | list[Schema] | None) -> bool:
    return items is None or items == _ANYTHING


class _Rewriting:
    """One rewriting of a schema.

    :param contain: gives the new form of a container, whose items have theirs.
    """

    def __init__(self, schema: CoreSchema, contain: Callable[[Schema], Schema]) -> None:
        self._contain = contain
        self._schema = cast("Schema", schema)
        has_definitions = self._schema["type"] == "definitions"
        self._definitions = self._schema["definitions"] if has_definitions else []
        self._outermost = self._schema["schema"] if has_definitions else self._schema

    def rewritten(self) -> Schema:
        """The new form of the schema."""
        new: Schema = self._rewritten(self._schema, {})
        return new

    def _rewritten(self, node: Any, config: Config) -> Any:
        if isinstance(node, list):
            return [self._rewritten(item, config) for item in node]
        if isinstance(node, tuple):
            schema, label = node
            return self._rewritten(schema, config), label
        if not isinstance(node, dict):
            return node
        config = node.get("config") or config
        new = node | {key: self._inside(key, node[key], config) for key in _WITHIN & node.keys()}
        return self._bounded(node, new, config)

    def _inside(self, key: str, value: Any, config: Config) -> Any:
        if key in _BY_NAME and isinstance(value, Mapping):
            return {name: self._rewritten(item, config) for name, item in value.items()}
        return self._rewritten(value, config)

    def _bounded(self, node: Schema, new: Schema, config: Config) -> Schema:  # noqa: ARG002 - others ask for it
        kind = node.get("type")
        if kind in _CONTAINERS:
            return self._contain(new)
        if kind == "union":
            return new | {"choices": list(map(self._labelled, node["choices"], new["choices"]))}
        return new

    def _labelled(self, choice: Any, new: Any) -> Any:
        """A choice that is rewritten keeps the name that errors call it by."""
        if isinstance(choice, tuple) or choice["type"] in _NAMED:
            return new
        if choice == new and choice["type"] != "definition-ref":
            return new
        whole = {"type": "definitions", "schema": choice, "definitions": self._definitions}
        return new, SchemaValidator(cast("CoreSchema", whole)).title


class _NameCounting(_Rewriting):
    """Looks at the objects, and changes nothing."""

    most = NO_LIMIT
    """The least of what objects that know all their names take, the outermost aside."""

    def _bounded(self, node: Schema, new: Schema, config: Config) -> Schema:
        if node is not self._outermost and _knows_all_names(node, config):
            self.most = min(self.most, _limit_of_names(node))
        return super()._bounded(node, new, config)


class _FiniteRewriting(_Rewriting):
    """Floats are finite, whatever their models say."""

    def _bounded(self, node: Schema, new: Schema, config: Config) -> Schema:
        new = super()._bounded(node, new, config)
        return new | {"allow_inf_nan": False} if node.get("type") == "float" else new


class _ListingRewriting(_Rewriting):
    """Errors are those of JSON, though everything below the root is a Python object."""

    _is_in_names = False

    def rewritten(self) -> Schema:
        # Read once, here: containers are known by their identity.
        return _behind(super().rewritten(), lambda value: value)

    def _inside(self, key: str, value: Any, config: Config) -> Any:
        outside, self._is_in_names = self._is_in_names, self._is_in_names or key == "keys_schema"
        try:
            return super()._inside(key, value, config)
        finally:
            self._is_in_names = outside

    def _bounded(self, node: Schema, new: Schema, config: Config) -> Schema:
        kind = node.get("type")
        if kind == "json-or-python":
            form: Schema = new["json_schema"]
            return form | ({"ref": new["ref"]} if "ref" in new else {})
        if kind in _STRICT_CONTAINERS or (self._is_in_names and kind in _NAMES):
            new = new | {"strict": False}
        elif kind in _STRICT_TEXTS and node.get("strict", config.get("strict")):
            return _behind({"type": "json", "schema": new}, to_json)
        if _knows_all_names(node, config):
            return _counting_names(new)
        return super()._bounded(node, new, config)


def _knows_all_names(node: Schema, config: Config) -> bool:
    is_object = node.get("type") in _OBJECTS
    return is_object and node.get("extra_behavior", config.get("extra_fields_behavior")) == "forbid"


def _limit_of_names(fields: Schema) -> int:
    return 2 * len(fields["fields"]) + _SURPLUS  # a field may have its name and an alias


def _counting_names(fields: Schema) -> Schema:
    known, limit = len(fields["fields"]), _limit_of_names(fields)

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
