"""Plans of calls: their answers (protocol.md sections 6 to 8), and what they make stale in the cache (section 10)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mizan_core.engine import Engine, pure
from mizan_core.live.frames import result_frame
from tests.parity import values
from tests.parity.differential import Same
from tests.parity.shapes import INTEGER, STRING, list_of, optional, ref
from tests.parity.specifications import PARAMETERS, Specification, function, param, specifications

SECRET = "a-secret-for-plan-tests-0123456789abc"
SMALL = st.sampled_from((0, 1, "x", None))
"""Few values, so that those of a call and of an entry are often equal."""
JSON = st.dictionaries(st.sampled_from(PARAMETERS), SMALL)
ANYTHING = st.dictionaries(st.sampled_from(PARAMETERS), values.json_values() | values.anything(), max_size=3)


@st.composite
def calls(draw: st.DrawFn, arguments: st.SearchStrategy[Any] = JSON) -> tuple[str, Any, Any, tuple[str, ...]]:
    """A call of one of the mutations: arguments, their identities, and the names of those that have none."""
    args = draw(arguments)
    unidentified = draw(st.sets(st.sampled_from(PARAMETERS), max_size=1))
    identities = {name: value for name, value in args.items() if name not in unidentified}
    return f"write-{draw(st.integers(0, 3))}", args, identities, tuple(unidentified)


def tags_of(engine: Engine, spec: Specification, *made: Any) -> list[str]:
    graph = engine.compile_graph(spec)
    return engine.CacheKeyer(SECRET).call_tags([engine.plan_call(graph, *call) for call in made])


# Any input.


@given(spec=specifications(), made=st.lists(calls(ANYTHING), min_size=1, max_size=3), result=values.json_values())
def test_engines_agree(same: Same, spec: Specification, made: Any, result: Any) -> None:
    body = pure.canonical_json(result)

    def answer(engine: Engine) -> object:
        graph = engine.compile_graph(spec)
        plan, *nested = [engine.plan_call(graph, *call) for call in made]
        said = plan.finish(body), plan.finish(body, nested), plan.finish(body, nested, b"[" + body + b"]")
        return said, engine.stale_entries([plan, *nested])

    same(answer)
    same(lambda engine: tags_of(engine, spec, *made))


@given(spec=specifications(), made=calls(), result=values.json_values())
def test_a_socket_says_of_data_what_http_says_of_the_result(
    same: Same, spec: Specification, made: Any, result: Any
) -> None:
    body: Any = same(
        lambda engine: engine.plan_call(engine.compile_graph(spec), *made).finish(pure.canonical_json(result))[0]
    ).value
    if body is not None:
        # Python reads no integer of more than 4,300 digits.
        envelope = json.loads(body, parse_int=str)
        data = envelope.pop("result")
        said = json.loads(result_frame(7, body), parse_int=str)
        assert said == {"id": "7", "ok": True, "data": data, **envelope}


@given(spec=specifications())
def test_engines_agree_on_fingerprints(same: Same, spec: Specification) -> None:
    text: Any = same(lambda engine: engine.compile_graph(spec).fingerprint()).value
    if text is not None:
        assert pure.canonical_json(json.loads(text)).decode() == text


@pytest.mark.parametrize("plans", [None, 5, "ab", [5], [None], {}])
def test_what_is_no_plan(same: Same, plans: Any) -> None:
    graph = {"types": {}, "functions": [function("ping")]}
    for call in (
        lambda engine: engine.stale_entries(plans),
        lambda engine: engine.CacheKeyer(SECRET).call_tags(plans),
        lambda engine: engine.plan_call(engine.compile_graph(graph), "ping", {}, {}).finish(b"1", plans),
        lambda engine: engine.plan_call(engine.compile_graph(graph), "ping", {}, {}).finish(b"1", (), "[]"),
    ):
        assert same(call).kind is TypeError


# What it means.


@given(spec=specifications(), call=calls(), params=JSON)
def test_a_purge_reaches_every_entry_that_the_call_may_concern(
    same: Same, spec: Specification, call: Any, params: dict[str, Any]
) -> None:
    """By brute force: an entry is concerned unless a parameter surely tells it from the call."""
    purged: Any = same(lambda engine: tags_of(engine, spec, call)).value
    if purged is None:  # a contradiction, or no such mutation
        return
    graph = pure.compile_graph(spec).describe()
    keyer = pure.CacheKeyer(SECRET)
    functions = {item["name"]: item for item in spec["functions"]}
    described = graph["functions"][call[0]]
    for context in {target["context"] for target in (*described["affects"], *described["merge"])} & {
        *graph["contexts"]
    }:
        members = [item for item in functions.values() if item["context"] == context]
        own = {name: value for name, value in params.items() if any(_param(item, name) for item in members)}
        _, tags = keyer.key_and_tags(context, own, scopes=graph["contexts"][context]["scopes"])
        if not _surely_another(spec, functions[call[0]], members, call, own):
            assert {*purged} & {*tags}, (context, own)


def _surely_another(spec: Specification, mutation: Any, members: list[Any], call: Any, own: dict[str, Any]) -> bool:
    _, _, identities, unidentified = call
    if not mutation["auto_scope"]:
        return False
    for name, value in own.items():
        given_value = identities.get(name)
        if value is None or given_value is None or name in unidentified:
            continue
        declared = [item for item in (_param(member, name) for member in (mutation, *members)) if item is not None]
        names = {item["identity"] for item in declared}
        comparable = len(names) == 1 and None not in names and _param(mutation, name) is not None
        if comparable and len({_bare(item["shape"]) for item in declared}) == 1 and value != given_value:
            return True
    return False


def _param(item: Any, name: str) -> Any:
    return next((known for known in item["params"] if known["name"] == name), None)


def _bare(shape: Any) -> str:
    return json.dumps(shape["item"] if shape["kind"] == "optional" else shape, sort_keys=True)


def interface(own: dict[str, Any], *theirs: dict[str, Any], **types: Any) -> Specification:
    readers = [function(f"reader{number}", context="user", params=[item]) for number, item in enumerate(theirs)]
    return {"types": types, "functions": [*readers, function("write", params=[own], affects=[{"context": "user"}])]}


NARROWING = {
    "the same": interface(param("p"), param("p")),
    "optional in the mutation": interface(param("p", optional(INTEGER), False), param("p")),
    "optional in the context": interface(param("p"), param("p", optional(INTEGER), False)),
    "an alias": interface(param("p", ref("Id")), param("p"), Id={"kind": "alias", "shape": INTEGER}),
    "in all of several": interface(param("p"), param("p"), param("p")),
    "an item": interface(param("p", list_of(STRING)), param("p", list_of(STRING))),
}
BROAD = {
    "another shape": interface(param("p", STRING), param("p")),
    "another identity": interface(param("p", identity="str"), param("p")),
    "another identity in one of several": interface(param("p"), param("p"), param("p", identity="other")),
    "no identity": interface(param("p", identity=None), param("p", identity=None)),
    "no identity in the mutation": interface(param("p", identity=None), param("p")),
    "no identity in the context": interface(param("p"), param("p", identity=None)),
    "another item": interface(param("p", list_of(STRING)), param("p", list_of(INTEGER))),
}


@pytest.mark.parametrize("spec", NARROWING.values(), ids=NARROWING)
def test_what_narrows(same: Same, spec: Specification) -> None:
    graph = _described(same, spec)
    assert graph["functions"]["write"]["purges"] == [{"context": "user", "narrowing": ["p"]}]
    assert graph["contexts"]["user"]["scopes"] == [["p"]]
    assert len(tags(same, spec, {"p": 1})) == 2


@pytest.mark.parametrize("spec", BROAD.values(), ids=BROAD)
def test_what_does_not_narrow(same: Same, spec: Specification) -> None:
    graph = _described(same, spec)
    assert graph["functions"]["write"]["purges"] == [{"context": "user", "narrowing": []}]
    assert graph["contexts"]["user"]["scopes"] == []
    assert tags(same, spec, {"p": 1}) == ["tag:user"]


def tags(same: Same, spec: Specification, identities: dict[str, Any], *unidentified: str) -> Any:
    return same(lambda engine: tags_of(engine, spec, ("write", identities, identities, unidentified))).value


@pytest.mark.parametrize(("optional_ones", "narrows"), [(4, True), (5, False)])
def test_optional_parameters_that_are_too_many(same: Same, optional_ones: int, narrows: bool) -> None:
    params = [param("always"), *(param(f"p{number}", required=False) for number in range(optional_ones))]
    spec = {
        "types": {},
        "functions": [
            function("read", context="user", params=params),
            function("write", params=params, affects=[{"name": "user"}]),
        ],
    }
    graph = _described(same, spec)
    [purge] = graph["functions"]["write"]["purges"]
    assert len(purge["narrowing"]) == (1 + optional_ones if narrows else 1)
    assert len(graph["contexts"]["user"]["scopes"]) == (2**optional_ones if narrows else 1)


def test_scopes_that_are_too_many(same: Same) -> None:
    """Every purge of the context is broad then."""
    names = [f"p{number}" for number in range(33)]
    writers = [function(f"write{name}", params=[param(name)], affects=[{"name": "user"}]) for name in names]
    reader = function("read", context="user", params=[param(name) for name in names])
    for kept, scopes in ((32, 32), (33, 0)):
        spec = {"types": {}, "functions": [reader, *writers[:kept]]}
        graph = _described(same, spec)
        assert len(graph["contexts"]["user"]["scopes"]) == scopes
        purges = [graph["functions"][writer["name"]]["purges"][0]["narrowing"] for writer in writers[:kept]]
        assert all(bool(narrowing) is bool(scopes) for narrowing in purges)


def _described(same: Same, spec: Specification) -> Any:
    return same(lambda engine: engine.compile_graph(spec).describe()).value


def test_a_call_without_what_narrows_it(same: Same) -> None:
    both = [param("a"), param("b", required=False)]
    spec = {
        "types": {},
        "functions": [
            function("read", context="user", params=both),
            function("write", params=both, affects=[{"name": "user"}, {"name": "read"}]),
        ],
    }
    keyer = pure.CacheKeyer(SECRET)
    assert tags(same, spec, {"a": 1, "b": 2}) == keyer.purge_tags("user", {"a": 1, "b": 2})
    assert tags(same, spec, {"a": 1}) == keyer.purge_tags("user", {"a": 1})
    assert tags(same, spec, {"a": 1, "b": None}) == keyer.purge_tags("user", {"a": 1})
    for broad in ({"b": 2}, {"a": None, "b": 2}, {}):
        assert tags(same, spec, broad) == ["tag:user"]
    assert tags(same, spec, {"a": 1}, "b") == ["tag:user"]


SPEC: Specification = {
    "types": {},
    "functions": [
        function("profile", context="user", params=[param("id")], output=STRING),
        function("rename", params=[param("id")], output=STRING, affects=[{"name": "user"}], merge=[{"name": "user"}]),
        function("touch", params=[param("id")], affects=[{"name": "user"}]),
    ],
}


def test_nested_calls(same: Same) -> None:
    def answer(engine: Engine) -> object:
        graph = engine.compile_graph(SPEC)
        first, second = (engine.plan_call(graph, "rename", {"id": number}, {"id": number}) for number in (1, 2))
        touch = engine.plan_call(graph, "touch", {"id": 1}, {"id": 1})
        return (
            touch.finish(b"0", [first, second]),
            engine.stale_entries([first, first, touch]),
            engine.CacheKeyer(SECRET).call_tags([first, touch, first]),
        )

    found: Any = same(answer).value
    (body, header), stale, tags = found
    one: Any = [
        {"context": "user", "params": {"id": 1}},
        {"context": "user", "function": "profile", "params": {"id": 1}},
    ]
    two: Any = [
        {"context": "user", "params": {"id": 2}},
        {"context": "user", "function": "profile", "params": {"id": 2}},
    ]
    assert json.loads(body) == {"result": 0, "invalidate": [*one, *two]}
    assert header == "user;id=1, user;id=2"
    assert stale == one
    assert tags == pure.CacheKeyer(SECRET).purge_tags("user", {"id": 1})


def test_what_decides_tags_decides_the_fingerprint(same: Same) -> None:
    def text(spec: Specification) -> Any:
        return same(lambda engine: engine.compile_graph(spec).fingerprint()).value

    specs = [
        *NARROWING.values(),
        interface(param("q"), param("q")),
        interface(param("p", identity="x"), param("p", identity="x")),
    ]
    assert len({text(spec) for spec in specs}) >= 5
    assert len({text(spec) for spec in BROAD.values()}) == 1
    wider = {**SPEC, "functions": [*SPEC["functions"], function("ping")]}
    assert text(wider) == text(SPEC)
