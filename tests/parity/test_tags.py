"""Tags of entries and of purges (protocol.md section 10)."""

from __future__ import annotations

import hmac
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mizan_core.engine import Engine, pure
from tests.parity import impostors, values
from tests.parity.differential import Outcome, Same
from tests.parity.plain_form import hashed, plain
from tests.parity.values import MAX_DEPTH, MAX_INTEGER

SECRET = "a-secret-for-cache-tags"

NAMES = st.sampled_from(("a", "b", "c", 'é\n"', "null")) | values.texts()
SCALARS = st.sampled_from((None, "null", "", "5", 5, 5.0, True, [None], {"a": None})) | values.json_values()
PARAMS = values.plain_dicts(NAMES, SCALARS)
SHAPES = st.lists(st.lists(NAMES, max_size=4), max_size=4)

GOOD_ARGUMENTS: dict[str, values.Values] = {
    "context": values.texts(),
    "params": st.none() | PARAMS,
    "user_id": st.none() | values.texts().filter(bool),
    "rev": st.integers(0, MAX_INTEGER),
    "vary": st.none() | values.plain_dicts(values.texts(), values.json_values()),
    "shapes": st.none() | SHAPES,
}
ANY_NAMES = values.any_texts() | st.builds(impostors.LyingText, NAMES) | st.builds(impostors.Key, NAMES)
ANY_SHAPE = values.mostly(st.lists(ANY_NAMES, max_size=4))
ANY_SHAPES = values.mostly(
    st.lists(ANY_SHAPE | ANY_SHAPE.filter(lambda shape: type(shape) is list).map(impostors.LyingList), max_size=4)
)
ANY_ARGUMENTS: dict[str, values.Values] = {
    **{name: values.mostly(good) for name, good in GOOD_ARGUMENTS.items()},
    "context": values.mostly(values.texts()) | st.builds(impostors.LyingText, values.texts()),
    "params": values.mostly(st.none() | values.plain_dicts(values.any_texts(), values.anything())),
    "shapes": ANY_SHAPES | st.lists(st.lists(NAMES)).map(impostors.LyingList),
}


def plan(same: Same, **arguments: Any) -> Outcome:
    return same(lambda engine: engine.CacheKeyer(SECRET).plan(**arguments))


def purged(same: Same, *arguments: Any) -> Outcome:
    return same(lambda engine: engine.CacheKeyer(SECRET).purge_tags(*arguments))


# Any input.


@given(arguments=st.fixed_dictionaries(ANY_ARGUMENTS))
def test_engines_agree_on_plans(same: Same, arguments: dict[str, Any]) -> None:
    planned = plan(same, **arguments)
    shapes = arguments.pop("shapes")
    derived = same(lambda engine: engine.CacheKeyer(SECRET).derive(**arguments))
    if derived.error is not None:
        assert planned.exact() == derived.exact()
    elif planned.error is None:
        found: Any = planned.value
        assert found[0] == derived.value
    else:
        assert shapes is not None
        assert str(planned.error).startswith("shapes: ")


@pytest.mark.parametrize("name", GOOD_ARGUMENTS)
@given(value=values.anything())
def test_one_wrong_argument(same: Same, name: str, value: object) -> None:
    plan(same, **{"context": "user", "params": {"id": 5}, "user_id": "42", "shapes": [["id"]], name: value})


@given(shapes=ANY_SHAPES, params=PARAMS)
def test_engines_agree_on_shapes(same: Same, shapes: Any, params: dict[str, Any]) -> None:
    plan(same, context="user", params=params, shapes=shapes)


@given(context=ANY_ARGUMENTS["context"], params=ANY_ARGUMENTS["params"])
def test_engines_agree_on_purges(same: Same, context: Any, params: Any) -> None:
    purged(same, context, params)


@given(value=values.deep_values())
def test_deep_params(same: Same, value: object) -> None:
    plan(same, context="c", params={"deep": value}, shapes=[["deep"]])
    purged(same, "c", {"deep": value})


# What it means.


@given(arguments=st.fixed_dictionaries(GOOD_ARGUMENTS))
def test_tags_are_what_the_protocol_says(same: Same, arguments: dict[str, Any]) -> None:
    found: Any = plan(same, **arguments).value
    context, shapes = arguments["context"], arguments["shapes"] or []
    params = plain(arguments["params"] or {})
    scopes = [_scope(params, sorted(set(shape))) for shape in shapes]
    assert found[1] == [f"tag:{context}", *(_tag(context, scope) for scope in scopes)]


@given(context=values.texts(), params=PARAMS)
def test_purges_are_what_the_protocol_says(same: Same, context: str, params: dict[str, Any]) -> None:
    expected = [_tag(context, {"s": plain(params)}), _tag(context, {"w": sorted(params)})]
    assert purged(same, context, params).value == (expected if params else [f"tag:{context}"])


@given(params=PARAMS, scope=st.dictionaries(NAMES, SCALARS, min_size=1, max_size=2), same_values=st.booleans())
def test_a_purge_reaches_the_entries_of_its_scope_and_no_others(
    same: Same, params: dict[str, Any], scope: dict[str, Any], same_values: bool
) -> None:
    entry = {**params, **scope} if same_values else params
    found: Any = plan(same, context="c", params=entry, shapes=[[*scope]]).value
    reached: Any = purged(same, "c", scope).value
    lacks = any(entry.get(name) is None for name in scope)
    equal = all(name in entry and hashed(plain(entry[name])) == hashed(plain(value)) for name, value in scope.items())
    assert bool({*found[1]} & {*reached}) == (lacks or equal)


def test_an_example(same: Same) -> None:
    found: Any = plan(
        same, context="user", params={"b": 1.0, "a": [2]}, shapes=[["b"], ["b", "a"], ["b", "z"], []]
    ).value
    assert found == (
        pure.derive_cache_key(SECRET, "user", {"a": [2], "b": 1}),
        [
            "tag:user",
            _tag("user", {"s": {"b": 1}}),
            _tag("user", {"s": {"a": [2], "b": 1}}),
            _tag("user", {"w": ["b", "z"]}),
            _tag("user", {"s": {}}),
        ],
    )


def test_a_name_counts_once(same: Same) -> None:
    twice: Any = plan(same, context="c", params={"a": 1}, shapes=[["b", "a", "b"]]).value
    assert twice == plan(same, context="c", params={"a": 1}, shapes=[["a", "b"]]).value
    assert twice[1][1] in list(purged(same, "c", {"a": 2, "b": 3}).value)  # type: ignore[call-overload]  # a list


def test_none_and_empty_are_one(engine: Engine) -> None:
    keyer = engine.CacheKeyer(SECRET)
    assert keyer.plan("c") == keyer.plan("c", {}, None, 0, {}, []) == (keyer.derive("c"), ["tag:c"])
    assert keyer.purge_tags("c") == keyer.purge_tags("c", {}) == ["tag:c"]


def test_a_liar_is_read_by_what_it_stores(same: Same) -> None:
    name: Any = impostors.LyingText("user")
    lying: Any = impostors.LyingList([impostors.LyingList([impostors.LyingText("a")])])
    honest = plan(same, context="user", params={"a": 1}, shapes=[["a"]])
    assert plan(same, context=name, params={"a": 1}, shapes=lying).exact() == honest.exact()
    assert purged(same, name).value == ["tag:user"]


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        pytest.param({"shapes": {}}, TypeError, "shapes: expected list, not dict", id="empty dict"),
        pytest.param({"shapes": ()}, TypeError, "shapes: expected list, not tuple", id="tuple"),
        pytest.param({"shapes": 0}, TypeError, "shapes: expected list, not int", id="zero"),
        pytest.param({"shapes": ["ab"]}, TypeError, "shapes: expected list, not str", id="text as shape"),
        pytest.param({"shapes": [[5]]}, TypeError, "shapes: expected str, not int", id="number as name"),
        pytest.param({"shapes": [["\ud800"]]}, ValueError, "shapes: the string holds a lone surrogate", id="surrogate"),
        pytest.param({"shapes": 5, "vary": 5}, TypeError, "vary: expected dict, not int", id="vary before shapes"),
        pytest.param({"shapes": 5, "params": 5}, TypeError, "params: expected dict, not int", id="params first"),
        pytest.param({"rev": -1, "params": 5}, ValueError, f"rev: expected 0 to {MAX_INTEGER}", id="rev before params"),
        pytest.param({"user_id": "", "rev": -1}, ValueError, "user_id: must not be empty", id="user before rev"),
    ],
)
def test_refusals(same: Same, arguments: dict[str, Any], error: type[Exception], message: str) -> None:
    outcome = plan(same, **{"context": "c", **arguments})
    assert outcome.kind is error
    assert str(outcome.error) == message


def test_purges_that_are_refused(same: Same) -> None:
    outcomes = [
        purged(same, 5, 5),
        purged(same, "c", []),
        purged(same, "c", {"a": {1}}),
        purged(same, "c", {5: 1}),
        purged(same, "c", {"a": values.nested(MAX_DEPTH - 1)}),
    ]
    assert [(outcome.kind, str(outcome.error).split("[")[0]) for outcome in outcomes] == [
        (TypeError, "context: expected str, not int"),
        (TypeError, "params: expected dict, not list"),
        (TypeError, "params.a: expected a JSON value, not set"),
        (TypeError, "params: keys must be str, not int"),
        (ValueError, "params.a"),
    ]


def _scope(params: dict[str, Any], names: list[str]) -> dict[str, Any]:
    if any(params.get(name) is None for name in names):
        return {"w": names}
    return {"s": {name: params[name] for name in names}}


def _tag(context: str, scope: dict[str, Any]) -> str:
    digest = hmac.new(SECRET.encode(), hashed({"c": context, **scope}), "sha256").hexdigest()
    return f"tag:{context}:{digest[:32]}"
