"""Permission keys (protocol.md section 4)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.parity import values
from tests.parity.differential import Same

COLLECTIONS: tuple[Callable[[list[Any]], Any], ...] = (
    list,
    tuple,
    iter,
    dict.fromkeys,
    lambda names: (name for name in names),
)


class Failing:
    def __iter__(self) -> Iterator[str]:
        yield "a"
        raise RuntimeError("the database is away")


class NotIterable:
    __iter__ = None


class BadIterator:
    def __iter__(self) -> int:
        return 5


@given(staff=values.mostly(st.booleans()), superuser=values.mostly(st.booleans()), permissions=values.anything())
def test_engines_agree_on_anything(same: Same, staff: Any, superuser: Any, permissions: Any) -> None:
    same(lambda engine: engine.compute_permission_key(staff, superuser, permissions))


@given(collection=st.sampled_from(COLLECTIONS), names=st.lists(values.texts() | values.any_texts(), max_size=6))
def test_engines_agree_on_collections(same: Same, collection: Callable[[list[Any]], Any], names: list[Any]) -> None:
    same(lambda engine: engine.compute_permission_key(True, False, collection(names)))


@pytest.mark.parametrize("permissions", [Failing(), NotIterable(), BadIterator(), "a.b", b"ab", None, 5])
def test_strange_iterables(same: Same, permissions: Any) -> None:
    assert same(lambda engine: engine.compute_permission_key(True, False, permissions)).error is not None


@given(staff=st.booleans(), superuser=st.booleans(), names=st.lists(values.texts(), max_size=6))
def test_is_the_formula_of_the_protocol(same: Same, staff: bool, superuser: bool, names: list[str]) -> None:
    payload = {"perms": sorted(set(names)), "staff": staff, "super": superuser}
    text = json.dumps(payload, sort_keys=True, separators=(",", ":"))
    expected = hashlib.sha256(text.encode()).hexdigest()[:32]
    assert same(lambda engine: engine.compute_permission_key(staff, superuser, names)).value == expected
    again = [*reversed(names), *names]
    assert same(lambda engine: engine.compute_permission_key(staff, superuser, again)).value == expected
