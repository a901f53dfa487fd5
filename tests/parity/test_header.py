"""The header ``X-Mizan-Invalidate`` (protocol.md section 6)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mizan_core.engine import Engine
from tests.parity import values
from tests.parity.corruption import broken
from tests.parity.differential import Same

MAX_BYTES = 4_096
CONTEXTS = ("user", "u", "shop", "cart-1", "_", "x" * 128)

PARAMS = st.dictionaries(values.texts(), values.json_values(), max_size=3)
ENTRIES = st.lists(
    st.one_of(
        st.sampled_from(CONTEXTS),
        st.fixed_dictionaries(
            {"context": st.sampled_from(CONTEXTS)}, optional={"function": values.texts(), "params": PARAMS}
        ),
    ),
    max_size=6,
)
FORM = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*(;[A-Za-z0-9._~%-]*=[A-Za-z0-9._~%-]*)*")


@st.composite
def many_entries(draw: st.DrawFn) -> list[Any]:
    """Enough scoped entries to pass the limit, of several contexts and lengths."""
    lengths = st.integers(0, 400)
    entries: list[Any] = []
    for context in draw(st.lists(st.sampled_from(CONTEXTS), min_size=1, max_size=12)):
        fillings = draw(st.lists(lengths, max_size=12))
        entries += [{"context": context, "params": {"n": n, "x": "y" * size}} for n, size in enumerate(fillings)]
        entries += draw(st.sampled_from(([], [], [context])))
    return entries


@given(entries=ENTRIES)
def test_engines_agree_on_entries(same: Same, entries: list[Any]) -> None:
    assert_safe(same(lambda engine: engine.format_invalidate_header(entries)).value, entries)


@given(entries=many_entries())
def test_engines_agree_past_the_limit(same: Same, entries: list[Any]) -> None:
    assert_safe(same(lambda engine: engine.format_invalidate_header(entries)).value, entries)


@given(entries=broken(ENTRIES))
def test_engines_agree_on_broken_entries(same: Same, entries: Any) -> None:
    same(lambda engine: engine.format_invalidate_header(entries))


@given(entries=values.anything())
def test_engines_agree_on_anything(same: Same, entries: Any) -> None:
    same(lambda engine: engine.format_invalidate_header(entries))


@given(context=values.anything(), name=values.any_texts(), value=values.anything())
def test_engines_agree_on_any_entry(same: Same, context: Any, name: Any, value: Any) -> None:
    same(entry_of({"context": "user", "params": {name: value}}))
    same(entry_of(context))
    same(entry_of({"context": context}))


def assert_safe(header: Any, entries: list[Any]) -> None:
    """ASCII without control characters, each context of the entries and no other, within the limit or broad."""
    assert isinstance(header, str)
    items = header.split(", ") if header else []
    assert all(FORM.fullmatch(item) for item in items), header
    assert len(header) <= MAX_BYTES or ";" not in header
    assert len(set(items)) == len(items)
    named = [entry if isinstance(entry, str) else entry["context"] for entry in entries]
    assert list(dict.fromkeys(item.split(";")[0] for item in items)) == list(dict.fromkeys(named))


@given(params=st.dictionaries(st.text(min_size=1), st.text(), min_size=1, max_size=4))
def test_names_and_values_can_be_read_back(same: Same, params: dict[str, str]) -> None:
    header = str(same(entry_of({"context": "user", "params": params})).value)
    context, *pairs = header.split(";")
    assert context == "user"
    read = [tuple(unquote(part, errors="strict") for part in pair.split("=")) for pair in pairs]
    assert read == sorted(params.items())


HOSTILE = ("\r\n", "\r\nX-Injected: 1", "\x00", "a, b", "a;b=c", "%0d%0a", "\u2028", "é", "😀", " ")


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_can_be_injected(same: Same, text: str) -> None:
    entries = [{"context": "user", "params": {text: text, "list": [text], "map": {text: text}}}]
    assert_safe(same(lambda engine: engine.format_invalidate_header(entries)).value, entries)
    for context in (text, f"user{text}"):
        assert same(entry_of(context)).kind is ValueError
        assert same(entry_of({"context": context})).kind is ValueError


def entry_of(entry: Any) -> Callable[[Engine], str]:
    return lambda engine: engine.format_invalidate_header([entry])


def entry(context: str, length: int, number: int = 0) -> dict[str, Any]:
    """An entry whose item is that many characters long."""
    start = f"{context};{number}="
    return {"context": context, "params": {str(number): "x" * (length - len(start))}}


@pytest.mark.parametrize(
    ("entries", "items"),
    [
        pytest.param([entry("a", MAX_BYTES)], [MAX_BYTES], id="at the limit"),
        pytest.param([entry("a", MAX_BYTES + 1)], ["a"], id="one over"),
        pytest.param([entry("a", 2047), entry("b", 2047)], [2047, 2047], id="two items at the limit"),
        pytest.param([entry("a", 2047), entry("b", 2048)], [2047, "b"], id="the longest context first"),
        pytest.param([entry("b", 2050), entry("a", 2050)], [2050, "a"], id="of equals the first by name"),
        pytest.param(
            [entry("b", 3000), entry("a", 1600, 1), entry("a", 1600, 2)], [3000, "a"], id="a context counts as a whole"
        ),
        pytest.param(
            [entry("a", 3000, 1), entry("b", 100), entry("a", 3000, 2)], ["a", 100], id="where its first item stood"
        ),
        pytest.param([entry("a", 3000), "a", entry("b", 3000)], ["a", 3000], id="into the broad item that is there"),
        pytest.param([entry(name, 4000) for name in "abc"], ["a", "b", 4000], id="until it fits"),
        pytest.param([entry("a", 5000), "b"], ["a", "b"], id="broad items stay"),
    ],
)
def test_collapse(same: Same, entries: list[Any], items: list[int | str]) -> None:
    header = str(same(lambda engine: engine.format_invalidate_header(entries)).value)
    assert [len(item) if ";" in item else item for item in header.split(", ")] == items


def test_broad_items_alone_may_pass_the_limit(same: Same) -> None:
    contexts = [f"context_{number:04}" for number in range(500)]
    assert same(lambda engine: engine.format_invalidate_header(contexts)).value == ", ".join(contexts)
    scoped = [{"context": name, "params": {"a": 1}} for name in contexts]
    assert same(lambda engine: engine.format_invalidate_header(scoped)).value == ", ".join(contexts)
