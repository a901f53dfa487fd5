"""The stored form of bundles (protocol.md section 10)."""

from __future__ import annotations

import hmac
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mizan_core.errors import ForgedEntry
from tests.parity import subclasses, values
from tests.parity.differential import Outcome, Same

SECRET = "a-secret-for-entries"
KEY = "ctx:user:1"
OLD, NEW = b"version1", b"v2"

VERSION = st.sampled_from((OLD, NEW)) | st.binary(min_size=1, max_size=8)
VERSIONS = st.lists(VERSION, min_size=1, max_size=4)
BODIES = st.sampled_from((b"", b"{}", OLD)) | st.binary(max_size=40)
KEYS = st.just(KEY) | values.texts()

ANY_KEYS = values.mostly(KEYS) | st.builds(subclasses.SafeText, KEYS)
ANY_BYTES = st.binary(max_size=12) | st.sampled_from((bytes(255), bytes(256))) | st.builds(subclasses.Payload, VERSION)
ANY_VERSIONS = values.mostly(
    st.lists(st.none() | VERSION | ANY_BYTES, max_size=4)
    | st.lists(st.none() | values.mostly(VERSION), max_size=4)
    | st.lists(VERSION, max_size=4).map(subclasses.Rows)
    | st.sampled_from((254, 255, 256, 300)).map(lambda count: [OLD] * count)
)
ANY_BODIES = values.mostly(BODIES | st.builds(subclasses.Payload, BODIES))


def seal(same: Same, versions: Any, body: Any, key: Any = KEY) -> Outcome:
    return same(lambda engine: engine.CacheKeyer(SECRET).seal(key, versions, body))


def unseal(same: Same, entry: Any, versions: Any, key: Any = KEY) -> Outcome:
    return same(lambda engine: engine.CacheKeyer(SECRET).unseal(key, entry, versions))


def written(key: str, versions: list[bytes], body: bytes, secret: str = SECRET) -> bytes:
    """An entry, as the protocol words it."""
    head = bytes([len(versions)]) + b"".join(bytes([len(version)]) + version for version in versions)
    place = key.encode()
    message = b"\x02" + len(place).to_bytes(8, "big") + place + head + body
    return b"\x02" + hmac.digest(secret.encode(), message, "sha256") + head + body


@st.composite
def stored(draw: st.DrawFn) -> bytes:
    """What may be met in a store: an entry, one that was cut off or changed, or anything."""
    entry = bytearray(written(KEY, draw(VERSIONS), draw(BODIES)))
    way = draw(st.sampled_from(("whole", "cut", "changed", "other")))
    if way == "cut":
        del entry[draw(st.integers(0, len(entry))) :]
    elif way == "changed":
        entry[draw(st.integers(0, len(entry) - 1))] ^= draw(st.integers(1, 255))
    return draw(st.binary(max_size=80)) if way == "other" else bytes(entry)


# Any input.


@given(key=ANY_KEYS, versions=ANY_VERSIONS, body=ANY_BODIES)
def test_engines_agree_on_sealing(same: Same, key: Any, versions: Any, body: Any) -> None:
    seal(same, versions, body, key)


@given(key=ANY_KEYS, entry=values.mostly(stored() | st.builds(subclasses.Payload, stored())), versions=ANY_VERSIONS)
def test_engines_agree_on_unsealing(same: Same, key: Any, entry: Any, versions: Any) -> None:
    unseal(same, entry, versions, key)


@given(entry=stored(), versions=VERSIONS)
def test_only_a_whole_entry_gives_a_body(same: Same, entry: bytes, versions: list[bytes]) -> None:
    outcome = unseal(same, entry, [*versions])
    if outcome.value is not None:
        body: Any = outcome.value
        assert entry == written(KEY, versions, body)
    elif outcome.error is None:
        assert entry.startswith((b"\x01", b"\x02"))
    else:
        assert outcome.kind is ForgedEntry


# What it means.


@given(key=KEYS, versions=st.lists(VERSION, min_size=1, max_size=255), body=BODIES, data=st.data())
def test_what_is_sealed_opens_until_a_version_changes(
    same: Same, key: str, versions: list[bytes], body: bytes, data: st.DataObject
) -> None:
    entry: Any = seal(same, versions, body, key).value
    assert entry == written(key, versions, body)
    assert unseal(same, entry, [*versions], key).value == body
    place = data.draw(st.integers(0, len(versions) - 1))
    other = data.draw(st.none() | VERSION.filter(lambda version: version != versions[place]))
    changed = [*versions[:place], other, *versions[place + 1 :]]
    stale = unseal(same, entry, changed, key)
    assert (stale.value, stale.error) == (None, None)


@pytest.mark.parametrize(
    "versions",
    [
        pytest.param([], id="none"),
        pytest.param([OLD], id="too few"),
        pytest.param([OLD, NEW, NEW], id="too many"),
        pytest.param([NEW, OLD], id="another order"),
        pytest.param([OLD, None], id="a missing one"),
        pytest.param([None, NEW], id="the first missing"),
        pytest.param([OLD + b"\x02" + NEW], id="two in one"),
        pytest.param([OLD + NEW, b""], id="cut elsewhere"),
        pytest.param([OLD, NEW + bytes(256)], id="longer than any"),
        pytest.param([OLD] * 256, id="more than any"),
    ],
)
def test_other_versions_do_not_open_an_entry(same: Same, versions: list[bytes | None]) -> None:
    outcome = unseal(same, written(KEY, [OLD, NEW], b"body"), versions)
    assert (outcome.value, outcome.error) == (None, None)


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\x02", id="a format"),
        pytest.param(b"{}", id="JSON"),
        pytest.param(b"\x03" + written(KEY, [OLD], b"body")[1:], id="a newer format"),
        pytest.param(written(KEY, [OLD], b"body")[:-1], id="cut off"),
        pytest.param(written(KEY, [OLD], b"body") + b" ", id="continued"),
        pytest.param(written("ctx:user:2", [OLD], b"body"), id="of another key"),
        pytest.param(written(KEY, [OLD], b"body", "another secret"), id="of another secret"),
        pytest.param(b"\x02" + bytes(32) + written(KEY, [OLD], b"body")[33:], id="without an HMAC"),
    ],
)
def test_what_was_not_sealed_is_forged(same: Same, entry: bytes) -> None:
    """Whatever the tags have now: nobody learns from the answer which versions were guessed right."""
    for versions in ([OLD], [NEW], [None], []):
        outcome = unseal(same, entry, versions)
        assert outcome.kind is ForgedEntry
        assert str(outcome.error) == "the entry is not one that this secret has sealed under its key"


def test_an_entry_of_the_first_format_is_stale(same: Same) -> None:
    outcome = unseal(same, b"\x01\x01version1body", [OLD])
    assert (outcome.value, outcome.error) == (None, None)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        pytest.param((None, [OLD], b""), TypeError, "", id="no key"),
        pytest.param(("\ud800", [OLD], b""), ValueError, "key: the string holds a lone surrogate", id="surrogate"),
        pytest.param((KEY, (OLD,), b""), TypeError, "", id="tuple of versions"),
        pytest.param((KEY, [OLD, "v"], b""), TypeError, "", id="text as version"),
        pytest.param((KEY, [None], b""), TypeError, "", id="missing version"),
        pytest.param((KEY, [OLD], "{}"), TypeError, "", id="text as body"),
        pytest.param((KEY, [OLD], bytearray()), TypeError, "", id="bytearray"),
        pytest.param((KEY, [], b""), ValueError, "versions: expected 1 to 255 of them", id="no versions"),
        pytest.param((KEY, [OLD] * 256, b""), ValueError, "versions: expected 1 to 255 of them", id="256 versions"),
        pytest.param((KEY, [OLD, b""], b""), ValueError, "versions: expected 1 to 255 bytes each", id="empty version"),
        pytest.param((KEY, [bytes(256)], b""), ValueError, "versions: expected 1 to 255 bytes each", id="long version"),
        pytest.param((KEY, [b""], 5), TypeError, "", id="types before values"),
        pytest.param((KEY, [b"", 5], b""), TypeError, "", id="types of all first"),
    ],
)
def test_seals_that_are_refused(same: Same, arguments: Any, error: type[Exception], message: str) -> None:
    outcome = same(lambda engine: engine.CacheKeyer(SECRET).seal(*arguments))
    assert outcome.kind is error
    assert error is TypeError or str(outcome.error) == message


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param((5, b"", [OLD]), id="number as key"),
        pytest.param((KEY, "", [OLD]), id="text as entry"),
        pytest.param((KEY, b"", None), id="no versions"),
        pytest.param((KEY, b"", [None, 5]), id="number as version"),
    ],
)
def test_unseals_that_are_refused(same: Same, arguments: Any) -> None:
    assert same(lambda engine: engine.CacheKeyer(SECRET).unseal(*arguments)).kind is TypeError


def test_large_bodies(same: Same) -> None:
    body = bytes(range(256)) * 20_000
    entry: Any = seal(same, [OLD], body).value
    assert unseal(same, entry, [OLD]).value == body
