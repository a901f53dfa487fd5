"""What a driver gives: the socket, and who is at its other end."""

from __future__ import annotations

from collections.abc import Callable, Collection, Coroutine
from typing import Any, Protocol, TypeVar

from mizan_core.call.port import Handling, Port
from mizan_core.viewer import Viewer

T = TypeVar("T")


class SocketPort(Port, Handling, Protocol):
    """A request that a socket has carried."""

    def header(self, name: str) -> str | None:
        """The value of a header of the handshake, by its lower-case name."""

    def has_credentials(self, vary: Collection[str]) -> bool:
        """As that of an HTTP request."""


class Wire(Protocol):
    """An accepted socket."""

    async def receive(self) -> str | bytes | None:
        """The next frame; None when there are no more."""

    async def send(self, text: str) -> None:
        """Send a frame; nothing happens where nobody is there any more."""

    async def close(self, code: int, reason: str) -> None:
        """End the connection."""


class Peer(Protocol):
    """Who is at the other end, as the framework knows them."""

    @property
    def viewer(self) -> Viewer:
        """Who it was when the socket was opened."""

    async def run(self, work: Callable[[SocketPort], Coroutine[Any, Any, T]]) -> T:
        """What *work* gives, as a request of theirs.

        :raises APIError: where the framework does not let the request through.
        """

    async def look(self) -> Viewer:
        """Who it is now, as far as the framework knows; asked now and then."""

    def user_of(self, request: Any) -> Any:
        """The user of one of their requests, for channels."""
