"""A token's claims (protocol.md section 4, step 5)."""

from __future__ import annotations

import re

from mizan_core.engine.pure.checks import MAX_INTEGER
from mizan_core.engine.pure.mwt.strict_json import Number, StrictJson, strict_loads
from mizan_core.errors import InvalidClaims
from mizan_core.types import MWTClaims

_INTEGER = re.compile(r"0|[1-9][0-9]{0,15}")


def read_claims(data: bytes) -> MWTClaims:
    """The claims of their exact types; others must be well-formed and are ignored."""
    try:
        claims = strict_loads(data)
    except ValueError:
        raise InvalidClaims("the claims are not strict JSON") from None
    if not isinstance(claims, dict):
        raise InvalidClaims("the claims are not a JSON object")
    return MWTClaims(
        sub=_subject(claims),
        pkey=_text_claim(claims, "pkey"),
        iat=_time_claim(claims, "iat"),
        nbf=_time_claim(claims, "nbf"),
        exp=_time_claim(claims, "exp"),
        staff=_flag_claim(claims, "staff"),
        superuser=_flag_claim(claims, "super"),
        aud=_text_claim(claims, "aud") if "aud" in claims else None,
    )


def _subject(claims: dict[str, StrictJson]) -> str:
    subject = _text_claim(claims, "sub")
    if not subject:
        raise InvalidClaims("the claim sub is empty")
    return subject


def _claim(claims: dict[str, StrictJson], name: str) -> StrictJson:
    if name not in claims:
        raise InvalidClaims(f"the claim {name} is missing")
    return claims[name]


def _text_claim(claims: dict[str, StrictJson], name: str) -> str:
    value = _claim(claims, name)
    if not isinstance(value, str):
        raise InvalidClaims(f"the claim {name} is not a string")
    return value


def _flag_claim(claims: dict[str, StrictJson], name: str) -> bool:
    value = _claim(claims, name)
    if not isinstance(value, bool):
        raise InvalidClaims(f"the claim {name} is not true or false")
    return value


def _time_claim(claims: dict[str, StrictJson], name: str) -> int:
    value = _claim(claims, name)
    if not isinstance(value, Number) or _INTEGER.fullmatch(value.text) is None or int(value.text) > MAX_INTEGER:
        raise InvalidClaims(f"the claim {name} is not an integer from 0 to {MAX_INTEGER}")
    return int(value.text)
