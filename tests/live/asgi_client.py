"""An application's socket, opened in this process: what a server would hand over, and what is sent back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from typing_extensions import Self

from mizan_core.live.asgi import SUBPROTOCOL
from tests.in_process import LONGEST, Connection

HOST = "testserver"
ORIGIN = f"http://{HOST}"


def scope_of(
    path: str = "/api/mizan/ws/",
    *,
    headers: Mapping[str, str] | None = None,
    query: str = "",
    origin: str | None = ORIGIN,
    subprotocols: tuple[str, ...] = (SUBPROTOCOL,),
    **others: Any,
) -> dict[str, Any]:
    """What ASGI makes of an upgrade."""
    fields = {"host": HOST, **({} if origin is None else {"origin": origin}), **(headers or {})}
    return {
        "type": "websocket",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "scheme": "ws",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in fields.items()],
        "client": ("127.0.0.1", 50_000),
        "server": (HOST, 80),
        "subprotocols": list(subprotocols),
        "extensions": {"websocket.http.response": {}},
        **others,
    }


class Refusal(Exception):
    """The socket has not been opened."""

    def __init__(self, status: int, body: bytes = b"") -> None:
        super().__init__(status, body)
        self.status = status
        self.body = body


class Closed(Exception):
    """The server has closed the socket."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class AsgiSocket:
    """One socket: ``async with AsgiSocket(application, scope_of(...)) as socket``.

    :ivar accepted: what the server has said when it opened it.
    """

    patience: float | None = LONGEST
    """Seconds that a frame may take; None for any."""

    def __init__(self, application: Any, scope: dict[str, Any]) -> None:
        self._connection = Connection(application, scope, self.patience)
        self.accepted: dict[str, Any] = {}

    async def __aenter__(self) -> Self:
        """:raises Refusal: where the server does not open it."""
        self._connection.begin(type="websocket.connect")
        message = await self._connection.next()
        if message["type"] != "websocket.accept":
            body = await self._connection.next() if message["type"] == "websocket.http.response.start" else {}
            await self.ended()
            raise Refusal(message.get("status", 403), body.get("body", b""))
        self.accepted = message
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._connection.end("websocket.disconnect", code=1000)

    async def ended(self) -> None:
        """Wait until the application has, though the client has said nothing."""
        await self._connection.ended()

    async def send(self, **frame: Any) -> None:
        await self.send_text(json.dumps(frame))

    async def send_text(self, text: str) -> None:
        self._connection.hand(type="websocket.receive", text=text)

    async def send_bytes(self, data: bytes) -> None:
        self._connection.hand(type="websocket.receive", bytes=data)

    async def receive(self) -> dict[str, Any]:
        """The next frame that is no ping.

        :raises Closed: where there is none.
        """
        while True:
            frame = await self.receive_any()
            if frame.get("action") != "ping":
                return frame

    async def receive_any(self) -> dict[str, Any]:
        """The next frame.

        :raises Closed: where there is none.
        """
        message = await self._connection.next()
        if message["type"] == "websocket.close":
            raise Closed(message["code"])
        frame: dict[str, Any] = json.loads(message["text"])
        return frame

    async def ask(self, **frame: Any) -> dict[str, Any]:
        """The answer to *frame*. What is told beside answers may come before it, and is left out."""
        await self.send(**frame)
        while "id" not in (answer := await self.receive()):
            pass
        return answer
