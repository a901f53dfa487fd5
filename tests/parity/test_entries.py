"""The stored form of bundles (protocol.md section 10)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.parity import impostors, values
from tests.parity.differential import Same

OLD, NEW = b"version1", b"version2"

VERSION = st.sampled_from((OLD, NEW)) | st.binary(min_size=8, max_size=8)
VERSIONS = st.lists(VERSION, min_size=1, max_size=4)
BODIES = st.sampled_from((b"", b"{}", OLD)) | st.binary(max_size=40)

ANY_BYTES = st.binary(max_size=12) | st.builds(impostors.LyingBytes, VERSION)
ANY_VERSIONS = values.mostly(
    st.lists(st.none() | VERSION | ANY_BYTES, max_size=4)
    | st.lists(st.none() | values.mostly(VERSION), max_size=4)
    | st.lists(VERSION, max_size=4).map(impostors.LyingList)
    | st.sampled_from((254, 255, 256, 300)).map(lambda count: [OLD] * count)
)
ANY_BODIES = values.mostly(BODIES | st.builds(impostors.LyingBytes, BODIES))


@st.composite
def stored(draw: st.DrawFn) -> bytes:
    """What may be met in a store: an entry, one that was cut off or changed, or anything."""
    versions, body = draw(VERSIONS), draw(BODIES)
    entry = bytearray(bytes([1, len(versions)]) + b"".join(versions) + body)
    way = draw(st.sampled_from(("whole", "cut", "changed", "other")))
    if way == "cut":
        del entry[draw(st.integers(0, len(entry))) :]
    elif way == "changed":
        entry[draw(st.integers(0, len(entry) - 1))] ^= draw(st.integers(1, 255))
    return draw(st.binary(max_size=30)) if way == "other" else bytes(entry)


# Any input.


@given(versions=ANY_VERSIONS, body=ANY_BODIES)
def test_engines_agree_on_sealing(same: Same, versions: Any, body: Any) -> None:
    same(lambda engine: engine.seal(versions, body))


@given(entry=values.mostly(stored() | st.builds(impostors.LyingBytes, stored())), versions=ANY_VERSIONS)
def test_engines_agree_on_unsealing(same: Same, entry: Any, versions: Any) -> None:
    same(lambda engine: engine.unseal(entry, versions))


@given(entry=stored(), data=st.data())
def test_only_an_equal_head_opens_an_entry(same: Same, entry: bytes, data: st.DataObject) -> None:
    """The versions are those of the entry, as far as it has any, but for a change."""
    count = entry[1] % 6 if len(entry) > 1 else 1
    versions: list[bytes | None] = [entry[at : at + 8] for at in range(2, 2 + 8 * count, 8)]
    is_changed: bool = data.draw(st.booleans())
    if versions and is_changed:
        versions[data.draw(st.integers(0, count - 1))] = data.draw(st.none() | ANY_BYTES)
    body = same(lambda engine: engine.unseal(entry, versions)).value
    known = [version for version in versions if version is not None and bytes.__len__(version) == 8]
    head = bytes([1, count]) + b"".join(bytes.__getitem__(version, slice(None)) for version in known)
    is_open = 0 < count == len(known) and entry.startswith(head)
    assert body == (entry[len(head) :] if is_open else None)


# What it means.


@given(versions=st.lists(VERSION, min_size=1, max_size=255), body=BODIES, data=st.data())
def test_what_is_sealed_opens_until_a_version_changes(
    same: Same, versions: list[bytes], body: bytes, data: st.DataObject
) -> None:
    entry: Any = same(lambda engine: engine.seal(versions, body)).value
    assert entry == bytes([1, len(versions)]) + b"".join(versions) + body
    assert same(lambda engine: engine.unseal(entry, [*versions])).value == body
    place = data.draw(st.integers(0, len(versions) - 1))
    other = data.draw(st.none() | VERSION.filter(lambda version: version != versions[place]))
    changed = [*versions[:place], other, *versions[place + 1 :]]
    assert same(lambda engine: engine.unseal(entry, changed)).value is None


@pytest.mark.parametrize(
    "versions",
    [
        pytest.param([], id="none"),
        pytest.param([OLD], id="too few"),
        pytest.param([OLD, NEW, NEW], id="too many"),
        pytest.param([NEW, OLD], id="another order"),
        pytest.param([OLD, None], id="a missing one"),
        pytest.param([None, NEW], id="the first missing"),
        pytest.param([OLD + NEW, b""], id="cut elsewhere"),
        pytest.param([OLD[:4], OLD[4:] + NEW], id="cut in the middle"),
    ],
)
def test_other_versions_do_not_open_an_entry(same: Same, versions: list[bytes | None]) -> None:
    entry: Any = same(lambda engine: engine.seal([OLD, NEW], b"body")).value
    assert same(lambda engine: engine.unseal(entry, versions)).value is None


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\x01", id="a format"),
        pytest.param(b"\x01\x01version", id="a version cut off"),
        pytest.param(b"\x00\x01version1body", id="an older format"),
        pytest.param(b"\x02\x01version1body", id="a newer format"),
        pytest.param(b"\x01\x00version1body", id="no tags"),
        pytest.param(b"{}", id="JSON"),
    ],
)
def test_what_is_no_entry_is_not_opened(same: Same, entry: bytes) -> None:
    assert same(lambda engine: engine.unseal(entry, [OLD])).value is None
    assert same(lambda engine: engine.unseal(entry, [])).value is None
    assert same(lambda engine: engine.unseal(entry, [entry[2:10]])).value is None


def test_versions_beyond_what_a_byte_counts(same: Same) -> None:
    entry = b"\x01\x00" + OLD * 256
    assert same(lambda engine: engine.unseal(entry, [OLD] * 256)).value is None
    assert same(lambda engine: engine.unseal(b"\x01\xff" + OLD * 255, [OLD] * 255)).value == b""


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        pytest.param(((OLD,), b""), TypeError, "versions: expected list, not tuple", id="tuple of versions"),
        pytest.param(([OLD, "version2"], b""), TypeError, "versions: expected bytes, not str", id="text as version"),
        pytest.param(([None], b""), TypeError, "versions: expected bytes, not NoneType", id="missing version"),
        pytest.param(([OLD], "{}"), TypeError, "body: expected bytes, not str", id="text as body"),
        pytest.param(([OLD], bytearray()), TypeError, "body: expected bytes, not bytearray", id="bytearray as body"),
        pytest.param(([], b""), ValueError, "versions: expected 1 to 255 of them", id="no versions"),
        pytest.param(([OLD] * 256, b""), ValueError, "versions: expected 1 to 255 of them", id="256 versions"),
        pytest.param(([b"short"], b""), ValueError, "versions: expected 8 bytes each", id="short version"),
        pytest.param(([OLD, OLD + b"x"], b""), ValueError, "versions: expected 8 bytes each", id="long version"),
        pytest.param(([b"short"], 5), TypeError, "body: expected bytes, not int", id="types before values"),
        pytest.param(([b"short", 5], b""), TypeError, "versions: expected bytes, not int", id="types of all first"),
    ],
)
def test_seals_that_are_refused(same: Same, arguments: Any, error: type[Exception], message: str) -> None:
    outcome = same(lambda engine: engine.seal(*arguments))
    assert outcome.kind is error
    assert str(outcome.error) == message


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(("", [OLD]), "entry: expected bytes, not str", id="text as entry"),
        pytest.param((None, 5), "entry: expected bytes, not NoneType", id="entry before versions"),
        pytest.param((b"", None), "versions: expected list, not NoneType", id="no versions"),
        pytest.param((b"", [None, 5]), "versions: expected bytes, not int", id="number as version"),
    ],
)
def test_unseals_that_are_refused(same: Same, arguments: Any, message: str) -> None:
    outcome = same(lambda engine: engine.unseal(*arguments))
    assert outcome.kind is TypeError
    assert str(outcome.error) == message


def test_large_bodies(same: Same) -> None:
    body = bytes(range(256)) * 20_000
    entry: Any = same(lambda engine: engine.seal([OLD], body)).value
    assert same(lambda engine: engine.unseal(entry, [OLD])).value == body
