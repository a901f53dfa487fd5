"""Every vector of tests/vectors over both engines."""

from __future__ import annotations

from typing import Any

import pytest

from mizan_core import errors
from mizan_core.engine import Engine
from mizan_core.types import MWTClaims
from tests.parity import vectors
from tests.parity.tokens import claims_of

CACHE_KEYS = vectors.read("cache_keys.json")
ENTRIES = vectors.read("entries.json")
TAGS = vectors.read("tags.json")
HEADERS = vectors.read("invalidate_header.json")
TOKENS = vectors.read("mwt.json")
DECODED_TOKENS = vectors.read("mwt_decode.json")
PERMISSION_KEYS = vectors.read("permission_keys.json")


def test_every_file_is_used() -> None:
    assert {path.name for path in vectors.DIRECTORY.iterdir()} == vectors.FILES_READ


@pytest.mark.parametrize("case", CACHE_KEYS)
def test_cache_key(engine: Engine, case: dict[str, Any]) -> None:
    arguments = dict(case["input"])
    assert engine.derive_cache_key(**arguments) == case["key"]
    secret = arguments.pop("secret")
    assert engine.CacheKeyer(secret).derive(**arguments) == case["key"]
    assert engine.CacheKeyer(secret.encode()).derive(**arguments) == case["key"]


@pytest.mark.parametrize("case", ENTRIES, ids=lambda case: str(case["name"]))
def test_entry(engine: Engine, case: dict[str, Any]) -> None:
    keyer = engine.CacheKeyer(case["secret"])
    entry = bytes.fromhex(case["entry"])
    versions = [None if version is None else bytes.fromhex(version) for version in case["versions"]]
    if case["error"] is not None:
        with pytest.raises(getattr(errors, case["error"])):
            keyer.unseal(case["key"], entry, versions)
        return
    body = None if case["body"] is None else case["body"].encode()
    assert keyer.unseal(case["key"], entry, versions) == body
    if body is not None:
        known = [version for version in versions if version is not None]
        assert keyer.seal(case["key"], known, body) == entry


@pytest.mark.parametrize("case", TAGS, ids=lambda case: str(case["name"]))
def test_tags(engine: Engine, case: dict[str, Any]) -> None:
    keyer = engine.CacheKeyer(case["secret"])
    assert keyer.key_and_tags(case["context"], case["params"], scopes=case["scopes"])[1] == case["tags"]
    assert keyer.purge_tags(case["context"], case["purge"]) == case["purge_tags"]


@pytest.mark.parametrize("case", HEADERS)
def test_invalidate_header(engine: Engine, case: dict[str, Any]) -> None:
    assert engine.format_invalidate_header(case["entries"]) == case["header"]


@pytest.mark.parametrize("case", PERMISSION_KEYS)
def test_permission_key(engine: Engine, case: dict[str, Any]) -> None:
    assert engine.compute_permission_key(**case["input"]) == case["pkey"]


@pytest.mark.parametrize("case", TOKENS)
def test_create_mwt(engine: Engine, case: dict[str, Any]) -> None:
    arguments = dict(case["input"])
    assert engine.create_mwt(arguments.pop("sub"), arguments.pop("pkey"), **arguments) == case["token"]


@pytest.mark.parametrize("case", DECODED_TOKENS, ids=lambda case: str(case["name"]))
def test_decode_mwt(engine: Engine, case: dict[str, Any]) -> None:
    arguments = dict(case["args"])
    now = arguments.pop("now")
    verifier = engine.MWTVerifier(arguments.pop("secret"), **arguments)
    if case["error"] is None:
        claims = engine.decode_mwt(case["token"], **case["args"])
        assert type(claims) is MWTClaims
        assert claims == claims_of(case["token"])
        assert verifier.decode(case["token"], now) == claims
        return
    refused = getattr(errors, case["error"])
    with pytest.raises(errors.MWTError) as one_off:
        engine.decode_mwt(case["token"], **case["args"])
    with pytest.raises(errors.MWTError) as prepared:
        verifier.decode(case["token"], now)
    assert type(one_off.value) is type(prepared.value) is refused
    assert str(one_off.value) == str(prepared.value)
