"""Tags of entries and of purges (protocol.md section 10)."""

from __future__ import annotations

import hmac
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mizan_core.engine import Engine, pure
from tests.parity import subclasses, values
from tests.parity.differential import Outcome, Same
from tests.parity.plain_form import hashed, plain
from tests.parity.values import MAX_DEPTH, MAX_INTEGER

SECRET = "a-secret-for-cache-tags"

NAMES = st.sampled_from(("a", "b", "c", 'é\n"', "null")) | values.texts()
SCALARS = st.sampled_from((None, "null", "", "5", 5, 5.0, True, [None], {"a": None})) | values.json_values()
PARAMS = values.plain_dicts(NAMES, SCALARS)
SCOPES = st.lists(st.lists(NAMES, max_size=4), max_size=4)

GOOD_ARGUMENTS: dict[str, values.Values] = {
    "context": values.texts(),
    "params": st.none() | PARAMS,
    "user_id": st.none() | values.texts().filter(bool),
    "rev": st.integers(0, MAX_INTEGER),
    "vary": st.none() | values.plain_dicts(values.texts(), values.json_values()),
    "scopes": st.none() | SCOPES,
}
ANY_NAMES = values.any_texts() | st.builds(subclasses.SafeText, NAMES)
ANY_SCOPE = values.mostly(st.lists(ANY_NAMES, max_size=4))
ANY_SCOPES = values.mostly(
    st.lists(ANY_SCOPE | ANY_SCOPE.filter(lambda scope: type(scope) is list).map(subclasses.Rows), max_size=4)
)
ANY_VALUES: dict[str, values.Values] = {
    **GOOD_ARGUMENTS,
    "context": values.any_texts() | st.builds(subclasses.SafeText, values.texts()),
    "params": st.none() | values.plain_dicts(values.any_texts(), values.anything()),
    "user_id": st.none() | values.any_texts(),
    "rev": values.integers(),
    "scopes": st.none() | st.lists(st.lists(ANY_NAMES, max_size=4), max_size=4) | SCOPES.map(subclasses.Rows),
}
"""Of the right types; of several arguments of wrong ones each engine may refuse another first."""


def keyed(same: Same, **arguments: Any) -> Outcome:
    return same(lambda engine: engine.CacheKeyer(SECRET).key_and_tags(**arguments))


def purged(same: Same, *arguments: Any) -> Outcome:
    return same(lambda engine: engine.CacheKeyer(SECRET).purge_tags(*arguments))


# Any input.


@given(arguments=st.fixed_dictionaries(ANY_VALUES))
def test_engines_agree_on_keys_and_tags(same: Same, arguments: dict[str, Any]) -> None:
    both = keyed(same, **arguments)
    scopes = arguments.pop("scopes")
    derived = same(lambda engine: engine.CacheKeyer(SECRET).derive(**arguments))
    if derived.error is not None:
        assert both.exact() == derived.exact()
    elif both.error is None:
        found: Any = both.value
        assert found[0] == derived.value
    else:
        assert scopes is not None
        assert str(both.error).startswith("scopes: ")


@pytest.mark.parametrize("name", GOOD_ARGUMENTS)
@given(value=values.anything())
def test_one_wrong_argument(same: Same, name: str, value: object) -> None:
    keyed(same, **{"context": "user", "params": {"id": 5}, "user_id": "42", "scopes": [["id"]], name: value})


@given(scopes=ANY_SCOPES, params=PARAMS)
def test_engines_agree_on_scopes(same: Same, scopes: Any, params: dict[str, Any]) -> None:
    keyed(same, context="user", params=params, scopes=scopes)


@given(context=ANY_VALUES["context"], params=ANY_VALUES["params"])
def test_engines_agree_on_purges(same: Same, context: Any, params: Any) -> None:
    purged(same, context, params)


@given(value=values.deep_values())
def test_deep_params(same: Same, value: object) -> None:
    keyed(same, context="c", params={"deep": value}, scopes=[["deep"]])
    purged(same, "c", {"deep": value})


# What it means.


@given(arguments=st.fixed_dictionaries(GOOD_ARGUMENTS))
def test_tags_are_what_the_protocol_says(same: Same, arguments: dict[str, Any]) -> None:
    found: Any = keyed(same, **arguments).value
    context, lists = arguments["context"], arguments["scopes"] or []
    params = plain(arguments["params"] or {})
    scopes = [_scope(params, sorted(set(names))) for names in lists]
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
    found: Any = keyed(same, context="c", params=entry, scopes=[[*scope]]).value
    reached: Any = purged(same, "c", scope).value
    lacks = any(entry.get(name) is None for name in scope)
    equal = all(name in entry and hashed(plain(entry[name])) == hashed(plain(value)) for name, value in scope.items())
    assert bool({*found[1]} & {*reached}) == (lacks or equal)


def test_an_example(same: Same) -> None:
    found: Any = keyed(
        same, context="user", params={"b": 1.0, "a": [2]}, scopes=[["b"], ["b", "a"], ["b", "z"], []]
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
    twice: Any = keyed(same, context="c", params={"a": 1}, scopes=[["b", "a", "b"]]).value
    assert twice == keyed(same, context="c", params={"a": 1}, scopes=[["a", "b"]]).value
    assert twice[1][1] in list(purged(same, "c", {"a": 2, "b": 3}).value)  # type: ignore[call-overload]  # a list


def test_none_and_empty_are_one(engine: Engine) -> None:
    keyer = engine.CacheKeyer(SECRET)
    assert keyer.key_and_tags("c") == keyer.key_and_tags("c", {}, None, 0, {}, []) == (keyer.derive("c"), ["tag:c"])
    assert keyer.purge_tags("c") == keyer.purge_tags("c", {}) == ["tag:c"]


def test_subclasses_count_as_what_they_are(same: Same) -> None:
    name: Any = subclasses.SafeText("user")
    scopes: Any = subclasses.Rows([subclasses.Rows([subclasses.SafeText("a")])])
    plain = keyed(same, context="user", params={"a": 1}, scopes=[["a"]])
    assert keyed(same, context=name, params={"a": 1}, scopes=scopes).exact() == plain.exact()
    assert purged(same, name).value == ["tag:user"]


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        pytest.param({"scopes": {}}, TypeError, "", id="empty dict"),
        pytest.param({"scopes": ()}, TypeError, "", id="tuple"),
        pytest.param({"scopes": 0}, TypeError, "", id="zero"),
        pytest.param({"scopes": ["ab"]}, TypeError, "", id="text as scope"),
        pytest.param({"scopes": [[5]]}, TypeError, "", id="number as name"),
        pytest.param({"scopes": [["\ud800"]]}, ValueError, "scopes: the string holds a lone surrogate", id="surrogate"),
        pytest.param({"user_id": "", "rev": -1}, ValueError, "user_id: must not be empty", id="user before rev"),
    ],
)
def test_refusals(same: Same, arguments: dict[str, Any], error: type[Exception], message: str) -> None:
    outcome = keyed(same, **{"context": "c", **arguments})
    assert outcome.kind is error
    assert error is TypeError or str(outcome.error) == message


def test_purges_that_are_refused(same: Same) -> None:
    wrong: list[tuple[Any, ...]] = [(5, None), ("c", []), ("c", {"a": {1}}), ("c", {5: 1})]
    for arguments in wrong:
        assert purged(same, *arguments).kind is TypeError
    deep = purged(same, "c", {"a": values.nested(MAX_DEPTH - 1)})
    assert deep.kind is ValueError
    assert str(deep.error).startswith("params.a[")


def _scope(params: dict[str, Any], names: list[str]) -> dict[str, Any]:
    if any(params.get(name) is None for name in names):
        return {"w": names}
    return {"s": {name: params[name] for name in names}}


def _tag(context: str, scope: dict[str, Any]) -> str:
    digest = hmac.new(SECRET.encode(), hashed({"c": context, **scope}), "sha256").hexdigest()
    return f"tag:{context}:{digest[:32]}"
