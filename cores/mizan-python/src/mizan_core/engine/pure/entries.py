"""The stored form of a cached bundle (protocol.md section 10): a format byte, the versions of its tags, the body."""

from __future__ import annotations

from mizan_core.engine.pure.checks import bytes_argument, list_argument

FORMAT = b"\x01"
VERSION_BYTES = 8
MAX_TAGS = 255


def seal(versions: list[bytes], body: bytes) -> bytes:
    """An entry of *body* that is valid while its tags have *versions*.

    :param versions: 8 bytes for each tag, 1 to 255 of them, as they were before the body was made.
    :raises TypeError, ValueError: naming the argument.
    """
    known = [bytes_argument(version, "versions") for version in list_argument(versions, "versions")]
    content = bytes_argument(body, "body")
    if not 1 <= len(known) <= MAX_TAGS:
        raise ValueError(f"versions: expected 1 to {MAX_TAGS} of them")
    if any(len(version) != VERSION_BYTES for version in known):
        raise ValueError(f"versions: expected {VERSION_BYTES} bytes each")
    return b"".join([_start(known), *known, content])


def unseal(entry: bytes, versions: list[bytes | None]) -> bytes | None:
    """The body of *entry* if it is of this format and every tag has still the version that it was sealed with.

    :param versions: what the tags have now, in the same order; None for a tag that is missing, which counts as changed.
    :raises TypeError: naming the argument.
    """
    stored = bytes_argument(entry, "entry")
    current = [
        None if version is None else bytes_argument(version, "versions")
        for version in list_argument(versions, "versions")
    ]
    head = 2 + VERSION_BYTES * len(current)
    if not 1 <= len(current) <= MAX_TAGS or len(stored) < head or not stored.startswith(_start(current)):
        return None
    sealed = [stored[at : at + VERSION_BYTES] for at in range(2, head, VERSION_BYTES)]
    return stored[head:] if sealed == current else None


def _start(versions: list[bytes] | list[bytes | None]) -> bytes:
    """The format and the number of tags."""
    return FORMAT + bytes([len(versions)])
