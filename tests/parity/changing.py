"""Interfaces and small changes of them, drawn at random; and single changes with what each means."""

from __future__ import annotations

import copy
import random
from typing import Any, NamedTuple

from tests.parity.documents import Document, document, function
from tests.parity.shapes import INTEGER, STRING, alias, list_of, optional, ref, struct, tuple_of, without_rings

Shape = dict[str, Any]
_NAMES = ("A", "B", "C")
_FIELDS = ("a", "b", "kind")
_WORDS: tuple[str | int, ...] = ("x", "y", 1, 2)
NUMBER: Shape = {"kind": "primitive", "name": "number"}
DECIMAL: Shape = {**STRING, "format": "decimal"}
ANY: Shape = {"kind": "any"}
NULL: Shape = {"kind": "null"}
UPLOAD: Shape = {"kind": "upload"}


def words(*values: str | int) -> Shape:
    return {"kind": "enum", "values": list(values)}


def union(*items: Shape, discriminator: str | None = None) -> Shape:
    return {"kind": "union", "items": list(items), **({"discriminator": discriminator} if discriminator else {})}


def map_of(value: Shape) -> Shape:
    return {"kind": "map", "value": value}


# Random ones.


def shape(dice: random.Random, depth: int = 0) -> Shape:
    leaves: list[Any] = [
        lambda: copy.deepcopy(dice.choice([INTEGER, NUMBER, STRING, {"kind": "primitive", "name": "boolean"}, ANY])),
        lambda: {**INTEGER, **dice.choice([{"min": 0}, {"max": 9}, {"min": 0, "max": 9}, {"format": "int64"}])},
        lambda: {
            **STRING,
            **dice.choice([{"max_length": 4}, {"min_length": 2}, {"format": "date"}, {"format": "uuid"}]),
        },
        lambda: {**DECIMAL, **dice.choice([{}, {"max_digits": 5}, {"max_digits": 5, "decimal_places": 2}])},
        lambda: words(*dice.sample(_WORDS, dice.randint(1, 3))),
        lambda: ref(dice.choice(_NAMES)),
        lambda: copy.deepcopy(dice.choice([NULL, UPLOAD, {**UPLOAD, "max_bytes": 100}])),
    ]
    containers: list[Any] = [
        lambda: {**list_of(shape(dice, depth + 1)), **dice.choice([{}, {"max_length": 2}, {"min_length": 1}])},
        lambda: optional(shape(dice, depth + 1)),
        lambda: union(shape(dice, depth + 1), shape(dice, depth + 1)),
        lambda: map_of(shape(dice, depth + 1)),
        lambda: tuple_of(shape(dice, depth + 1), shape(dice, depth + 1)),
    ]
    choices = leaves if depth > 1 else [*leaves, *containers]
    made: Shape = dice.choice(choices)()
    return made


def body(dice: random.Random) -> Shape:
    if dice.random() < 0.2:
        return alias(list_of(shape(dice, 1)))
    names = dice.sample(_FIELDS, dice.randint(0, 3))
    fields = [{"name": name, "required": dice.random() < 0.6, "shape": shape(dice)} for name in names]
    return {"kind": "struct", "fields": fields}


def interface(dice: random.Random) -> Document:
    """A few types, and two functions of them."""
    types = {name: body(dice) for name in _NAMES}
    types["Args"] = {"kind": "struct", "fields": [{"name": "value", "required": True, "shape": shape(dice)}]}
    types["Out"] = alias(shape(dice))
    first = function("first", "Out", input="Args", nullable=dice.random() < 0.2)
    return _without_rings(document(first, function("second", dice.choice(_NAMES)), types=types))


def _without_rings(made: Document) -> Document:
    bodies = without_rings({item["name"]: item["body"] for item in made["types"]})
    return {**made, "types": [{**item, "body": bodies[item["name"]]} for item in made["types"]]}


def changed(old: Document, dice: random.Random) -> Document:
    """*old* with one to three changes, or another interface altogether."""
    if dice.random() < 0.1:
        return interface(dice)
    new = copy.deepcopy(old)
    for _ in range(dice.randint(1, 3)):
        _change(new, dice)
    return _without_rings(new)


def _change(new: Document, dice: random.Random) -> None:
    place = dice.choice([*_shapes(new), None])
    if place is None:
        _change_fields(new, dice)
        return
    holder, key = place
    found = holder[key]
    bounds = {"min": (-5, 0, 3), "max": (5, 9, 20), "min_length": (0, 1, 2), "max_length": (1, 2, 4, 9)}
    bounds |= {"max_bytes": (10, 100, 1000), "max_digits": (4, 5, 6), "decimal_places": (1, 2, 3)}
    options: list[Any] = [lambda: shape(dice), lambda: optional(found), lambda: union(found, shape(dice, 2))]
    if found["kind"] == "optional":
        options += [lambda: found["item"]] * 3
    if found["kind"] == "union":
        options += [lambda: dice.choice(found["items"])] * 3
    if found["kind"] == "enum":
        options += [lambda: words(*found["values"], "new"), lambda: words(*found["values"][1:] or ["x"])] * 2
    if found["kind"] == "primitive" and found["name"] in ("integer", "number"):
        options += [lambda: dice.choice([INTEGER, NUMBER])] * 3
        options += [lambda: _bounded(found, bounds, dice.choice(["min", "max"]), dice)] * 4
    if found["kind"] == "list" or (found == {**STRING, **_lengths(found)}):
        options += [lambda: _bounded(found, bounds, dice.choice(["min_length", "max_length"]), dice)] * 4
    if found["kind"] == "upload":
        options += [lambda: _bounded(found, bounds, "max_bytes", dice)] * 4
    if found.get("format") == "decimal":
        options += [lambda: _bounded(found, bounds, dice.choice(["max_digits", "decimal_places"]), dice)] * 6
    holder[key] = copy.deepcopy(dice.choice(options)())


def _lengths(found: Shape) -> Shape:
    return {name: found[name] for name in ("min_length", "max_length") if name in found}


def _bounded(found: Shape, bounds: dict[str, Any], name: str, dice: random.Random) -> Shape:
    without = {key: value for key, value in found.items() if key != name}
    return without if dice.random() < 0.3 else {**without, name: dice.choice(bounds[name])}


def _change_fields(new: Document, dice: random.Random) -> None:
    structs = [item["body"]["fields"] for item in new["types"] if item["body"]["kind"] == "struct"]
    fields = dice.choice(structs)
    action = dice.randint(0, 3)
    if action == 0 and fields:
        fields.pop(dice.randrange(len(fields)))
    elif action == 1 and fields:
        field = dice.choice(fields)
        field["required"] = not field["required"]
    elif action == 2 and all(field["name"] != "new" for field in fields):
        fields.append({"name": "new", "required": dice.random() < 0.5, "shape": shape(dice)})
    else:
        target = dice.choice(new["functions"])
        target["nullable"] = not target["nullable"]


def _shapes(part: Any) -> list[tuple[Any, Any]]:
    """Where shapes stand."""
    found: list[tuple[Any, Any]] = []
    items = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    for key, inner in items:
        if isinstance(inner, dict) and "kind" in inner and inner["kind"] != "struct" and key != "body":
            found.append((part, key))
        found += _shapes(inner)
    return found


# Single ones.


class Known(NamedTuple):
    """A change and what it means where the value is sent, and where it is received; None where it is none at all."""

    before: Shape | None
    after: Shape | None
    sent: str | None
    received: str | None


_BOTH = ("breaking", "breaking")
_OK = ("compatible", "compatible")
_LARGER = ("compatible", "breaking")
_SMALLER = ("breaking", "compatible")


def _field(required: bool) -> Shape:
    return {"kind": "struct", "fields": [{"name": "x", "required": required, "shape": INTEGER}]}


_ONE, _OTHER = struct(kind=words("a")), struct(kind=words("b"))
KNOWN = {
    "a required field is new": Known(struct(), _field(True), "breaking", "compatible"),
    "an optional field is new": Known(struct(), _field(False), *_OK),
    "a field is gone": Known(_field(False), struct(), *_BOTH),
    "an optional field is required": Known(_field(False), _field(True), *_SMALLER),
    "a required field is optional": Known(_field(True), _field(False), *_LARGER),
    "a value is new": Known(words("a"), words("a", "b"), *_LARGER),
    "a value is gone": Known(words("a", "b"), words("a"), *_SMALLER),
    "values in another order": Known(words("a", "b"), words("b", "a"), None, None),
    "a number is no text": Known(words("1"), words(1), "breaking", "breaking"),
    "a member is new": Known(STRING, union(STRING, INTEGER), *_LARGER),
    "a member is gone": Known(union(STRING, INTEGER), STRING, *_SMALLER),
    "members in another order": Known(union(STRING, INTEGER), union(INTEGER, STRING), None, None),
    "null is new": Known(STRING, optional(STRING), *_LARGER),
    "null is gone": Known(optional(STRING), STRING, *_SMALLER),
    "null as a member": Known(union(STRING, NULL), optional(STRING), None, None),
    "null inside of what has it": Known(optional(optional(STRING)), optional(STRING), None, None),
    "an integer is a number": Known(INTEGER, NUMBER, *_LARGER),
    "a number is an integer": Known(NUMBER, INTEGER, *_SMALLER),
    "a text is a number": Known(STRING, NUMBER, *_BOTH),
    "a format is another": Known({**STRING, "format": "date"}, {**STRING, "format": "time"}, *_BOTH),
    "a format is gone": Known({**STRING, "format": "date"}, STRING, *_BOTH),
    "an integer may be large": Known(INTEGER, {**INTEGER, "format": "int64"}, None, None),
    "a list is none": Known(list_of(STRING), STRING, *_BOTH),
    "a tuple is longer": Known(tuple_of(STRING), tuple_of(STRING, STRING), *_BOTH),
    "a map is a struct": Known(map_of(STRING), struct(), *_BOTH),
    "anything": Known(STRING, ANY, *_LARGER),
    "not anything": Known(ANY, STRING, *_SMALLER),
    "anything or null": Known(ANY, optional(ANY), None, None),
    "a limit is new": Known(STRING, {**STRING, "max_length": 3}, *_SMALLER),
    "a limit is gone": Known({**STRING, "max_length": 3}, STRING, *_OK),
    "a limit is tighter": Known({**INTEGER, "min": 1}, {**INTEGER, "min": 2}, *_SMALLER),
    "a limit is wider": Known({**INTEGER, "min": 2}, {**INTEGER, "min": 1}, *_OK),
    "a pattern is another": Known({**STRING, "pattern": "a"}, {**STRING, "pattern": "b"}, *_SMALLER),
    "more places, fewer digits before them": Known(
        {**DECIMAL, "max_digits": 5, "decimal_places": 2}, {**DECIMAL, "max_digits": 5, "decimal_places": 3}, *_SMALLER
    ),
    "a file is smaller": Known({**UPLOAD, "max_bytes": 9}, {**UPLOAD, "max_bytes": 8}, *_SMALLER),
    "fewer files": Known(UPLOAD, {**UPLOAD, "max_files": 2}, *_SMALLER),
    "members are told apart": Known(
        union(ref("One"), ref("Other")), union(ref("One"), ref("Other"), discriminator="kind"), None, None
    ),
    "members have to say what they are": Known(
        union(ref("Loose"), ref("Other")), union(ref("Loose"), ref("Other"), discriminator="kind"), "breaking", None
    ),
    "members need not say any more": Known(
        union(ref("Loose"), ref("Other"), discriminator="kind"), union(ref("Loose"), ref("Other")), None, None
    ),
}


def around(direction: str, part: Shape | None) -> Document:
    """An interface where *part* is what a function gets, or what it answers."""
    assert part is not None
    is_body = part["kind"] == "struct"
    loose = {"kind": "struct", "fields": [{"name": "kind", "required": False, "shape": words("a")}]}
    types = {"Part": part if is_body else alias(part), "One": _ONE, "Other": _OTHER, "Loose": loose}
    types |= {"Args": struct(x=ref("Part")), "Done": struct()}
    if direction == "sent":
        return document(function("f", "Done", input="Args"), types=types)
    return document(function("f", "Part"), types=types)
