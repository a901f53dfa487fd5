"""The Mizan Web Token (protocol.md section 4): a JWT (RFC 7519) signed with HS256, checked strictly and in order."""

from __future__ import annotations

import re
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from hashlib import sha256

from mizan_core.engine.pure.canonical import Json, checked_text, dump
from mizan_core.engine.pure.checks import (
    MAX_INTEGER,
    filled_text_argument,
    flag_argument,
    integer_argument,
    optional_text_argument,
    text_argument,
)
from mizan_core.engine.pure.kinds import is_a
from mizan_core.engine.pure.paths import root
from mizan_core.engine.pure.secrets import Hs256, signing_key, verification_keys
from mizan_core.engine.pure.strict_json import Number, StrictJson, strict_loads
from mizan_core.errors import (
    ExpiredToken,
    ImmatureToken,
    InvalidAudience,
    InvalidClaims,
    InvalidSignature,
    MalformedToken,
    UnknownKey,
    UnsupportedAlgorithm,
)
from mizan_core.types import MWTClaims

MAX_TOKEN_LENGTH = 4096
MAX_TTL = 86_400
PERMISSION_KEY_LENGTH = 32

_BASE64URL = re.compile(r"[A-Za-z0-9_-]+")
_INTEGER = re.compile(r"0|[1-9][0-9]{0,15}")
_HEADER_MEMBERS = {"alg", "kid", "typ"}


def compute_permission_key(staff: bool, superuser: bool, permissions: Iterable[str]) -> str:
    """A digest of what a user may do; it changes whenever that does.

    :param permissions: names, in any order; repeated ones count once.
    """
    payload: dict[str, Json] = {
        "staff": flag_argument(staff, "staff"),
        "super": flag_argument(superuser, "superuser"),
        "perms": [*sorted(set(_permission_names(permissions)))],
    }
    return sha256(dump(payload).encode("ascii")).hexdigest()[:PERMISSION_KEY_LENGTH]


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
    header = _header(optional_text_argument(kid, "kid"))
    issued = _instant(now, MAX_INTEGER - MAX_TTL)
    claims.update(iat=issued, nbf=issued, exp=issued + lifetime)
    message = f"{_encode(header)}.{_encode(dump(claims))}"
    return f"{message}.{_base64url(key.sign(message.encode('ascii')))}"


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
        instant = _instant(now, MAX_INTEGER)
        message, header, payload, signature = _split(token)
        key = self._select_key(_checked_header(header))
        if not key.verify(message, signature):
            raise InvalidSignature("the signature is not valid")
        claims = _checked_claims(payload)
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


def _permission_names(permissions: Iterable[object]) -> list[str]:
    if is_a(permissions, str):  # an iterable of str, but not of permissions
        raise TypeError(f"permissions: expected an iterable of str, not {type(permissions).__name__}")
    names = []
    for name in permissions:
        if not is_a(name, str):
            raise TypeError(f"permissions: expected str items, not {type(name).__name__}")
        names.append(checked_text(name, root("permissions")))
    return names


def _instant(now: object, latest: int) -> int:
    return int(time.time()) if now is None else integer_argument(now, "now", 0, latest)


def _header(kid: str | None) -> str:
    header: dict[str, Json] = {"alg": "HS256", "typ": "JWT"}
    if kid is not None:
        header["kid"] = kid
    return dump(header)


def _base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _encode(text: str) -> str:
    return _base64url(text.encode("ascii"))


# Step 1: the text.


def _split(token: object) -> tuple[bytes, bytes, bytes, bytes]:
    if not is_a(token, str):
        raise MalformedToken("the token is not a string")
    text = str.__str__(token)
    if not text.isascii():
        raise MalformedToken("the token is not ASCII")
    if len(text) > MAX_TOKEN_LENGTH:
        raise MalformedToken(f"the token is longer than {MAX_TOKEN_LENGTH} characters")
    parts = text.split(".")
    if len(parts) != 3 or not all(parts):
        raise MalformedToken("the token does not have three non-empty parts")
    header, payload, signature = map(_decode_part, parts)
    return text.rpartition(".")[0].encode("ascii"), header, payload, signature


def _decode_part(part: str) -> bytes:
    if _BASE64URL.fullmatch(part) is None or len(part) % 4 == 1:
        raise MalformedToken("a part of the token is not base64url")
    data = urlsafe_b64decode(part + "=" * (-len(part) % 4))
    if _base64url(data) != part:
        raise MalformedToken("a part of the token is not base64url in canonical form")
    return data


# Step 2: the header.


def _checked_header(data: bytes) -> str | None:
    """The ``kid``, if there is one."""
    try:
        header = strict_loads(data)
    except ValueError:
        raise MalformedToken("the header is not strict JSON") from None
    if not isinstance(header, dict):
        raise MalformedToken("the header is not a JSON object")
    if not header.keys() <= _HEADER_MEMBERS:
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


# Step 5: the claims.


def _checked_claims(data: bytes) -> MWTClaims:
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
