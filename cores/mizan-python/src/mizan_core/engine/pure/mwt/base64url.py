"""base64url without padding, in canonical form alone (RFC 4648 section 5, RFC 7515 section 2)."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode

from mizan_core.errors import MalformedToken

_ALPHABET = re.compile(r"[A-Za-z0-9_-]+")


def encode(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def decode(part: str) -> bytes:
    if _ALPHABET.fullmatch(part) is None or len(part) % 4 == 1:
        raise MalformedToken("a part of the token is not base64url")
    data = urlsafe_b64decode(part + "=" * (-len(part) % 4))
    if encode(data) != part:
        raise MalformedToken("a part of the token is not base64url in canonical form")
    return data
