"""Checking a token (protocol.md section 4), step by step in the order of that page."""

from __future__ import annotations

from mizan_core.engine.pure.checks import MAX_INTEGER, instant_argument, integer_argument, optional_text_argument
from mizan_core.engine.pure.hs256 import Hs256
from mizan_core.engine.pure.mwt import base64url
from mizan_core.engine.pure.mwt.claims import read_claims
from mizan_core.engine.pure.mwt.header import check_header
from mizan_core.engine.pure.mwt.secret import verification_keys
from mizan_core.errors import (
    ExpiredToken,
    ImmatureToken,
    InvalidAudience,
    InvalidSignature,
    MalformedToken,
    UnknownKey,
)
from mizan_core.types import MWTClaims

MAX_TOKEN_LENGTH = 4096


class MWTVerifier:
    """Checks tokens with prepared keys.

    :param secret: one secret, or a key ring ``{kid: secret}``.
    :param audience: the ``aud`` that a token must carry; with None it must carry none.
    :param leeway: seconds by which clocks may differ.
    """

    __slots__ = ("_audience", "_keys", "_leeway")

    def __init__(
        self, secret: str | bytes | dict[str, str | bytes], *, audience: str | None = None, leeway: int = 0
    ) -> None:
        self._keys = verification_keys(secret)
        self._audience = optional_text_argument(audience, "audience")
        self._leeway = integer_argument(leeway, "leeway")

    def decode(self, token: str, now: int | None = None) -> MWTClaims:
        """The claims of a valid token.

        :param now: seconds since the epoch; the clock's when None.
        :raises MWTError: the subclass that protocol.md section 4 names for the first step that fails.
        """
        instant = instant_argument(now, "now", MAX_INTEGER)
        message, header, payload, signature = _split(token)
        key = self._select_key(check_header(header))
        if not key.verify(message, signature):
            raise InvalidSignature("the signature is not valid")
        claims = read_claims(payload)
        self._check_times(claims, instant)
        if claims.aud != self._audience:
            raise InvalidAudience("the token is meant for another audience")
        return claims

    def _select_key(self, kid: str | None) -> Hs256:
        if isinstance(self._keys, Hs256):
            return self._keys
        key = None if kid is None else self._keys.get(kid)
        if key is None:
            raise UnknownKey("the token names no key of the key ring")
        return key

    def _check_times(self, claims: MWTClaims, now: int) -> None:
        if claims.exp <= now - self._leeway:
            raise ExpiredToken("the token has expired")
        if claims.nbf > now + self._leeway or claims.iat > now + self._leeway:
            raise ImmatureToken("the token is not valid yet")


def decode_mwt(
    token: str,
    *,
    secret: str | bytes | dict[str, str | bytes],
    audience: str | None = None,
    leeway: int = 0,
    now: int | None = None,
) -> MWTClaims:
    """``MWTVerifier(secret, ...).decode(token, now)`` for a single token."""
    return MWTVerifier(secret, audience=audience, leeway=leeway).decode(token, now)


def _split(token: object) -> tuple[bytes, bytes, bytes, bytes]:
    if not isinstance(token, str):
        raise MalformedToken("the token is not a string")
    text = str.__str__(token)
    if not text.isascii():
        raise MalformedToken("the token is not ASCII")
    if len(text) > MAX_TOKEN_LENGTH:
        raise MalformedToken(f"the token is longer than {MAX_TOKEN_LENGTH} characters")
    parts = text.split(".")
    if len(parts) != 3 or not all(parts):
        raise MalformedToken("the token does not have three non-empty parts")
    header, payload, signature = map(base64url.decode, parts)
    return text.rpartition(".")[0].encode("ascii"), header, payload, signature
