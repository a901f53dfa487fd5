"""How far a request has come: what whoever ends it, logs it or traces it has to know."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any, NamedTuple

from mizan_core.cache.store import Announcement, Purge
from mizan_core.viewer import Viewer

_log = logging.getLogger("mizan.request")


class Failure(NamedTuple):
    """An exception that nobody has foreseen: for whoever runs the server, never for a client.

    :param message: a sentence that names the function or the context, where it is known.
    :param fields: ``mizan_function`` and ``mizan_context``, as far as they are known, for log records.
    """

    message: str
    error: BaseException
    fields: dict[str, str]

    def log(self) -> None:
        """Write it, with its traceback, to the logger ``mizan.request``."""
        _log.error("%s", self.message, exc_info=self.error, extra=self.fields)


class Progress:
    """One request's.

    :param place: the endpoint: ``call/``, ``ctx/`` or ``session/``.
    :ivar function: the function that is called, or that has failed of a context's.
    :ivar has_begun: whether code of the application runs that may raise the protocol's errors itself.
    :ivar promises: what the call may have to purge, which others do if this process dies while the request lasts.
    :ivar stale: the entries of what it has made stale although it failed, and *purges* of the same.
    :ivar viewer: who is asking; None until it has been found out, or where nobody wanted to know.
    :ivar scope: the context and the parameters of a fetch, as its functions understand them, once that is known.
    """

    __slots__ = ("context", "function", "has_begun", "place", "promises", "purges", "scope", "stale", "viewer")

    def __init__(self, place: str, *, has_begun: bool = False) -> None:
        self.place = place
        self.function: str | None = None
        self.context: str | None = None
        self.has_begun = has_begun
        self.promises: Sequence[Announcement | None] = ()
        self.stale: list[Any] = []
        self.purges: list[Purge] = []
        self.viewer: Viewer | None = None
        self.scope: str | None = None

    def failure(self, error: BaseException, what: str | None = None) -> Failure:
        """*error*, which the request has come to.

        :param what: of what kind it is, where the exception itself does not tell.
        """
        message = f"{self} failed" if what is None else f"{self} failed: {what}"
        return Failure(message, error, self.fields())

    def fields(self) -> dict[str, str]:
        """What is known of it, for logs and traces."""
        fields = {"mizan_function": self.function, "mizan_context": self.context}
        return {name: value for name, value in fields.items() if value is not None}

    @property
    def name(self) -> str:
        """What traces call it: ``call/<function>`` or ``ctx/<context>``."""
        return f"{self.place}{self.function or self.context}"

    def __str__(self) -> str:
        if self.function is None:
            return f"A request to {self.place}" if self.context is None else f"The context {self.context}"
        return f"The function {self.function}" + ("" if self.context is None else f" of the context {self.context}")
