"""Signed requests to an edge: HMAC-SHA256 over method, path, digest of the body, time and nonce (docs/edge.md)."""

from __future__ import annotations

import hashlib
import hmac

from mizan_core.engine.contract import Secret

HEADER = "X-Mizan-Signature"


def sign(secret: Secret, method: str, path: str, body: bytes, time: int, nonce: str) -> str:
    """The value of ``HEADER``: ``t=<time>,n=<nonce>,s=<hex>``.

    :param time: seconds since 1970; an edge refuses what is too old.
    :param nonce: never the same twice; an edge refuses one that it has seen.
    """
    text = f"{method}\n{path}\n{hashlib.sha256(body).hexdigest()}\n{time}\n{nonce}"
    key = secret.encode() if isinstance(secret, str) else secret
    return f"t={time},n={nonce},s={hmac.new(key, text.encode(), hashlib.sha256).hexdigest()}"
