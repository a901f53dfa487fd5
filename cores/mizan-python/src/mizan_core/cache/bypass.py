"""Why the cache had no part in a fetch."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple, final
from urllib.parse import quote


class BypassReason(Enum):
    """The value is what counters, log lines and, in debug mode, the header ``X-Mizan-Cache-Reason`` say."""

    NO_SECRET = "no-secret"
    """No cache secret is configured: there is no cache."""
    NEVER = "never"
    """A function of the context says ``cache=False``."""
    VIEWER_WITHOUT_ID = "viewer-without-id"
    """The viewer is authenticated and has no id: the bundle could not be told from another viewer's."""
    CREDENTIALS = "credentials"
    """The request carries credentials that say nothing to us: whoever asks may not be anonymous to the functions."""
    NO_IDENTITY = "no-identity"
    """A parameter has a value that cannot be told for certain from another one."""
    TRANSACTION = "transaction"
    """A transaction is open: what is read inside it may be older than the store, or rolled back."""
    UNAVAILABLE = "unavailable"
    """The store does not answer, or has not been made sure of since it last did not."""
    FOREIGN_VALUE = "foreign-value"
    """Somebody else has written under our keys."""


@final
class Bypass(NamedTuple):
    """Why the cache has no part in one fetch.

    :param about: the name of what the reason is about, a parameter or a function; never a value that a client sent.
    """

    reason: BypassReason
    about: str | None = None

    def __str__(self) -> str:
        """Printable ASCII: ``no-identity: password``."""
        return self.reason.value if self.about is None else f"{self.reason.value}: {quote(self.about)}"
