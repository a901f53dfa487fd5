"""What a call entails: invalidation, merges and the envelope (protocol.md sections 6 to 8)."""

from __future__ import annotations

import json
from collections import OrderedDict
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mizan_core.engine import Engine, pure
from mizan_core.errors import GraphError
from tests.parity import subclasses, values
from tests.parity.differential import Same, exact
from tests.parity.shapes import INTEGER, STRING, list_of
from tests.parity.specifications import PARAMETERS, Specification, function, param, specifications
from tests.parity.values import MAX_DEPTH

JSON_ARGUMENTS = st.fixed_dictionaries({}, optional=dict.fromkeys(PARAMETERS, values.json_values()))
ANY_ARGUMENTS = st.one_of(
    JSON_ARGUMENTS,
    JSON_ARGUMENTS,
    st.dictionaries(st.sampled_from((*PARAMETERS, "other", "\ud800", 5)), values.anything(), max_size=4),
    JSON_ARGUMENTS.map(OrderedDict),
    JSON_ARGUMENTS.map(subclasses.default_dict),
)
RESULTS = st.one_of(
    values.json_values().map(pure.canonical_json),
    st.sampled_from((b"null", b" null", b"null\n", b"NULL", b"", b"{", b"\xff\x00", b'"\xc3\xa9"', b'{"b":1, "a":2}')),
    st.binary(max_size=20),
)

SPEC: Specification = {
    "types": {},
    "functions": [
        function("profile", context="user", params=[param("user_id")], output=STRING),
        function("orders", context="user", params=[param("user_id"), param("q")], output=list_of(INTEGER)),
        function("notes", context="notes", output=STRING),
        function(
            "rename",
            params=[param("user_id"), param("q"), param("name")],
            output=STRING,
            affects=[{"name": "user"}, {"name": "orders"}, {"name": "notes"}, {"context": "elsewhere"}],
            merge=[{"name": "user"}, {"name": "notes"}],
        ),
        function("order", params=[param("user_id")], output=INTEGER, merge=[{"name": "user"}], auto_scope=False),
        function("ping", output=STRING),
    ],
}


def names(spec: Specification) -> st.SearchStrategy[Any]:
    known = st.sampled_from([item["name"] for item in spec["functions"]])
    return st.one_of(known, known, known, st.sampled_from(("nowhere", "", "\ud800", "a\r\nb")))


@st.composite
def calls(draw: st.DrawFn) -> tuple[Specification, Any]:
    """A specification and the name of a function, mostly one of its own."""
    spec = draw(specifications() | st.just(SPEC))
    return spec, draw(names(spec))


# Any input.


@given(call=calls(), args=ANY_ARGUMENTS)
def test_engines_agree_on_invalidation(same: Same, call: Any, args: Any) -> None:
    spec, name = call
    same(lambda engine: engine.compute_invalidation(engine.compile_graph(spec), name, args))


@given(call=calls(), args=ANY_ARGUMENTS, value=values.json_values())
def test_engines_agree_on_merges(same: Same, call: Any, args: Any, value: Any) -> None:
    spec, name = call
    same(lambda engine: engine.compute_merges(engine.compile_graph(spec), name, args, value))


@given(call=calls(), args=ANY_ARGUMENTS, result=RESULTS | st.builds(subclasses.Payload, RESULTS))
def test_engines_agree_on_responses(same: Same, call: Any, args: Any, result: Any) -> None:
    spec, name = call
    same(lambda engine: engine.encode_response(engine.compile_graph(spec), name, args, result))


@given(name=names(SPEC), args=ANY_ARGUMENTS | values.deep_values().map(lambda value: {"user_id": value}))
def test_engines_agree_on_one_graph(same: Same, name: Any, args: Any) -> None:
    same(lambda engine: engine.compute_invalidation(engine.compile_graph(SPEC), name, args))
    same(lambda engine: engine.compute_merges(engine.compile_graph(SPEC), name, args, "x"))
    same(lambda engine: engine.encode_response(engine.compile_graph(SPEC), name, args, b'"x"'))


@given(value=values.anything())
def test_one_wrong_argument(same: Same, value: Any) -> None:
    for name, args, result in ((value, {}, b"1"), ("rename", value, b"1"), ("rename", {}, value)):
        same(lambda engine: engine.encode_response(engine.compile_graph(SPEC), name, args, result))  # noqa: B023
    for name, args in ((value, {}), ("rename", value)):
        same(lambda engine: engine.compute_invalidation(engine.compile_graph(SPEC), name, args))  # noqa: B023
        same(lambda engine: engine.compute_merges(engine.compile_graph(SPEC), name, args, 1))  # noqa: B023


@given(graph=values.anything(), name=st.just("ping"), args=st.just({}))
def test_engines_agree_on_what_is_no_graph(same: Same, graph: Any, name: Any, args: Any) -> None:
    assert same(lambda engine: engine.compute_invalidation(graph, name, args)).kind is TypeError
    assert same(lambda engine: engine.compute_merges(graph, name, args, 1)).kind is TypeError
    assert same(lambda engine: engine.encode_response(graph, name, args, b"1")).kind is TypeError


@given(parts=st.lists(st.tuples(values.texts(), RESULTS), max_size=4))
def test_engines_agree_on_bundles(same: Same, parts: list[tuple[Any, Any]]) -> None:
    same(lambda engine: engine.encode_bundle(parts))


STRANGE_PARTS: dict[str, Any] = {
    "None": None,
    "a number": 5,
    "text": "ab",
    "a dict": {"a": b"1"},
    "a pair alone": ("a", b"1"),
    "items that are numbers": [5],
    "a name of bytes": [(b"a", b"1")],
    "a result of text": [("a", "1")],
    "a name twice": [("a", b"1"), ("a", b"2")],
    "a name twice, as a subclass": [("a", b"1"), (subclasses.SafeText("a"), b"2")],
    "a lone surrogate": [("\ud800", b"1")],
    "subclasses": subclasses.Rows([(subclasses.SafeText("a"), subclasses.Payload(b"1"))]),
}


@pytest.mark.parametrize("parts", STRANGE_PARTS.values(), ids=STRANGE_PARTS)
def test_engines_agree_on_strange_bundles(same: Same, parts: Any) -> None:
    same(lambda engine: engine.encode_bundle(parts))


# What it means.


@given(call=calls(), args=JSON_ARGUMENTS)
def test_invalidation_is_what_the_specification_says(same: Same, call: Any, args: dict[str, Any]) -> None:
    spec, name = call
    outcome = same(lambda engine: engine.compute_invalidation(engine.compile_graph(spec), name, args))
    if outcome.error is None:
        assert pure.canonical_json(outcome.value) == pure.canonical_json(_invalidation(spec, name, args))
    else:
        assert outcome.kind is GraphError or name not in [item["name"] for item in spec["functions"]]


@given(call=calls(), args=JSON_ARGUMENTS, value=values.json_values())
def test_the_envelope_says_what_the_parts_say(same: Same, call: Any, args: dict[str, Any], value: Any) -> None:
    spec, name = call
    result = json.dumps(_shortened(value), indent=1).encode()
    outcome = same(lambda engine: engine.encode_response(engine.compile_graph(spec), name, args, result))
    if outcome.error is not None:
        return
    answer: Any = outcome.value
    body, header, entries = answer
    graph = pure.compile_graph(spec)
    assert exact(entries) == exact(pure.compute_invalidation(graph, name, args))
    assert header == (None if entries is None else pure.format_invalidate_header(entries))
    assert body.startswith(b'{"result":' + result)
    merges = pure.compute_merges(graph, name, args, _shortened(value))
    assert body.count(b'"value":' + result) >= len(merges or ())
    _assert_body(body, _shortened(value), entries, merges)


def _assert_body(body: bytes, result: Any, entries: Any, merges: Any) -> None:
    parts = {"result": result, "invalidate": entries, "merge": merges}
    expected = {name: part for name, part in parts.items() if name == "result" or part is not None}
    assert json.loads(body, parse_int=_integer) == json.loads(pure.canonical_json(expected), parse_int=_integer)
    assert [name for name in parts if name in expected] == list(json.loads(body, parse_int=_integer))


def _invalidation(spec: Specification, name: str, args: dict[str, Any]) -> list[Any] | None:
    """Section 6, and the last paragraph of the slots of section 7, word by word."""
    functions = {item["name"]: item for item in spec["functions"]}
    contexts = {item["context"] for item in functions.values()} - {None}
    entries: list[Any] = []
    for target in functions[name]["affects"]:
        ((kind, word),) = target.items()
        is_context = kind == "context" or (kind == "name" and word in contexts)
        context = word if is_context else functions[word]["context"]
        entry: dict[str, Any] = {"context": context} if is_context else {"context": context, "function": word}
        params = _scope(functions, functions[name], context, args)
        if params:
            entry["params"] = params
        entries.append(context if entry == {"context": context} else entry)
    for merge in pure.compile_graph(spec).describe()["functions"][name]["merge"]:
        if not _is_determined(functions, functions[name], merge["slot"], args):
            params = _scope(functions, functions[name], merge["context"], args)
            entry = {"context": merge["context"], "function": merge["slot"]}
            entries.append({**entry, "params": params} if params else entry)
    distinct = [entry for index, entry in enumerate(entries) if exact(entry) not in map(exact, entries[:index])]
    return distinct or None


def _is_determined(functions: dict[str, Any], mutation: dict[str, Any], slot: str, args: dict[str, Any]) -> bool:
    own = {known["name"] for known in mutation["params"]} if mutation["auto_scope"] else set()
    needed = {known["name"] for known in functions[slot]["params"]}
    return needed <= own & args.keys()


def _scope(functions: dict[str, Any], mutation: dict[str, Any], context: str, args: dict[str, Any]) -> dict[str, Any]:
    if not mutation["auto_scope"]:
        return {}
    own = {known["name"]: known["identity"] for known in mutation["params"] if known["identity"] is not None}
    theirs: dict[str, set[str | None]] = {}
    for item in functions.values():
        for known in item["params"] if item["context"] == context else ():
            theirs.setdefault(known["name"], set()).add(known["identity"])
    alike = [name for name in sorted(theirs) if {own.get(name, ...)} == theirs[name]]
    return {name: args[name] for name in alike if args.get(name) is not None}


@given(call=calls(), args=JSON_ARGUMENTS)
def test_merges_are_those_of_slots_that_are_determined(same: Same, call: Any, args: dict[str, Any]) -> None:
    spec, name = call
    outcome = same(lambda engine: engine.compute_merges(engine.compile_graph(spec), name, args, 1))
    if outcome.error is not None:
        return
    functions = {item["name"]: item for item in spec["functions"]}
    expected = []
    for merge in pure.compile_graph(spec).describe()["functions"][name]["merge"]:
        if _is_determined(functions, functions[name], merge["slot"], args):
            params = _scope(functions, functions[name], merge["context"], args)
            params |= {known["name"]: args[known["name"]] for known in functions[merge["slot"]]["params"]}
            entry = {"context": merge["context"], "slot": merge["slot"], "value": 1}
            expected.append({**entry, "params": params} if params else entry)
    assert pure.canonical_json(outcome.value) == pure.canonical_json(expected or None)


def test_a_slot_that_a_call_does_not_determine(same: Same) -> None:
    def answer(name: str, args: dict[str, Any]) -> Any:
        return same(lambda engine: engine.encode_response(engine.compile_graph(SPEC), name, args, b"1")).value

    stale = {"context": "user", "function": "orders"}
    expected = (b'{"result":1,"invalidate":[{"context":"user","function":"orders"}]}', "user", [stale])
    assert answer("order", {"user_id": 5}) == expected
    known = {"context": "user", "function": "profile", "params": {"q": "a"}}
    assert answer("rename", {"q": "a"})[2][-1] == known
    assert b'"merge":[{"context":"notes","slot":"notes","value":1}]' in answer("rename", {"q": "a"})[0]
    with_null = answer("rename", {"user_id": None})[0]
    assert b'{"context":"user","params":{"user_id":null},"slot":"profile","value":1}' in with_null


@given(parts=st.dictionaries(values.texts(), values.json_values(), max_size=5))
def test_a_bundle_holds_every_part_under_its_name(same: Same, parts: dict[str, Any]) -> None:
    results = [(name, json.dumps(_shortened(value), indent=1).encode()) for name, value in parts.items()]
    body: Any = same(lambda engine: engine.encode_bundle(results)).value
    assert json.loads(body) == {name: _shortened(value) for name, value in parts.items()}
    assert list(json.loads(body)) == sorted(parts)
    assert all(result in body for _, result in results)
    assert body == same(lambda engine: engine.encode_bundle([*reversed(results)])).value


def test_an_example(same: Same) -> None:
    args = {"user_id": 5, "q": None, "name": "Ada"}
    answer: Any = same(lambda engine: engine.encode_response(engine.compile_graph(SPEC), "rename", args, b' "x"')).value
    body, header, entries = answer
    assert entries == [
        {"context": "user", "params": {"user_id": 5}},
        {"context": "user", "function": "orders", "params": {"user_id": 5}},
        "notes",
        "elsewhere",
    ]
    assert header == "user;user_id=5, notes, elsewhere"
    assert body == (
        b'{"result": "x","invalidate":[{"context":"user","params":{"user_id":5}},'
        b'{"context":"user","function":"orders","params":{"user_id":5}},"notes","elsewhere"],'
        b'"merge":[{"context":"user","params":{"user_id":5},"slot":"profile","value": "x"},'
        b'{"context":"notes","slot":"notes","value": "x"}]}'
    )


def test_nothing_to_say(same: Same) -> None:
    def answer(name: str, result: bytes) -> Any:
        return same(lambda engine: engine.encode_response(engine.compile_graph(SPEC), name, {}, result)).value

    assert answer("ping", b"1") == (b'{"result":1}', None, None)
    assert answer("rename", b"null")[0].endswith(b'{"context":"user","function":"profile"}]}')
    assert same(lambda engine: engine.compute_merges(engine.compile_graph(SPEC), "order", {}, None)).value is None
    assert same(lambda engine: engine.encode_bundle([])).value == b"{}"


@pytest.mark.parametrize(
    ("arguments", "error", "place"),
    [
        pytest.param(("nowhere", {}, b"1"), LookupError, "", id="unknown function"),
        pytest.param((5, {}, b"1"), TypeError, "function: ", id="a number as function"),
        pytest.param(("rename", [], b"1"), TypeError, "args: ", id="a list as args"),
        pytest.param(("rename", {}, "1"), TypeError, "result_json: ", id="text as result"),
        pytest.param(("rename", {}, bytearray(b"1")), TypeError, "result_json: ", id="bytearray as result"),
        pytest.param(("rename", {"user_id": {1}}, b"1"), TypeError, "args.user_id: ", id="a set in scope"),
        pytest.param(("rename", {"user_id": [float("inf")]}, b"1"), ValueError, "args.user_id[0]: ", id="infinity"),
        pytest.param(("rename", {"user_id": "\ud800"}, b"1"), ValueError, "args.user_id: ", id="surrogate"),
    ],
)
def test_refusals(same: Same, arguments: Any, error: type[Exception], place: str) -> None:
    outcome = same(lambda engine: engine.encode_response(engine.compile_graph(SPEC), *arguments))
    assert outcome.error is not None
    assert isinstance(outcome.error, error)
    assert str(outcome.error).startswith(place)


def test_what_is_out_of_scope_is_not_looked_at(same: Same) -> None:
    args: Any = {"name": object(), "\ud800": 1, 5: {6}, "user_id": 1}
    assert same(lambda engine: engine.compute_invalidation(engine.compile_graph(SPEC), "rename", args)).error is None


@pytest.mark.parametrize("levels", [MAX_DEPTH - 8, MAX_DEPTH - 1, MAX_DEPTH, MAX_DEPTH + 1, 1_000])
def test_deep_arguments(same: Same, levels: int) -> None:
    args = {"user_id": values.nested(levels)}
    outcome = same(lambda engine: engine.encode_response(engine.compile_graph(SPEC), "rename", args, b"1"))
    assert outcome.kind is (None if levels <= MAX_DEPTH else ValueError)


def test_a_graph_of_the_other_engine_is_none(native: Engine) -> None:
    for engine, other in ((pure, native), (native, pure)):
        graph: Any = other.compile_graph(SPEC)
        with pytest.raises(TypeError, match="Graph"):
            engine.compute_invalidation(graph, "ping", {})


def _shortened(value: Any) -> Any:
    """The value with integers that ``json`` itself can print."""
    if isinstance(value, bool | float | str | None):
        return value
    if isinstance(value, int):
        return value % 2**80
    if isinstance(value, list):
        return [_shortened(item) for item in value]
    return {name: _shortened(item) for name, item in value.items()}


def _integer(text: str) -> str:
    return f"integer {text}"
