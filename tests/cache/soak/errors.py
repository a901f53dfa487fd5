"""What a server under the soak writes to its log although nothing in the game should make it."""

from __future__ import annotations

import logging

from tests.cache.soak.clients import OnPurpose


class Errors(logging.Handler):
    """Keeps what is no part of the game.

    Nobody is told of a call whose client has left; and one that fails where it should not, between what it writes and
    what it says of that, no longer says truly what it has changed.
    """

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self._found: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        """See ``logging.Handler``."""
        error = record.exc_info[1] if record.exc_info else None
        if not isinstance(error, OnPurpose):
            self._found.append(record)

    def check(self) -> None:
        """:raises AssertionError: with the first of them."""
        if self._found:
            raise AssertionError(logging.Formatter().format(self._found[0]))


def unforeseen_errors() -> Errors:
    """Those that requests meet from now on; functions that fail on purpose are not printed any more."""
    logging.getLogger("django.request").setLevel(logging.CRITICAL)
    errors = Errors()
    for name in ("mizan.request", "mizan.live"):
        logger = logging.getLogger(name)
        logger.addHandler(errors)
        logger.propagate = False
    return errors
