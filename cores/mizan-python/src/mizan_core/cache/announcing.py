"""Telling those who watch what a purge has changed, and whose call it was (docs/live.md)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mizan_core.cache.access import Access
from mizan_core.cache.backend import Announcer, AnnouncingBackend, BackendUnavailable

SOCKET_HEADER = "x-mizan-socket"
"""Names the socket of whoever calls: it has the answer, so it is not told what its call has made stale."""
_SOCKET_ID = re.compile(r"[A-Za-z0-9_-]{16,64}")


def socket_id(text: str | None) -> str | None:
    """The id that a client says a socket has; None where it cannot be one that was chosen at random."""
    return text if text is not None and _SOCKET_ID.fullmatch(text) else None


class Announcements:
    """How a store's purges become known: in their own round trip where the backend announces, else after it."""

    def __init__(self, backend: object, announcer: Announcer) -> None:
        self._announcer = announcer
        self._together = announcer if isinstance(announcer, AnnouncingBackend) and announcer is backend else None

    async def write(
        self, access: Access, values: dict[str, bytes], ttl: int, witnesses: Sequence[str], origin: str | None
    ) -> list[bytes | None]:
        """As ``CacheBackend.write`` for tags, and announced."""
        backend = self._together
        if backend is not None:
            write = access.one_of(backend.write_announced, backend.awrite_announced)
            return await write(values, ttl, witnesses, origin)
        found = await access.write(values, ttl, witnesses)
        await self.tell(access, list(values), origin)
        return found

    async def tell(self, access: Access, tags: Sequence[str], origin: str | None = None) -> None:
        """Announce a change that has been made. When that fails those who watch find it when they compare versions."""
        try:
            await access.one_of(self._announcer.announce, self._announcer.aannounce)(tags, origin)
        except BackendUnavailable:
            return
