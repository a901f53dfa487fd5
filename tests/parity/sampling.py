"""Values that an interface takes and gives, drawn at random, and whether another interface takes and expects them.

Written from section 11 of the protocol, apart from what classifies changes.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from typing import Any

from tests.parity.documents import Document

Shape = Mapping[str, Any]
_DEEPEST = 5
_SAMPLES = 24
_FORMS = {
    "date-time": "2026-01-01T00:00:00Z",
    "date": "2026-01-01",
    "time": "10:00:00",
    "duration": "P1D",
    "uuid": "12345678-1234-5678-1234-567812345678",
    "binary": "YQ==",
    "email": "a@b.c",
    "uri": "https://a.b/",
}


class TooDeep(Exception):
    """No value was found within a few levels."""


class Sampler:
    """Draws values of shapes."""

    def __init__(self, types: Mapping[str, Shape], dice: random.Random) -> None:
        self._types = types
        self._dice = dice

    def draw(self, shape: Shape, depth: int = 0) -> Any:
        """A value of *shape*; ``Upload`` for a file."""
        if depth > _DEEPEST:
            raise TooDeep
        kind = shape["kind"]
        if kind == "ref":
            return self._body(self._types[shape["name"]], depth)
        if kind == "primitive":
            return self._scalar(shape)
        if kind == "optional":
            return None if depth == _DEEPEST or self._dice.random() < 0.3 else self.draw(shape["item"], depth + 1)
        if kind in ("list", "map"):
            return self._many(shape, depth)
        if kind == "tuple":
            return [self.draw(item, depth + 1) for item in shape["items"]]
        if kind == "enum":
            return self._dice.choice(shape["values"])
        if kind == "union":
            return self.draw(self._dice.choice(shape["items"]), depth + 1)
        if kind == "upload":
            return Upload(self._dice.choice([1, shape.get("max_bytes", 10**9)]))
        return None if kind == "null" else self._dice.choice([None, 1, "x", [], {"a": 1}, 1.5, True])

    def _body(self, body: Shape, depth: int) -> Any:
        if body["kind"] == "alias":
            return self.draw(body["shape"], depth + 1)
        if body["kind"] == "enum":
            return self._dice.choice(body["values"])
        return self.fields(body["fields"], depth)

    def fields(self, fields: list[Any], depth: int = 0) -> dict[str, Any]:
        """An object of *fields*, those that need not be there only now and then."""
        found = {}
        for field in fields:
            if field["required"] or (depth < _DEEPEST and self._dice.random() < 0.7):
                try:
                    found[field["name"]] = self.draw(field["shape"], depth + 1)
                except TooDeep:
                    if field["required"]:
                        raise
        return found

    def _many(self, shape: Shape, depth: int) -> Any:
        least, most = shape.get("min_length", 0), shape.get("max_length", 3)
        count = self._dice.choice([least, max(least, min(most, least + 3))]) if depth < _DEEPEST else least
        if count > 20 or least > most:
            raise TooDeep
        inner = shape.get("item") or shape["value"]
        items = [self.draw(inner, depth + 1) for _ in range(count)]
        return items if shape["kind"] == "list" else {f"k{index}": item for index, item in enumerate(items)}

    def _scalar(self, shape: Shape) -> Any:
        name, wire_format = shape["name"], shape.get("format")
        if name == "boolean":
            return self._dice.random() < 0.5
        if name in ("integer", "number"):
            bounds = [shape[word] for word in ("min", "max") if word in shape]
            if bounds and self._dice.random() < 0.7:
                return self._dice.choice(bounds)
            value = bounds[0] if bounds else self._dice.choice([0, 3, -2, 40])
            fraction = 0.5 if name == "number" and not bounds and self._dice.random() < 0.5 else 0
            return value + fraction
        if wire_format == "decimal":
            return self._decimal(shape)
        if wire_format is not None:
            return _FORMS[wire_format]
        least, most = shape.get("min_length", 0), shape.get("max_length", 8)
        if least > most:
            raise TooDeep
        return "a" * self._dice.choice([least, most, least])

    def _decimal(self, shape: Shape) -> str:
        digits, places = shape.get("max_digits", 9), shape.get("decimal_places", 2)
        if places > digits:
            raise TooDeep
        whole = "9" * self._dice.choice([1, max(digits - places, 0)]) or "0"
        return f"{whole}.{'1' * places}" if places and self._dice.random() < 0.5 else whole


class Upload(int):
    """A file of so many bytes."""


class Checker:
    """Says whether values are of shapes.

    :param strict: as a server is that gets them: limits count, and an object has no other members.
    """

    def __init__(self, types: Mapping[str, Shape], strict: bool) -> None:
        self._types = types
        self._strict = strict

    def takes(self, shape: Shape, value: Any) -> bool:
        kind = shape["kind"]
        if kind == "ref":
            return self._body(self._types[shape["name"]], value)
        if kind == "primitive":
            return self._scalar(shape, value)
        if kind == "optional":
            return value is None or self.takes(shape["item"], value)
        if kind == "list":
            return isinstance(value, list) and self._length(shape, value) and self._all(shape["item"], value)
        if kind == "map":
            is_map = isinstance(value, dict) and self._length(shape, value)
            return is_map and self._all(shape["value"], list(value.values()))
        if kind == "tuple":
            items = shape["items"]
            is_tuple = isinstance(value, list) and len(value) == len(items)
            return is_tuple and all(map(self.takes, items, value))
        if kind == "enum":
            return any(type(value) is type(known) and value == known for known in shape["values"])
        if kind == "union":
            return any(self.takes(item, value) for item in shape["items"])
        if kind == "upload":
            return isinstance(value, Upload) and (not self._strict or value <= shape.get("max_bytes", value))
        return kind == "any" or value is None

    def fields(self, fields: list[Any], value: Any) -> bool:
        """Whether *value* is an object of *fields*."""
        if not isinstance(value, dict):
            return False
        known = {field["name"]: field for field in fields}
        if self._strict and value.keys() - known.keys():
            return False
        return all(
            self.takes(field["shape"], value[name]) if name in value else not field["required"]
            for name, field in known.items()
        )

    def _body(self, body: Shape, value: Any) -> bool:
        if body["kind"] == "alias":
            return self.takes(body["shape"], value)
        return self.takes(body, value) if body["kind"] == "enum" else self.fields(body["fields"], value)

    def _all(self, shape: Shape, values: list[Any]) -> bool:
        return all(self.takes(shape, value) for value in values)

    def _length(self, shape: Shape, value: Any) -> bool:
        return not self._strict or shape.get("min_length", 0) <= len(value) <= shape.get("max_length", len(value))

    def _scalar(self, shape: Shape, value: Any) -> bool:
        name, wire_format = shape["name"], shape.get("format")
        if isinstance(value, Upload):
            return False
        if name == "boolean":
            return isinstance(value, bool)
        if name in ("integer", "number"):
            kinds = int if name == "integer" else (int, float)
            is_number = isinstance(value, kinds) and not isinstance(value, bool)
            return is_number and (not self._strict or shape.get("min", value) <= value <= shape.get("max", value))
        if not isinstance(value, str):
            return False
        if wire_format == "decimal":
            return self._decimal(shape, value)
        if wire_format is not None:
            return value == _FORMS[wire_format]
        return value not in _FORMS.values() and not value[:1].isdigit() and self._length(shape, value)

    def _decimal(self, shape: Shape, value: str) -> bool:
        whole, _, places = value.partition(".")
        if not whole.isdigit():
            return False
        if not self._strict:
            return True
        limit, allowed = shape.get("max_digits"), shape.get("decimal_places")
        significant = len(whole.lstrip("0"))
        if allowed is not None and len(places) > allowed:
            return False
        if limit is not None and significant + len(places) > limit:
            return False
        return limit is None or allowed is None or significant <= limit - allowed


class Judge:
    """Finds values that show that clients of *old* break."""

    def __init__(self, old: Document, new: Document, dice: random.Random) -> None:
        self._old = old
        self._new = new
        self._dice = dice
        self._types = [{item["name"]: item["body"] for item in document["types"]} for document in (old, new)]

    def problems(self) -> Iterator[tuple[str, str]]:
        """What breaks, by the subject that a report has for it."""
        news = {item["name"]: item for item in self._new["functions"]}
        for before in self._old["functions"]:
            after = news.get(before["name"])
            subject = _subject(before if after is None else after)
            if after is None:
                yield subject, "it is gone"
                continue
            yield from ((subject, problem) for problem in self._sent(before["input"], after["input"]))
            yield from ((subject, problem) for problem in self._received(before, after))

    def _sent(self, before: str | None, after: str | None) -> Iterator[str]:
        olds, news = self._types
        fields = olds[before]["fields"] if before else []
        others = news[after]["fields"] if after else []
        sampler, checker = Sampler(olds, self._dice), Checker(news, strict=True)
        for value in _samples(lambda: sampler.fields(fields)):
            if not checker.fields(others, value):
                yield f"{value!r} was sent and is refused"

    def _received(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
        olds, news = self._types
        sampler, checker = Sampler(news, self._dice), Checker(olds, strict=False)
        wanted = {"kind": "ref", "name": before["output"]}
        given: Shape = {"kind": "ref", "name": after["output"]}
        if after["nullable"]:
            given = {"kind": "optional", "item": given}
        for value in _samples(lambda: sampler.draw(given)):
            if not (checker.takes(wanted, value) or (value is None and before["nullable"])):
                yield f"{value!r} is answered and was not expected"


def _samples(draw: Any) -> Iterator[Any]:
    for _ in range(_SAMPLES):
        try:
            yield draw()
        except TooDeep:
            continue


def _subject(function: Mapping[str, Any]) -> str:
    camel = str(function["camel"])
    return camel if function["context"] is None else f"use{camel[:1].upper()}{camel[1:]}"
