"""Where everything stands in the text of a document: one table, by which its parts are written and read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple, Protocol

from mizan_core.engine.pure.constraints import CHECKS
from mizan_core.engine.pure.ir.nodes import Node
from mizan_core.engine.pure.ir.plain import BOUNDS, FIELD_TEXTS, MESSAGES, Part
from mizan_core.engine.pure.ir.shapes import read_shape_node, shape_node

_ABSENT: Any = object()
"""Instead of what a member is where it is missing: it is left out."""


class InNode(Protocol):
    """How a value stands in a node."""

    def write(self, name: str, value: Any) -> Node: ...

    def read(self, node: Node) -> Any: ...


class Inside(Protocol):
    """How members stand inside the node of their part."""

    def write(self, part: Part) -> Iterable[Node]: ...

    def read(self, node: Node) -> Part: ...


class _Said:
    """As its word."""

    def write(self, name: str, value: Any) -> Node:
        return Node(name, [value])

    def read(self, node: Node) -> Any:
        return node.values[0]


class _Listed:
    """As its words."""

    def write(self, name: str, value: Any) -> Node:
        return Node(name, value)

    def read(self, node: Node) -> Any:
        return node.values


class _Wrapped:
    """As the shape that is the one node in it."""

    def write(self, name: str, value: Any) -> Node:
        return Node(name, children=[shape_node(value)])

    def read(self, node: Node) -> Any:
        return read_shape_node(node.children[0])


class Layout(NamedTuple):
    """As a part.

    :param word: the member that is the node's word.
    :param properties: the members that are its properties, each with what it is where it is missing.
    """

    word: str | None
    properties: Mapping[str, Any]
    inside: tuple[Inside, ...] = ()

    def write(self, name: str, value: Part) -> Node:
        there = {member: value.get(member, missing) for member, missing in self.properties.items()}
        properties = {_word(member): said for member, said in there.items() if said is not self.properties[member]}
        children = [node for inside in self.inside for node in inside.write(value)]
        return Node(name, [] if self.word is None else [value[self.word]], properties, children)

    def read(self, node: Node) -> Part:
        part: Part = {} if self.word is None else {self.word: node.values[0]}
        for member, missing in self.properties.items():
            part |= _given(member, node.properties.get(_word(member), missing))
        for inside in self.inside:
            part |= inside.read(node)
        return part


class One(NamedTuple):
    """A member in a node of its name; *missing* where there is none."""

    member: str
    form: InNode = _Said()
    missing: Any = None

    @property
    def name(self) -> str:
        return _word(self.member)

    def write(self, part: Part) -> Iterable[Node]:
        value = part.get(self.member, self.missing)
        return [] if value is self.missing else [self.form.write(self.name, value)]

    def read(self, node: Node) -> Part:
        found = node.find(self.name)
        return _given(self.member, self.missing if found is None else self.form.read(found))


class Mark(NamedTuple):
    """A flag: a node of its name, without words, that is there or not."""

    member: str
    missing: Any = False

    def write(self, part: Part) -> Iterable[Node]:
        return [Node(_word(self.member))] if part.get(self.member) else []

    def read(self, node: Node) -> Part:
        return _given(self.member, self.missing if node.find(_word(self.member)) is None else True)


class Each(NamedTuple):
    """The items of a member in nodes of one name; *perhaps*: without items there is no such member."""

    member: str
    name: str
    form: InNode = _Said()
    perhaps: bool = False

    def write(self, part: Part) -> Iterable[Node]:
        items = part.get(self.member, ())
        if isinstance(items, dict) and isinstance(self.form, Layout):
            items = [{self.form.word: name, **item} for name, item in sorted(items.items())]
        return [self.form.write(self.name, item) for item in items]

    def read(self, node: Node) -> Part:
        items = [self.form.read(child) for child in node.children if child.name == self.name]
        return {self.member: items} if items or not self.perhaps else {}


class Together(NamedTuple):
    """Several members in a node."""

    name: str
    form: Layout

    def write(self, part: Part) -> Iterable[Node]:
        return [self.form.write(self.name, part)]

    def read(self, node: Node) -> Part:
        found = node.find(self.name)
        return {} if found is None else self.form.read(found)


class _Bare:
    """A shape, as the first node."""

    def write(self, part: Part) -> Iterable[Node]:
        return [shape_node(part["shape"])]

    def read(self, node: Node) -> Part:
        return {"shape": read_shape_node(node.children[0])}


class _Body:
    """The body of a type, as the first node."""

    def write(self, part: Part) -> Iterable[Node]:
        body = part["body"]
        if body["kind"] == "enum":
            names = body.get("names") or [None] * len(body["values"])
            values = [{"value": value, "name": name} for value, name in zip(body["values"], names, strict=True)]
            return [_ENUM.write("enum", {"values": values})]
        return [_BODIES[body["kind"]].write(body["kind"], body)]

    def read(self, node: Node) -> Part:
        found = node.children[0]
        body = {"kind": found.name, **(_ENUM if found.name == "enum" else _BODIES[found.name]).read(found)}
        if found.name == "enum":
            names = [value["name"] for value in body["values"]]
            body["values"] = [value["value"] for value in body["values"]]
            body |= {"names": names} if any(name is not None for name in names) else {}
        return {"body": body}


class _Checks:
    """The limits of a form's field, which stand among its members."""

    def write(self, part: Part) -> Iterable[Node]:
        return [Node(_word(name), [value]) for name, value in part["checks"].items()]

    def read(self, node: Node) -> Part:
        found = {name: node.find(_word(name)) for name in CHECKS}
        return {name: check.values[0] for name, check in found.items() if check is not None}


def known_properties() -> dict[str, set[str]]:
    """Those of each part's node."""
    known: dict[str, set[str]] = {}
    for name, layout in (*LAYOUTS.items(), ("struct", _BODIES["struct"]), ("enum", _ENUM)):
        for node, inner in _layouts(name, layout):
            known.setdefault(node, set()).update(map(_word, inner.properties))
    return known


def _layouts(name: str, layout: Layout) -> Iterator[tuple[str, Layout]]:
    """The layout and those inside, by the names of their nodes."""
    yield name, layout
    for inside in layout.inside:
        if isinstance(inside, One | Each | Together) and isinstance(inside.form, Layout):
            yield from _layouts(inside.name, inside.form)


def _word(member: str) -> str:
    return member.replace("_", "-")


def _given(member: str, value: Any) -> Part:
    return {} if value is _ABSENT else {member: value}


_DESCRIBED = {"description": None}
_CAMEL, _AUTH, _INPUT, _SHAPE = One("camel"), One("auth"), One("input"), One("shape", _Wrapped(), _ABSENT)
_AFFECTS = Each("affects", "affects", Layout("context", {"function": None}))
_FIELD = Layout("name", dict.fromkeys(("required", "default", "description"), _ABSENT), (_Bare(),))
_ENUM = Layout(None, {}, (Each("values", "value", Layout("value", {"name": None})),))
_BODIES = {
    "struct": Layout(None, {}, (Each("fields", "field", _FIELD),)),
    "alias": Layout(None, {}, (_Bare(),)),
}
_MERGE = Layout("context", dict.fromkeys(("slot", "mode", "key", "place"), _ABSENT))
_ERROR = Layout("code", {"status": _ABSENT, **_DESCRIBED}, (One("data"),))
_PARAM = Layout("name", {"required": _ABSENT}, (_SHAPE, One("shared_by", _Listed(), _ABSENT)))
_CHOICE = Layout("value", dict.fromkeys(("label", "group"), _ABSENT))
_FORM_FIELD = Layout(
    "name",
    {"required": _ABSENT},
    (
        _SHAPE,
        Mark("strip", _ABSENT),
        _Checks(),
        Each("patterns", "pattern", perhaps=True),
        Each("extensions", "extension", perhaps=True),
        Each("choices", "choice", _CHOICE, perhaps=True),
        Mark("disabled", _ABSENT),
        *(One(name, missing=_ABSENT) for name in (*FIELD_TEXTS, "initial")),
    ),
)
LAYOUTS = {
    "type": Layout("name", {"description": _ABSENT}, (_Body(),)),
    "function": Layout(
        "name",
        {**_DESCRIBED, "idempotent": False},
        (
            *(_CAMEL, One("transport"), _AUTH, One("context")),
            One("cache", Layout(None, {"ttl": None, "shared": _ABSENT})),
            *(_AFFECTS, Each("merge", "merge", _MERGE), Each("errors", "error", _ERROR, perhaps=True), _INPUT),
            Together("output", Layout("output", {"nullable": _ABSENT})),
        ),
    ),
    "context": Layout("name", {}, (Each("functions", "function"), Each("params", "param", _PARAM))),
    "channel": Layout("name", {**_DESCRIBED, "presence": False}, (_CAMEL, _AUTH, *map(One, MESSAGES))),
    "form": Layout(
        "name",
        _DESCRIBED,
        (
            *(_CAMEL, One("title"), One("submit_label"), Mark("live_validation")),
            *(One("many", Layout(None, dict.fromkeys(BOUNDS))), Each("fields", "field", _FORM_FIELD)),
        ),
    ),
    "view": Layout("name", _DESCRIBED, (_CAMEL, One("path"), Each("methods", "method"), _AUTH, _AFFECTS, _INPUT)),
    "composition": Layout("name", _DESCRIBED, (Each("contexts", "context"),)),
}
"""By the names of nodes, in the order that they are written in."""
