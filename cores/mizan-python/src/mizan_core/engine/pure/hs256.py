"""HMAC-SHA256 with a prepared state (RFC 2104), for keys, seals and tokens."""

from __future__ import annotations

import hmac
from hashlib import sha256


class Hs256:
    """HMAC-SHA256 with a prepared state."""

    __slots__ = ("_mac",)

    def __init__(self, key: bytes) -> None:
        self._mac = hmac.new(key, digestmod=sha256)

    def sign(self, *parts: bytes) -> bytes:
        """The tag of a message given in parts."""
        mac = self._mac.copy()
        for part in parts:
            mac.update(part)
        return mac.digest()

    def verify(self, message: bytes, signature: bytes) -> bool:
        """Compare in constant time."""
        return hmac.compare_digest(self.sign(message), signature)
