"""Strategies for graph specifications (docs/engine-data.md)."""

from __future__ import annotations

from functools import cache
from typing import Any, TypeAlias

from hypothesis import strategies as st

from tests.parity import shapes
from tests.parity.shapes import Shape

Specification: TypeAlias = dict[str, Any]

TYPE_NAMES = ("Order", "Profile", "Node", "Loop")
CONTEXTS = ("user", "shop", "cart-1", "global")
PARAMETERS = ("id", "user_id", "q", "é")
PARAMETER_SHAPES: tuple[Shape, ...] = (
    shapes.INTEGER,
    shapes.STRING,
    shapes.optional(shapes.INTEGER),
    {"kind": "primitive", "name": "string", "format": "uuid"},
)
IDENTITIES = st.sampled_from(("a", "a", "a", "b", None))
TYPOS = ("usr", "user_", "User", "shopp", "user_profil", "f0", "nowhere", "", "a\nb", "é" * 200, "user,shop")

_SAID_OF_ITEMS = st.fixed_dictionaries(
    {}, optional={"key": st.sampled_from(("id", "a")), "place": st.sampled_from(("append", "prepend", "refetch"))}
)
"""What ``Merge`` says beside its target."""


def type_tables() -> st.SearchStrategy[dict[str, Shape]]:
    """Named types that may refer to one another and to themselves, but no alias that stands for nothing."""
    return st.integers(1, len(TYPE_NAMES)).flatmap(_type_table).map(shapes.without_rings)


@cache
def _type_table(count: int) -> st.SearchStrategy[dict[str, Shape]]:
    names = TYPE_NAMES[:count]
    body = shapes.bodies(names, st.sampled_from(("id", "name", "next")), st.sampled_from((None, 0, "x")))
    return st.fixed_dictionaries(dict.fromkeys(names, body))


def function(name: str, **members: Any) -> dict[str, Any]:
    """A function of the specification; what is not given is empty."""
    empty: dict[str, Any] = {
        "context": None,
        "params": [],
        "output": None,
        "affects": [],
        "merge": [],
        "auto_scope": True,
        "private": False,
        "auth": None,
    }
    return {"name": name, **empty, **members}


def param(
    name: str, shape: Shape = shapes.INTEGER, required: bool = True, identity: str | None = "int"
) -> dict[str, Any]:
    return {"name": name, "shape": shape, "required": required, "identity": identity}


@st.composite
def specifications(draw: st.DrawFn) -> Specification:
    """Specifications that compile more often than not: their functions make sense, their merges may be ambiguous."""
    types = draw(type_tables())
    agreed = {name: draw(st.sampled_from(PARAMETER_SHAPES)) for name in PARAMETERS}
    readers = [_reader(draw, number, types, agreed) for number in range(draw(st.integers(1, 5)))]
    writers = [_writer(draw, number, types, agreed, readers) for number in range(draw(st.integers(0, 4)))]
    functions = draw(st.permutations([*readers, *writers]))
    return {"types": types, "functions": functions}


@st.composite
def contradictory(draw: st.DrawFn) -> Specification:
    """Well-formed specifications that contradict themselves in several ways at once."""
    spec: Specification = draw(specifications())
    for item in spec["functions"]:
        for fault in draw(st.sets(st.sampled_from(tuple(FAULTS)), max_size=2)):
            FAULTS[fault](draw, item)
    return spec


def _wrong_name(draw: st.DrawFn, item: dict[str, Any]) -> None:
    item["name"] = draw(st.sampled_from(("f0", "user", "1x", "", "a b", "é", "x" * 129, "a.b-c", 'a"b', "_")))


def _wrong_context(draw: st.DrawFn, item: dict[str, Any]) -> None:
    item["context"] = draw(st.sampled_from((None, "user", "a.b", "", "1", "x" * 129, "x" * 128, "a\r\nb")))


def _wrong_type(draw: st.DrawFn, item: dict[str, Any]) -> None:
    name = draw(st.sampled_from(PARAMETERS))
    others = [known for known in item["params"] if known["name"] != name]
    item["params"] = [*others, param(name, draw(st.sampled_from((*PARAMETER_SHAPES, {"kind": "any"}))))]


def _wrong_target(draw: st.DrawFn, item: dict[str, Any]) -> None:
    kind = draw(st.sampled_from(("name", "name", "context", "function")))
    item[draw(st.sampled_from(("affects", "merge")))].append({kind: draw(st.sampled_from((*TYPOS, *CONTEXTS)))})


def _no_output(draw: st.DrawFn, item: dict[str, Any]) -> None:
    item["output"] = None


FAULTS = {
    "name": _wrong_name,
    "context": _wrong_context,
    "type": _wrong_type,
    "target": _wrong_target,
    "output": _no_output,
}


def _params(draw: st.DrawFn, agreed: dict[str, Shape]) -> list[dict[str, Any]]:
    names = draw(st.lists(st.sampled_from(PARAMETERS), unique=True, max_size=3))
    return [param(name, agreed[name], draw(st.booleans()), draw(IDENTITIES)) for name in names]


def _reader(draw: st.DrawFn, number: int, types: dict[str, Shape], agreed: dict[str, Shape]) -> dict[str, Any]:
    output = draw(shapes.shapes(types) | st.none())
    context = draw(st.sampled_from(CONTEXTS))
    return function(f"{context}.f{number}", context=context, params=_params(draw, agreed), output=output)


def _writer(
    draw: st.DrawFn, number: int, types: dict[str, Shape], agreed: dict[str, Shape], readers: list[dict[str, Any]]
) -> dict[str, Any]:
    slot = draw(st.sampled_from(readers))
    merge = draw(st.booleans()) and slot["output"] is not None
    return function(
        f"write-{number}",
        params=_params(draw, agreed),
        output=_fitting(draw, slot["output"]) if merge else draw(shapes.shapes(types) | st.none()),
        affects=draw(st.lists(_targets(readers), max_size=3)),
        merge=[{**draw(st.sampled_from(_names(slot))), **draw(_SAID_OF_ITEMS)}] if merge else [],
        auto_scope=draw(st.sampled_from((True, True, False))),
        private=draw(st.booleans()),
        auth=draw(st.sampled_from((None, "required", "staff", "superuser", "custom"))),
    )


def _targets(readers: list[dict[str, Any]]) -> st.SearchStrategy[dict[str, str]]:
    names = [target for reader in readers for target in _names(reader)]
    return st.sampled_from([*names, {"context": "elsewhere"}])


def _names(reader: dict[str, Any]) -> list[dict[str, str]]:
    """The ways to name a function of a context, or its whole context."""
    return [
        {"function": reader["name"]},
        {"name": reader["name"]},
        {"name": reader["context"]},
        {"context": reader["context"]},
    ]


def _fitting(draw: st.DrawFn, slot: Shape) -> Shape:
    """A result that the slot takes."""
    ways = [slot, shapes.optional(slot)]
    if slot["kind"] == "list":
        ways += [slot["item"], shapes.optional(slot["item"])]
    return draw(st.sampled_from(ways))
