"""A token's header (protocol.md section 4, step 2)."""

from __future__ import annotations

from mizan_core.engine.pure.canonical import Json, dump
from mizan_core.engine.pure.mwt.strict_json import strict_loads
from mizan_core.errors import MalformedToken, UnsupportedAlgorithm

_MEMBERS = {"alg", "kid", "typ"}


def write_header(kid: str | None) -> str:
    header: dict[str, Json] = {"alg": "HS256", "typ": "JWT"}
    if kid is not None:
        header["kid"] = kid
    return dump(header)


def check_header(data: bytes) -> str | None:
    """The ``kid``, if there is one."""
    try:
        header = strict_loads(data)
    except ValueError:
        raise MalformedToken("the header is not strict JSON") from None
    if not isinstance(header, dict):
        raise MalformedToken("the header is not a JSON object")
    if not header.keys() <= _MEMBERS:
        raise MalformedToken("the header has a member other than alg, kid and typ")
    algorithm = header.get("alg")
    if not isinstance(algorithm, str):
        raise MalformedToken("the header's alg is not a string")
    if algorithm != "HS256":
        raise UnsupportedAlgorithm("the header's alg is not HS256")
    if header.get("typ", "JWT") != "JWT":
        raise MalformedToken("the header's typ is not JWT")
    kid = header.get("kid", "")
    if not isinstance(kid, str):
        raise MalformedToken("the header's kid is not a string")
    return kid if "kid" in header else None
