"""Whether a server refuses to announce what is purged, which is no reason not to purge."""

from __future__ import annotations

import logging

_log = logging.getLogger("mizan.live")
_WORDS = (
    "Purges are not announced: Redis refuses PUBLISH to this account (NOPERM). The cache is as before; live pages find "
    "what is stale when versions are compared, every 30 seconds, and not at once. docs/caching.md lists the rights."
)


class Silence:
    """Says so once, for all that share it."""

    def __init__(self) -> None:
        self._is_known = False

    def note(self) -> None:
        """An announcement has been refused."""
        if not self._is_known:
            self._is_known = True
            _log.warning(_WORDS)
