"""An application's stream of events, opened in this process."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Any

from typing_extensions import Self

from tests.in_process import Sent, scope_of
from tests.live.asgi_client import HOST

_LONGEST = 20.0


class AsgiEvents:
    """``async with AsgiEvents(application, watch) as events``.

    :ivar status, headers: of the answer.
    """

    def __init__(self, application: Any, watch: object, headers: Mapping[str, str] | None = None) -> None:
        fields = {"Host": HOST, "Content-Type": "application/json", **(headers or {})}
        self._application = application
        self._scope = scope_of(Sent("POST", "/api/mizan/live/", "", list(fields.items())))
        self._requests: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._answers: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._requests.put_nowait({"type": "http.request", "body": json.dumps(watch).encode(), "more_body": False})
        self._task: asyncio.Task[None] | None = None
        self._text = ""
        self.status = 0
        self.headers: dict[str, str] = {}

    async def __aenter__(self) -> Self:
        self._task = asyncio.ensure_future(self._application(self._scope, self._requests.get, self._answers.put))
        start = await self._next()
        self.status = start["status"]
        self.headers = {name.decode().lower(): value.decode() for name, value in start["headers"]}
        return self

    async def __aexit__(self, *_: object) -> None:
        self._requests.put_nowait({"type": "http.disconnect"})
        assert self._task is not None
        await asyncio.wait_for(self._task, _LONGEST)

    async def receive(self) -> dict[str, Any]:
        """The next event."""
        while "\n\n" not in self._text:
            self._text += (await self._next())["body"].decode()
        event, _, self._text = self._text.partition("\n\n")
        if event.startswith(":"):
            return await self.receive()
        value: dict[str, Any] = json.loads(event.removeprefix("data: "))
        return value

    async def body(self) -> Any:
        """The whole answer, which is no stream."""
        return json.loads((await self._next())["body"])

    async def _next(self) -> dict[str, Any]:
        return await asyncio.wait_for(self._answers.get(), _LONGEST)


def watched(number: int, context: str, version: str | None = None, **params: Any) -> dict[str, Any]:
    """An entry of a list."""
    entry = {"id": number, "context": context, "params": params}
    return entry if version is None else {**entry, "version": version}


def listed(*entries: Mapping[str, Any]) -> dict[str, Sequence[Mapping[str, Any]]]:
    return {"watch": entries}
