"""Compiling the graph (protocol.md section 5)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mizan_core.engine import Engine
from mizan_core.errors import GraphError
from tests.parity import shapes, values
from tests.parity.corruption import broken
from tests.parity.differential import Outcome, Same, exact
from tests.parity.shapes import INTEGER, STRING, Meaning, Shape, alias, list_of, optional, ref, struct, tuple_of
from tests.parity.specifications import (
    Specification,
    contradictory,
    function,
    param,
    specifications,
    type_tables,
)


def describe(same: Same, spec: Any) -> Outcome:
    return same(lambda engine: engine.compile_graph(spec).describe())


def problems(outcome: Outcome) -> tuple[str, ...]:
    assert isinstance(outcome.error, GraphError), outcome
    return outcome.error.problems


def interface(*functions: dict[str, Any], types: dict[str, Shape] | None = None) -> Specification:
    return {"types": types or {}, "functions": [*functions]}


@given(spec=specifications())
def test_engines_agree_on_specifications(same: Same, spec: Specification) -> None:
    before = exact(spec)
    outcome = describe(same, spec)
    assert exact(spec) == before, "an argument is left as it was"
    if outcome.error is None:
        assert_well_formed(spec, outcome.value)


@given(spec=contradictory())
def test_engines_agree_on_contradictions(same: Same, spec: Specification) -> None:
    describe(same, spec)


@given(spec=broken(specifications()))
def test_engines_agree_on_broken_specifications(same: Same, spec: Any) -> None:
    describe(same, spec)


@given(spec=values.anything())
def test_engines_agree_on_anything(same: Same, spec: Any) -> None:
    describe(same, spec)


def test_a_graph_shares_nothing(engine: Engine) -> None:
    spec = interface(PROFILE, function("write", affects=[{"name": "user"}]))
    graph = engine.compile_graph(spec)
    described = exact(graph.describe())
    graph.describe()["functions"]["write"]["affects"].clear()
    spec["functions"].clear()
    assert exact(graph.describe()) == described


def assert_well_formed(spec: Specification, graph: Any) -> None:
    """What the architecture page says of ``describe()``."""
    functions = {item["name"]: item for item in spec["functions"]}
    contexts = {item["context"] for item in functions.values()} - {None}
    assert list(graph["functions"]) == sorted(functions)
    assert list(graph["contexts"]) == sorted(contexts)
    for name, described in graph["contexts"].items():
        members = [item for item in functions.values() if item["context"] == name]
        assert described["functions"] == sorted(item["name"] for item in members)
        assert described["params"] == sorted({known["name"] for item in members for known in item["params"]})
    for name, described in graph["functions"].items():
        assert described["context"] == functions[name]["context"]
        own = {known["name"]: known for known in functions[name]["params"]}
        for target in (*described["affects"], *described["merge"]):
            members = [item for item in functions.values() if item["context"] == target["context"]]
            shared = {
                known["name"]: known["identity"] == own[known["name"]]["identity"]
                for item in members
                for known in item["params"]
                if known["name"] in own
            }
            told_apart_alike = {parameter for parameter, agrees in shared.items() if agrees}
            assert target["scope"] == sorted(target["scope"])
            assert {*target["scope"]} <= (told_apart_alike if functions[name]["auto_scope"] else set())


# Types.


@given(data=st.data(), types=type_tables())
def test_parameters_agree_when_their_types_mean_the_same(same: Same, data: st.DataObject, types: Any) -> None:
    types = data.draw(shapes.twins(types))
    left, right = data.draw(shapes.shapes(types)), data.draw(shapes.shapes(types))
    outcomes = [describe(same, _two_parameters(types, *pair)) for pair in ((left, right), (right, left))]
    for outcome in outcomes:
        assert (outcome.error is None) is Meaning(types).equal(left, right)
    assert describe(same, _two_parameters(types, left, left)).error is None


@given(data=st.data(), types=type_tables())
def test_a_copy_means_the_same_as_its_original(same: Same, data: st.DataObject, types: Any) -> None:
    twins = data.draw(shapes.twins(types))
    name = data.draw(st.sampled_from(sorted(types)))
    left, right = ref(name), ref(f"{name}2")
    for pair in ((left, right), (right, left)):
        outcome = describe(same, _two_parameters(twins, *pair))
        assert (outcome.error is None) is Meaning(twins).equal(left, right)


def _two_parameters(types: dict[str, Shape], left: Shape, right: Shape) -> Specification:
    return interface(
        function("a", context="user", params=[param("p", left)]),
        function("b", context="user", params=[param("p", right)]),
        types=types,
    )


@given(data=st.data(), types=type_tables())
def test_a_merge_finds_its_slot_by_type(same: Same, data: st.DataObject, types: Any) -> None:
    slots = data.draw(st.lists(shapes.shapes(types), min_size=1, max_size=3))
    base = data.draw(st.sampled_from(slots) | shapes.shapes(types))
    result = data.draw(st.sampled_from((base, optional(base), base.get("item", base), list_of(base))))
    readers = [function(f"slot{number}", context="user", output=slot) for number, slot in enumerate(slots)]
    writer = function("write", output=result, merge=[{"name": "user"}])
    outcome = describe(same, interface(*readers, writer, types=types))
    fitting = [reader["name"] for reader in readers if _fits(types, result, reader["output"])]
    if len(fitting) == 1:
        assert outcome.error is None
        described: Any = outcome.value
        (slot,) = (reader["output"] for reader in readers if reader["name"] == fitting[0])
        mode = _mode(types, result, slot)
        assert described["functions"]["write"]["merge"] == [
            {"context": "user", "slot": fitting[0], "scope": [], **mode}
        ]
    else:
        (problem,) = problems(outcome)
        assert all(json.dumps(name) in problem for name in fitting)


def _fits(types: dict[str, Shape], result: Shape, slot: Shape) -> bool:
    meaning = Meaning(types)
    bare, place = _without_optional(types, result), _without_optional(types, slot)
    if meaning.equal(bare, place):
        return True
    return place["kind"] == "list" and meaning.equal(bare, _without_optional(types, place["item"]))


def _mode(types: dict[str, Shape], result: Shape, slot: Shape) -> dict[str, str]:
    """How a slot takes a result when nothing is said of it."""
    place = _without_optional(types, slot)
    if Meaning(types).equal(_without_optional(types, result), place):
        return {"mode": "replace"}
    item = _resolved(types, place["item"])
    key = next((member for member in item.get("fields", ()) if member["name"] == "id"), None)
    if key is None or not key["required"] or _resolved(types, key["shape"])["kind"] not in ("primitive", "enum"):
        return {"mode": "refetch"}
    return {"mode": "upsert", "key": "id", "place": "refetch"}


def _resolved(types: dict[str, Shape], shape: Shape) -> Shape:
    """The shape behind names."""
    while shape["kind"] == "ref":
        body = types[shape["name"]]
        shape = body["shape"] if body["kind"] == "alias" else body
    return shape


def _without_optional(types: dict[str, Shape], shape: Shape) -> Shape:
    seen: set[str] = set()
    while shape["kind"] in ("optional", "ref"):
        if shape["kind"] == "optional":
            shape = shape["item"]
            continue
        if shape["name"] in seen:
            return shape
        seen.add(shape["name"])
        body = types[shape["name"]]
        shape = body["shape"] if body["kind"] == "alias" else body
    return shape


EQUAL_TYPES: dict[str, tuple[dict[str, Shape], Shape, Shape]] = {
    "another name": ({"A": struct(x=INTEGER), "B": struct(x=INTEGER)}, ref("A"), ref("B")),
    "fields in another order": (
        {"A": struct(x=INTEGER, y=STRING), "B": struct(y=STRING, x=INTEGER)},
        ref("A"),
        ref("B"),
    ),
    "an alias": ({"A": alias(list_of(INTEGER))}, ref("A"), list_of(INTEGER)),
    "an alias of an alias": ({"A": alias(ref("B")), "B": alias(STRING)}, ref("A"), STRING),
    "a named list": ({"A": alias(list_of(STRING))}, ref("A"), list_of(STRING)),
    "recursion of another period": (
        {
            "A": struct(next=optional(ref("A"))),
            "B": struct(next=optional(ref("C"))),
            "C": struct(next=optional(ref("B"))),
        },
        ref("A"),
        ref("B"),
    ),
    "recursion unrolled once": (
        {"A": struct(next=optional(ref("A"))), "B": struct(next=optional(ref("A")))},
        ref("A"),
        ref("B"),
    ),
    "a union in another order": (
        {},
        {"kind": "union", "items": [INTEGER, STRING]},
        {"kind": "union", "items": [STRING, INTEGER]},
    ),
    "other limits": (
        {},
        {**INTEGER, "min": 1, "max": 9},
        {**INTEGER, "format": "int64", "exclusive_min": 0},
    ),
    "limits deep inside": (
        {"A": struct(x=list_of({**STRING, "max_length": 3})), "B": struct(x=list_of(STRING))},
        ref("A"),
        ref("B"),
    ),
    "another length of a list": ({}, {**list_of(STRING), "min_length": 1}, list_of(STRING)),
    "a discriminator": (
        {},
        {"kind": "union", "items": [INTEGER, STRING], "discriminator": "kind"},
        {"kind": "union", "items": [INTEGER, STRING]},
    ),
    "equal tuples": ({"A": alias(INTEGER)}, tuple_of(ref("A"), STRING), tuple_of(INTEGER, STRING)),
    "an enum with names": (
        {"A": {"kind": "enum", "values": ["a", 1], "names": ["TEXT", None]}},
        ref("A"),
        {"kind": "enum", "values": ["a", 1]},
    ),
    "other words about a field": (
        {
            "A": {"kind": "struct", "fields": [{**struct(x=INTEGER)["fields"][0], "description": "X."}]},
            "B": struct(x=INTEGER),
        },
        ref("A"),
        ref("B"),
    ),
    "an enum in another order": ({}, {"kind": "enum", "values": ["a", 1]}, {"kind": "enum", "values": [1, "a"]}),
}
DIFFERENT_TYPES: dict[str, tuple[dict[str, Shape], Shape, Shape]] = {
    "another primitive": ({}, INTEGER, STRING),
    "another format": ({}, STRING, {**STRING, "format": "uuid"}),
    "optional": ({}, INTEGER, optional(INTEGER)),
    "required": (
        {"A": struct(x=INTEGER), "B": {**struct(), "fields": [{"name": "x", "required": False, "shape": INTEGER}]}},
        ref("A"),
        ref("B"),
    ),
    "a field more": ({"A": struct(x=INTEGER), "B": struct(x=INTEGER, y=INTEGER)}, ref("A"), ref("B")),
    "deep in a recursion": (
        {
            "A": struct(next=ref("A"), x=INTEGER),
            "B": struct(next=ref("C"), x=INTEGER),
            "C": struct(next=ref("B"), x=STRING),
        },
        ref("A"),
        ref("B"),
    ),
    "text and integer in an enum": ({}, {"kind": "enum", "values": ["1"]}, {"kind": "enum", "values": [1]}),
    "tuples in another order": ({}, tuple_of(STRING, INTEGER), tuple_of(INTEGER, STRING)),
    "tuples of another length": ({}, tuple_of(STRING), tuple_of(STRING, STRING)),
    "tuple and list": ({}, tuple_of(STRING), list_of(STRING)),
    "list and map": ({}, list_of(STRING), {"kind": "map", "value": STRING}),
}


@pytest.mark.parametrize(("types", "left", "right"), EQUAL_TYPES.values(), ids=EQUAL_TYPES)
def test_equal_types(same: Same, types: dict[str, Shape], left: Shape, right: Shape) -> None:
    assert describe(same, _two_parameters(types, left, right)).error is None


@pytest.mark.parametrize(("types", "left", "right"), DIFFERENT_TYPES.values(), ids=DIFFERENT_TYPES)
def test_different_types(same: Same, types: dict[str, Shape], left: Shape, right: Shape) -> None:
    (problem,) = problems(describe(same, _two_parameters(types, left, right)))
    assert '"user"' in problem
    assert '"p"' in problem
    assert '"a", "b"' in problem


@st.composite
def _aliases(draw: st.DrawFn) -> dict[str, Shape]:
    """Types that are names of one another, of a string, or a list of one of them."""
    names = [f"T{number}" for number in range(draw(st.integers(1, 6)))]
    others = st.sampled_from(names).map(ref)
    bodies = st.one_of(others.map(alias), others.map(alias), others.map(list_of).map(alias), st.just(alias(STRING)))
    return draw(st.fixed_dictionaries(dict.fromkeys(names, bodies)))


@given(types=_aliases())
def test_an_alias_that_leads_back_to_itself_is_refused(same: Same, types: dict[str, Shape]) -> None:
    """It would equal every type."""
    rings = [name for name in types if name in shapes.named_by(types, name)]
    outcome = describe(same, interface(types=types))
    if not rings:
        assert outcome.error is None
    else:
        assert type(outcome.error) is ValueError
        assert str(outcome.error) in [f"spec.types.{name}: the alias leads back to itself" for name in rings]


def _chain(prefix: str, length: int, end: Shape) -> dict[str, Shape]:
    """Types each of which is a list of the next; the last is *end*."""
    links = {f"{prefix}{number}": alias(list_of(ref(f"{prefix}{number + 1}"))) for number in range(length)}
    return {**links, f"{prefix}{length}": alias(end)}


@pytest.mark.parametrize("end", [INTEGER, STRING])
def test_a_chain_of_types_may_be_longer_than_a_stack(same: Same, end: Shape) -> None:
    types = {**_chain("A", 5_000, INTEGER), **_chain("B", 5_000, end)}
    outcome = describe(same, _two_parameters(types, ref("A0"), ref("B0")))
    assert (outcome.error is None) is (end is INTEGER)


def test_a_chain_of_aliases_may_be_as_long(same: Same) -> None:
    types = {f"A{number}": alias(ref(f"A{number + 1}")) for number in range(5_000)} | {"A5000": alias(STRING)}
    assert describe(same, _two_parameters(types, ref("A0"), STRING)).error is None


# Targets.

PROFILE = function("user_profile", context="user", params=[param("user_id")], output=STRING)
ORDERS = function("user_orders", context="user", params=[param("user_id")], output=list_of(INTEGER))


def resolved(same: Same, *functions: dict[str, Any], name: str = "write") -> Any:
    outcome = describe(same, interface(*functions))
    assert outcome.error is None, outcome
    graph: Any = outcome.value
    return graph["functions"][name]


def test_a_context_wins_over_a_function_of_its_name(same: Same) -> None:
    namesake = function("user", context="shop", output=STRING)
    write = function("write", affects=[{"name": "user"}, {"function": "user"}])
    assert resolved(same, PROFILE, namesake, write)["affects"] == [
        {"context": "user", "function": None, "scope": []},
        {"context": "shop", "function": "user", "scope": []},
    ]


def test_a_context_object_needs_no_function_here(same: Same) -> None:
    write = function("write", params=[param("user_id")], affects=[{"context": "elsewhere"}])
    assert resolved(same, write)["affects"] == [{"context": "elsewhere", "function": None, "scope": []}]


def test_a_scope_is_shared_by_name_with_any_function_of_the_context(same: Same) -> None:
    write = function("write", params=[param("user_id"), param("other")], affects=[{"name": "user_orders"}])
    described = resolved(same, function("user_name", context="user"), ORDERS, write)
    assert described["affects"] == [{"context": "user", "function": "user_orders", "scope": ["user_id"]}]
    broad = resolved(same, ORDERS, {**write, "auto_scope": False})
    assert broad["affects"] == [{"context": "user", "function": "user_orders", "scope": []}]


@pytest.mark.parametrize(
    ("own", "scope"),
    [
        pytest.param(param("user_id", optional(INTEGER)), ["user_id"], id="null aside one type"),
        pytest.param(param("user_id", STRING), [], id="another type"),
        pytest.param(param("user_id", identity="lower-case"), [], id="told apart in another way"),
        pytest.param(param("user_id", identity=None), [], id="not told apart"),
    ],
)
def test_what_is_understood_otherwise_narrows_nothing(same: Same, own: Any, scope: list[str]) -> None:
    described = resolved(same, ORDERS, function("write", params=[own], affects=[{"name": "user"}]))
    assert described["affects"] == [{"context": "user", "function": None, "scope": scope}]


def test_what_nobody_tells_apart_narrows_nothing(same: Same) -> None:
    loose = param("user_id", identity=None)
    read = function("user_orders", context="user", params=[loose], output=INTEGER)
    described = resolved(same, read, function("write", params=[loose], affects=[{"name": "user"}]))
    assert described["affects"] == [{"context": "user", "function": None, "scope": []}]


def test_equal_targets_count_once_in_declaration_order(same: Same) -> None:
    targets = [{"name": "user_orders"}, {"name": "user"}, {"context": "user"}, {"function": "user_orders"}]
    described = resolved(same, PROFILE, ORDERS, function("write", affects=targets))
    assert [target["function"] for target in described["affects"]] == ["user_orders", None]


@pytest.mark.parametrize(
    ("target", "hint"),
    [
        pytest.param({"name": "usr"}, 'did you mean "user"?', id="a letter left out"),
        pytest.param({"name": "user_order"}, '"user_orders"', id="of a function"),
        pytest.param({"name": "lonely"}, None, id="a function outside of contexts"),
        pytest.param({"name": "entirely-different"}, None, id="nothing near"),
        pytest.param({"function": "lonely"}, None, id="a function object outside of contexts"),
        pytest.param({"function": "nowhere"}, None, id="a function object not registered"),
        pytest.param({"context": "no context name"}, None, id="a Context of a wrong name"),
        pytest.param({"name": "x\r\ny"}, None, id="control characters"),
    ],
)
@pytest.mark.parametrize("word", ["affects", "merge"])
def test_unknown_targets(same: Same, word: str, target: dict[str, str], hint: str | None) -> None:
    write = function("write", output=STRING, **{word: [target]})
    (problem,) = problems(describe(same, interface(PROFILE, ORDERS, function("lonely"), write)))
    assert '"write"' in problem
    assert word in problem
    assert json.dumps(next(iter(target.values()))) in problem
    assert ("did you mean" in problem) is (hint is not None)
    assert hint is None or hint in problem


def test_merges(same: Same) -> None:
    replace = function("write", output=optional(STRING), params=[param("user_id")], merge=[{"name": "user"}])
    assert resolved(same, PROFILE, ORDERS, replace)["merge"] == [
        {"context": "user", "slot": "user_profile", "scope": ["user_id"], "mode": "replace"}
    ]
    for output in (INTEGER, list_of(INTEGER), optional(list_of(INTEGER))):
        upsert = function("write", output=output, merge=[{"name": "user"}])
        assert resolved(same, PROFILE, ORDERS, upsert)["merge"][0]["slot"] == "user_orders"


ITEM = {"Item": struct(id=INTEGER, sku=STRING, tags=list_of(STRING)), "Bare": struct(sku=STRING)}
ITEMS = function("items", context="shop", output=list_of(ref("Item")))
BARE = function("bare", context="bare", output=list_of(ref("Bare")))


@pytest.mark.parametrize(
    ("said", "mode"),
    [
        ({}, {"mode": "upsert", "key": "id", "place": "refetch"}),
        ({"place": "append"}, {"mode": "upsert", "key": "id", "place": "append"}),
        ({"place": "prepend", "key": "sku"}, {"mode": "upsert", "key": "sku", "place": "prepend"}),
        ({"key": "sku"}, {"mode": "upsert", "key": "sku", "place": "refetch"}),
    ],
)
def test_items_of_a_list(same: Same, said: dict[str, str], mode: dict[str, str]) -> None:
    write = function("write", output=optional(ref("Item")), merge=[{"name": "shop", **said}])
    described: Any = describe(same, interface(ITEMS, write, types=ITEM)).value
    assert described["functions"]["write"]["merge"] == [{"context": "shop", "slot": "items", "scope": [], **mode}]


@pytest.mark.parametrize(
    ("output", "mode"),
    [
        (list_of(ref("Item")), {"mode": "replace"}),
        (ref("Item"), {"mode": "upsert", "key": "id", "place": "refetch"}),
    ],
)
def test_a_list_takes_itself_whole(same: Same, output: Shape, mode: dict[str, str]) -> None:
    write = function("write", output=output, merge=[{"name": "shop"}])
    described: Any = describe(same, interface(ITEMS, write, types=ITEM)).value
    (merge,) = described["functions"]["write"]["merge"]
    assert {name: word for name, word in merge.items() if name in ("mode", "key", "place")} == mode


def test_items_that_nothing_tells_apart_are_read_again(same: Same) -> None:
    write = function("write", output=ref("Bare"), merge=[{"name": "bare"}])
    described: Any = describe(same, interface(BARE, write, types=ITEM)).value
    assert described["functions"]["write"]["merge"][0]["mode"] == "refetch"
    perhaps = function("perhaps", context="bare", output=list_of(optional(ref("Item"))))
    write = function("write", output=ref("Item"), merge=[{"name": "perhaps"}])
    described = describe(same, interface(perhaps, write, types=ITEM)).value
    assert described["functions"]["write"]["merge"][0]["mode"] == "refetch", "null has no key"


@pytest.mark.parametrize(
    ("output", "target", "problem"),
    [
        (
            ref("Bare"),
            {"name": "bare", "place": "append"},
            'needs a field that tells the items of "bare" apart, and "id" is none that all of them have',
        ),
        (
            ref("Item"),
            {"name": "shop", "key": "tags"},
            'needs a field that tells the items of "items" apart, and "tags" is none that all of them have',
        ),
        (
            list_of(ref("Item")),
            {"context": "shop", "place": "append"},
            'is taken by "items" whole; key and place are for a list of it',
        ),
    ],
)
def test_items_that_cannot_be_merged_as_it_is_said(
    same: Same, output: Shape, target: dict[str, str], problem: str
) -> None:
    write = function("write", output=output, merge=[target])
    (found,) = problems(describe(same, interface(ITEMS, BARE, write, types=ITEM)))
    name = json.dumps(target.get("name") or target["context"])
    assert found == f'function "write": merge {name} {problem}'


@pytest.mark.parametrize(
    "target", [{"key": "id"}, {"name": "shop", "place": "top"}, {"name": "shop", "key": None}, {"name": "shop", "x": 1}]
)
def test_merge_targets_of_no_form(same: Same, target: dict[str, Any]) -> None:
    outcome = describe(same, interface(ITEMS, function("write", output=ref("Item"), merge=[target]), types=ITEM))
    assert type(outcome.error) is ValueError
    assert str(outcome.error).startswith("spec.functions[1].merge[0]")


@pytest.mark.parametrize(
    ("output", "target", "listed"),
    [
        pytest.param(STRING, {"name": "user"}, ["user_name", "user_profile"], id="ambiguous"),
        pytest.param({"kind": "any"}, {"name": "user"}, ["user_name", "user_orders", "user_profile"], id="none fits"),
        pytest.param(STRING, {"name": "user_orders"}, [], id="the function named does not fit"),
        pytest.param(STRING, {"context": "elsewhere"}, [], id="a context without functions"),
        pytest.param(None, {"name": "user"}, [], id="no result"),
    ],
)
def test_merges_that_resolve_to_no_slot(same: Same, output: Shape | None, target: Any, listed: list[str]) -> None:
    name = function("user_name", context="user", output=STRING)
    view = function("user_page", context="user", output=None)
    write = function("write", output=output, merge=[target])
    (problem,) = problems(describe(same, interface(PROFILE, ORDERS, name, view, write)))
    _, _, said = problem.partition(": merge ")
    functions = ("user_name", "user_orders", "user_page", "user_profile")
    named = next(iter(target.values()))
    assert [name for name in functions if f'"{name}"' in said and name != named] == listed


def test_all_problems_are_told_at_once(same: Same) -> None:
    outcome = describe(
        same,
        interface(
            function("1st"),
            function("twice"),
            function("twice"),
            function("placed", context="no context"),
            function("both", context="user", affects=[{"context": "user"}]),
            function("a", context="user", params=[param("p", INTEGER)]),
            function("b", context="user", params=[param("p", STRING)]),
            function("write", affects=[{"name": "usr"}, {"name": "shop"}], merge=[{"name": "user"}]),
        ),
    )
    found = problems(outcome)
    for word in ("1st", "twice", "no context", "both", '"p"', '"usr"', '"shop"', '"write": merge'):
        assert any(word in problem for problem in found), word
    assert all(problem in str(outcome.error) for problem in found)


@pytest.mark.parametrize("length", [127, 128, 129])
def test_name_limit(same: Same, length: int) -> None:
    for spec in (function("f" * length), function("f", context="c" * length)):
        outcome = describe(same, interface(spec))
        assert outcome.kind is (None if length <= 128 else GraphError)


@pytest.mark.parametrize("kind", ["file", "Upload", ""])
def test_an_unknown_kind_is_no_shape(same: Same, kind: str) -> None:
    for where, spec in {
        "functions[0].output": interface(function("f", output={"kind": kind})),
        "types.T.shape": interface(types={"T": alias({"kind": kind})}),
    }.items():
        outcome = describe(same, spec)
        assert type(outcome.error) is ValueError
        assert str(outcome.error).startswith(f"spec.{where}.kind: expected one of primitive, ref, list, map, ")
