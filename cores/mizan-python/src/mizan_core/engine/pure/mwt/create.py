"""Signing a token (protocol.md section 4)."""

from __future__ import annotations

from mizan_core.engine.pure.canonical import Json, dump
from mizan_core.engine.pure.checks import (
    MAX_INTEGER,
    filled_text_argument,
    flag_argument,
    instant_argument,
    integer_argument,
    optional_text_argument,
    text_argument,
)
from mizan_core.engine.pure.mwt import base64url
from mizan_core.engine.pure.mwt.header import write_header
from mizan_core.engine.pure.mwt.secret import signing_key

MAX_TTL = 86_400


def create_mwt(
    sub: str,
    pkey: str,
    *,
    secret: str | bytes,
    ttl: int = 300,
    staff: bool = False,
    superuser: bool = False,
    audience: str | None = None,
    kid: str | None = None,
    now: int | None = None,
) -> str:
    """Sign a token. The same inputs give the same bytes.

    :param sub: user id, not empty.
    :param pkey: permission key, see ``compute_permission_key``.
    :param secret: at least 32 bytes.
    :param ttl: seconds until it expires, 1..86400.
    :param now: issue time in seconds since the epoch; the clock's when None.
    :raises ConfigurationError: for a weak secret; ``TypeError``, ``ValueError``: for any other argument.
    """
    key = signing_key(secret)
    claims: dict[str, Json] = {
        "sub": filled_text_argument(sub, "sub"),
        "pkey": text_argument(pkey, "pkey"),
    }
    lifetime = integer_argument(ttl, "ttl", 1, MAX_TTL)
    claims["staff"] = flag_argument(staff, "staff")
    claims["super"] = flag_argument(superuser, "superuser")
    if audience is not None:
        claims["aud"] = text_argument(audience, "audience")
    header = write_header(optional_text_argument(kid, "kid"))
    issued = instant_argument(now, "now", MAX_INTEGER - MAX_TTL)
    claims.update(iat=issued, nbf=issued, exp=issued + lifetime)
    message = f"{_encode(header)}.{_encode(dump(claims))}"
    return f"{message}.{base64url.encode(key.sign(message.encode('ascii')))}"


def _encode(text: str) -> str:
    return base64url.encode(text.encode("ascii"))
