"""The stored form of a cached bundle (protocol.md section 10): a format byte, an HMAC, the tags' versions, the body."""

from __future__ import annotations

from hmac import compare_digest

from mizan_core.engine.pure.checks import bytes_argument, list_argument, text_argument
from mizan_core.engine.pure.hs256 import Hs256
from mizan_core.errors import ForgedEntry

FORMAT = b"\x02"
"""The first byte of an entry, and of what its HMAC is over; what keys are made of begins with ``{``."""
OLD_FORMAT = b"\x01"
"""The format without an HMAC."""
MAC_BYTES = 32
MAX_LENGTH = 255
"""What one byte can count: tags, and the bytes of a version."""


def seal(mac: Hs256, key: str, versions: list[bytes], body: bytes) -> bytes:
    """See ``CacheKeyer.seal``.

    :param mac: prepared with the secret.
    """
    place = text_argument(key, "key")
    known = [bytes_argument(version, "versions") for version in list_argument(versions, "versions")]
    content = bytes_argument(body, "body")
    if not 1 <= len(known) <= MAX_LENGTH:
        raise ValueError(f"versions: expected 1 to {MAX_LENGTH} of them")
    if not all(1 <= len(version) <= MAX_LENGTH for version in known):
        raise ValueError(f"versions: expected 1 to {MAX_LENGTH} bytes each")
    sealed = _head(known) + content
    return FORMAT + _tag(mac, place, sealed) + sealed


def unseal(mac: Hs256, key: str, entry: bytes, versions: list[bytes | None]) -> bytes | None:
    """See ``CacheKeyer.unseal``."""
    place = text_argument(key, "key")
    stored = bytes_argument(entry, "entry")
    current = [
        None if version is None else bytes_argument(version, "versions")
        for version in list_argument(versions, "versions")
    ]
    if stored.startswith(OLD_FORMAT):
        return None
    tag, sealed = stored[1 : 1 + MAC_BYTES], stored[1 + MAC_BYTES :]
    if not stored.startswith(FORMAT) or not compare_digest(tag, _tag(mac, place, sealed)):
        raise ForgedEntry("the entry is not one that this secret has sealed under its key")
    known = [version for version in current if version is not None and len(version) <= MAX_LENGTH]
    if len(known) < len(current) or len(known) > MAX_LENGTH:
        return None
    head = _head(known)
    return sealed[len(head) :] if sealed.startswith(head) else None


def _head(versions: list[bytes]) -> bytes:
    """The number of tags, and each version behind its length."""
    parts = [bytes([len(versions)])]
    for version in versions:
        parts += (bytes([len(version)]), version)
    return b"".join(parts)


def _tag(mac: Hs256, key: str, sealed: bytes) -> bytes:
    place = key.encode("utf-8")
    return mac.sign(FORMAT + len(place).to_bytes(8, "big") + place, sealed)
