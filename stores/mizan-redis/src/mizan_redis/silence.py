"""Whether a server refuses to announce what is purged, which is no reason not to purge, or to let anybody listen."""

from __future__ import annotations

import logging

_log = logging.getLogger("mizan.live")
_MUTE = (
    "Purges are not announced: Redis refuses PUBLISH to this account (NOPERM). The cache is as before; live pages find "
    "what is stale when versions are compared, every 30 seconds, and not at once. docs/caching.md lists the rights."
)
_DEAF = (
    "Nothing is heard of other processes: Redis refuses SUBSCRIBE, its channels or PING to this account (NOPERM). Live "
    "pages find what is stale when versions are compared, every 30 seconds, and not at once; channels cannot be "
    "joined. It is tried again every two seconds. The README of mizan-redis lists the rights."
)


class Silence:
    """Says each of them once, for all that share it."""

    def __init__(self) -> None:
        self._said: set[str] = set()

    def note_mute(self) -> None:
        """An announcement has been refused."""
        self._say(_MUTE)

    def note_deaf(self) -> None:
        """A subscription has been refused."""
        self._say(_DEAF)

    def _say(self, words: str) -> None:
        if words not in self._said:
            self._said.add(words)
            _log.warning(words)
