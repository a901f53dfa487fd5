"""What has gone wrong in an unforeseen way: for whoever runs the server, never for a client."""

from __future__ import annotations

import logging
from typing import NamedTuple

_log = logging.getLogger("mizan.dispatch")


class Failure(NamedTuple):
    """An exception that nobody has foreseen.

    :param message: a sentence that names the function or the context, where it is known.
    :param fields: ``mizan_function`` and ``mizan_context``, as far as they are known, for log records.
    """

    message: str
    error: BaseException
    fields: dict[str, str]

    def log(self) -> None:
        """Write it, with its traceback, to the logger ``mizan.dispatch``."""
        _log.error("%s", self.message, exc_info=self.error, extra=self.fields)
