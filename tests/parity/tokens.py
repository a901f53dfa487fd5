"""Making tokens by hand, well-formed or not, without the help of an engine."""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from typing import Any

from mizan_core.types import MWTClaims

NOW = 1_760_000_000
SECRET = "a-secret-for-parity-tests-0123456789"
OTHER_SECRET = "another-secret-for-parity-tests-0123"
PKEY = "9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f"

HEADER: dict[str, Any] = {"alg": "HS256", "typ": "JWT"}
CLAIMS: dict[str, Any] = {
    "sub": "42",
    "pkey": PKEY,
    "iat": NOW,
    "nbf": NOW,
    "exp": NOW + 300,
    "staff": False,
    "super": True,
}


def b64(data: bytes) -> str:
    """base64url without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(part: str) -> bytes:
    return urlsafe_b64decode(part + "=" * (-len(part) % 4))


def signature(message: str, secret: str | bytes = SECRET, digest: str = "sha256") -> str:
    key = secret.encode() if isinstance(secret, str) else secret
    return b64(hmac.new(key, message.encode(), digest).digest())


def seal(message: str, secret: str | bytes = SECRET) -> str:
    """``header.claims`` as it stands, with its right signature."""
    return f"{message}.{signature(message, secret)}"


def signed(header: object = HEADER, claims: object = CLAIMS, secret: str | bytes = SECRET) -> str:
    """A token with a right signature; ``str`` and bytes are taken as they are, anything else is written as JSON."""
    return seal(f"{b64(_raw(header))}.{b64(_raw(claims))}", secret)


def with_claims(**changes: object) -> str:
    """A signed token with some claims changed; a value of ``...`` leaves the claim out."""
    return signed(claims=changed(CLAIMS, **changes))


def with_claim_text(name: str, text: str) -> str:
    """A signed token with one claim whose JSON text is *text*, whatever that is."""
    return signed(claims=members({**{key: json.dumps(value) for key, value in CLAIMS.items()}, name: text}))


def members(texts: Mapping[str, str]) -> str:
    """The text of a JSON object from the texts of its values."""
    return "{" + ",".join(f"{json.dumps(name)}:{text}" for name, text in texts.items()) + "}"


def changed(base: Mapping[str, object], **changes: object) -> dict[str, object]:
    return {name: value for name, value in {**base, **changes}.items() if value is not ...}


def claims_of(token: str) -> MWTClaims:
    """The claims that a token's text holds, unchecked."""
    claims = json.loads(unb64(token.split(".")[1]))
    return MWTClaims(
        sub=claims["sub"],
        pkey=claims["pkey"],
        iat=claims["iat"],
        nbf=claims["nbf"],
        exp=claims["exp"],
        staff=claims["staff"],
        superuser=claims["super"],
        aud=claims.get("aud"),
    )


def _raw(part: object) -> bytes:
    if isinstance(part, bytes):
        return part
    return (part if isinstance(part, str) else json.dumps(part)).encode("utf-8", "surrogatepass")
