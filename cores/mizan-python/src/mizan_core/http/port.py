"""What HTTP needs of an adapter beside what every transport needs."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from mizan_core.call.port import Handling, Port
from mizan_core.http.multipart import FileHead, MultipartReader, Sink


class HttpPort(Port, Handling, Protocol):
    """One HTTP request."""

    async def read_body(self, limit: int) -> bytes:
        """The request's body.

        :raises PayloadTooLarge: past *limit* bytes.
        """

    def header(self, name: str) -> str | None:
        """The value of a request header, by its lower-case name."""

    def issue_csrf_token(self) -> str | None:
        """The framework's CSRF token for this client, or None where there is no such thing."""

    def has_credentials(self, vary: Collection[str]) -> bool:
        """Whether the request has an ``Authorization`` or ``Cookie`` header that is not among the headers of *vary*.

        Whoever it makes anonymous to us may be somebody to a middleware or a function.
        """

    def is_debugging(self) -> bool:
        """Whether the application is in its framework's debug mode: then answers say more of how they were made."""

    async def read_parts(self, reader: MultipartReader) -> None:
        """Feed the request's body to *reader*, as it comes in, where it may write to disk.

        :raises BadRequest: when the request is cut off.
        """

    def open_sink(self, head: FileHead) -> Sink:
        """Where a file of the request is written to."""

    async def confirm(self, fields: Mapping[str, Sequence[str]] | None) -> None:
        """Check that a form of a page is the site's own, as the framework does for its views.

        :param fields: of a form that has been read; None where the framework reads it itself, if it has to.
        :raises CsrfFailed: when it is not.
        """

    async def keep_body(self, limit: int | None) -> None:
        """Have the framework's request hold its body, where it does not by itself: for the framework's own CSRF check,
        and for a function that wants it for itself.

        :param limit: bytes; None for such a function, which reads as much as it likes.
        :raises PayloadTooLarge: past *limit* bytes.
        """
