"""What may be a signing secret (protocol.md section 4, last paragraph)."""

from __future__ import annotations

from functools import lru_cache

from mizan_core.engine.pure.canonical import checked_text
from mizan_core.engine.pure.checks import secret_bytes
from mizan_core.engine.pure.hs256 import Hs256
from mizan_core.engine.pure.path import Path, root
from mizan_core.errors import ConfigurationError

MIN_SECRET_BYTES = 32
"""RFC 7518 section 3.2: an HS256 key is at least as long as the hash."""

_SSH_PREFIXES = (b"ssh-", b"ecdsa-sha2-", b"sk-ssh-", b"sk-ecdsa-")
_WHITESPACE = b" \t\r\n"


def signing_key(secret: object, path: Path = root("secret")) -> Hs256:  # noqa: B008 - an immutable value
    """The prepared form of one secret.

    :raises ConfigurationError: when it is shorter than 32 bytes, or a PEM block, a JWK or an SSH key line.
    """
    key = secret_bytes(secret, path)
    if len(key) < MIN_SECRET_BYTES:
        raise ConfigurationError(f"{path}: at least {MIN_SECRET_BYTES} bytes are needed (RFC 7518 section 3.2)")
    if _is_asymmetric(key):
        raise ConfigurationError(
            f"{path}: this is a PEM block, a JWK or an SSH key line; an HMAC secret is needed (RFC 8725 section 3.1)"
        )
    return _prepared(key)


def verification_keys(secret: object) -> Hs256 | dict[str, Hs256]:
    """The prepared form of one secret, or of a key ring ``{kid: secret}``."""
    path = root("secret")
    if not isinstance(secret, dict):
        if not isinstance(secret, str | bytes):
            raise TypeError(f"{path}: expected str, bytes or dict, not {type(secret).__name__}")
        return signing_key(secret, path)
    if not secret:
        raise ConfigurationError(f"{path}: the key ring is empty")
    ring = {}
    for kid, key in secret.items():
        if not isinstance(kid, str):
            raise TypeError(f"{path}: key ids must be str, not {type(kid).__name__}")
        name = checked_text(kid, path)
        ring[name] = signing_key(key, path / name)
    return ring


@lru_cache(maxsize=32)
def _prepared(key: bytes) -> Hs256:
    return Hs256(key)


def _is_asymmetric(key: bytes) -> bool:
    text = key.lstrip(_WHITESPACE)
    if b"-----BEGIN" in text or text.startswith(_SSH_PREFIXES):
        return True
    return text.startswith(b"{") and (b'"kty"' in text or b'"keys"' in text)
