"""An application's stream of events, opened in this process."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from typing_extensions import Self

from tests.in_process import Connection, Sent, scope_of
from tests.live.asgi_client import HOST


class AsgiEvents:
    """``async with AsgiEvents(application, watch) as events``.

    :ivar status, headers: of the answer.
    """

    def __init__(self, application: Any, watch: object, headers: Mapping[str, str] | None = None) -> None:
        fields = {"Host": HOST, "Content-Type": "application/json", **(headers or {})}
        self._connection = Connection(application, scope_of(Sent("POST", "/api/mizan/live/", "", list(fields.items()))))
        self._body = json.dumps(watch).encode()
        self._text = ""
        self.status = 0
        self.headers: dict[str, str] = {}

    async def __aenter__(self) -> Self:
        self._connection.begin(type="http.request", body=self._body, more_body=False)
        start = await self._connection.next()
        self.status = start["status"]
        self.headers = {name.decode().lower(): value.decode() for name, value in start["headers"]}
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._connection.end("http.disconnect")

    async def ended(self) -> None:
        """Wait until the application has, though the client has said nothing."""
        await self._connection.ended()

    async def receive(self) -> dict[str, Any]:
        """The next event."""
        while "\n\n" not in self._text:
            self._text += (await self._connection.next())["body"].decode()
        event, _, self._text = self._text.partition("\n\n")
        if event.startswith(":"):
            return await self.receive()
        value: dict[str, Any] = json.loads(event.removeprefix("data: "))
        return value

    async def body(self) -> Any:
        """The whole answer, which is no stream."""
        return json.loads((await self._connection.next())["body"])


def watched(number: int, context: str, version: str | None = None, **params: Any) -> dict[str, Any]:
    """An entry of a list."""
    entry = {"id": number, "context": context, "params": params}
    return entry if version is None else {**entry, "version": version}


def listed(*entries: Mapping[str, Any]) -> dict[str, Sequence[Mapping[str, Any]]]:
    return {"watch": entries}
