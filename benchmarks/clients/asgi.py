"""An ASGI application in this process, asked without a server: as uvicorn calls it, one request at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from time import process_time
from types import TracebackType
from typing import Any

from typing_extensions import Self

from benchmarks.clients.exchange import Answer, Disagreement, Request
from benchmarks.timing import Clock, Run

Message = dict[str, Any]
Application = Callable[[Any, Any, Any], Awaitable[None]]

_VERSIONS = {"version": "3.0", "spec_version": "2.3"}
_PATIENCE = 10.0


class AsgiApplication:
    """Runs an application's lifespan, on an event loop of its own, for as long as it is entered."""

    def __init__(self, application: Any) -> None:
        self._application: Application = application
        self._loop = asyncio.new_event_loop()
        self._state: dict[str, Any] = {}
        self._to_application: asyncio.Queue[Message] = asyncio.Queue()
        self._from_application: asyncio.Queue[Message] = asyncio.Queue()

    def __enter__(self) -> Self:
        scope = {"type": "lifespan", "asgi": _VERSIONS, "state": self._state}
        running = self._application(scope, self._to_application.get, self._from_application.put)
        self._lifespan = self._loop.create_task(_awaited(running))
        self._loop.run_until_complete(self._tell("lifespan.startup"))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._loop.run_until_complete(self._tell("lifespan.shutdown"))
        self._loop.run_until_complete(asyncio.wait_for(self._lifespan, _PATIENCE))
        self._loop.close()

    def answer(self, request: Request) -> Answer:
        """The answer to one request."""
        exchange = _Exchange(request.body)
        call = self._application(self._scope(request), exchange.receive, exchange.send)
        self._loop.run_until_complete(asyncio.wait_for(_awaited(call), _PATIENCE))
        return exchange.answer()

    def run(self, request: Request, clock: Clock = process_time) -> Run:
        """A run that sends *request* again and again.

        :raises Disagreement: when the last answer of a run is not the first one's equal in status.
        """
        return lambda repetitions: self._loop.run_until_complete(self._repeat(request, repetitions, clock))

    async def _repeat(self, request: Request, repetitions: int, clock: Clock) -> float:
        application, scope, template = self._application, {}, self._scope(request)
        headers = template["headers"]
        exchange = _Exchange(request.body)
        started = clock()
        for _ in range(repetitions):
            scope = {**template, "headers": headers.copy(), "state": self._state.copy()}
            exchange = _Exchange(request.body)
            await application(scope, exchange.receive, exchange.send)
        seconds = clock() - started
        exchange.check()
        return seconds

    def _scope(self, request: Request) -> Message:
        return {
            "type": "http",
            "asgi": _VERSIONS,
            "http_version": "1.1",
            "server": ("127.0.0.1", 8000),
            "client": ("127.0.0.1", 50000),
            "scheme": "http",
            "method": request.method,
            "root_path": "",
            "path": request.path,
            "raw_path": request.path.encode("ascii"),
            "query_string": request.query.encode("ascii"),
            "headers": [(name.encode("ascii"), value.encode("ascii")) for name, value in request.all_headers().items()],
            "state": self._state.copy(),
        }

    async def _tell(self, kind: str) -> None:
        """Start the application, or shut it down; one that knows no lifespan has returned at once."""
        await self._to_application.put({"type": kind})
        reply = asyncio.ensure_future(self._from_application.get())
        await asyncio.wait([self._lifespan, reply], timeout=_PATIENCE, return_when=asyncio.FIRST_COMPLETED)
        if self._lifespan.done():
            reply.cancel()
            self._lifespan.result()
        elif (await asyncio.wait_for(reply, _PATIENCE))["type"] != f"{kind}.complete":
            raise Disagreement(f"the application did not answer {kind} with success")


class _Exchange:
    """One request's two channels."""

    __slots__ = ("_body", "_messages")

    def __init__(self, body: bytes) -> None:
        self._body: bytes | None = body
        self._messages: list[Message] = []

    async def receive(self) -> Message:
        body, self._body = self._body, None
        if body is None:  # whoever asks again wants to know when the client leaves
            await asyncio.Future()
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(self, message: Message) -> None:
        self._messages.append(message)

    def answer(self) -> Answer:
        start, *parts = self._messages
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in start["headers"]}
        return Answer(start["status"], headers, b"".join(part.get("body", b"") for part in parts))

    def check(self) -> None:
        status = self._messages[0]["status"]
        if status != 200:
            raise Disagreement(f"a measured request is answered with {status}")


async def _awaited(work: Awaitable[None]) -> None:
    await work
