"""An ASGI application that runs in this process, without a server: its lifespan and its requests."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from threading import Thread
from types import TracebackType
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

from starlette.types import ASGIApp, Message
from typing_extensions import Self

from mizan_core.testing import Response

T = TypeVar("T")


class InProcess:
    """Runs *app* on an event loop of its own, for as long as it is entered.

    :raises RuntimeError: on entering, when the application fails to start.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._lifespan: _Lifespan | None = None

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="mizan-in-process", daemon=True)
        self._thread.start()
        try:
            self._lifespan = self._run(_begin(self._app))
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            if self._lifespan is not None:
                self._run(self._lifespan.end())
        finally:
            self._stop()

    def _stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Response:
        """The answer to one request.

        :raises Exception: what the application raises instead of answering.
        """
        return self._run(self._answer(method, url, headers, body))

    async def _answer(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Response:
        parts = urlsplit(url)
        fields = {"host": "testserver", **{name.lower(): value for name, value in headers.items()}}
        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": unquote(parts.path),
            "raw_path": parts.path.encode("ascii"),
            "query_string": parts.query.encode("ascii"),
            "root_path": "",
            "headers": [(name.encode("ascii"), value.encode("latin-1")) for name, value in fields.items()],
            "client": ("testclient", 50000),
            "server": ("testserver", 80),
            "state": {} if self._lifespan is None else dict(self._lifespan.state),
        }
        exchange = _Exchange(body)
        await self._app(scope, exchange.receive, exchange.send)
        return exchange.response()

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()


class _Exchange:
    """What a server would read and write."""

    def __init__(self, body: bytes) -> None:
        self._body: bytes | None = body
        self._status = 0
        self._headers: list[tuple[bytes, bytes]] = []
        self._parts: list[bytes] = []

    async def receive(self) -> Message:
        if self._body is None:
            # Nobody leaves before the answer.
            await asyncio.get_running_loop().create_future()
        body, self._body = self._body, None
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status, self._headers = message["status"], list(message.get("headers", ()))
        elif message["type"] == "http.response.body":
            self._parts.append(message.get("body", b""))

    def response(self) -> Response:
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in self._headers}
        return Response(self._status, headers, b"".join(self._parts))


class _Lifespan:
    """The application's lifespan, in a task that lasts from its start to its end."""

    def __init__(self, app: ASGIApp) -> None:
        self.state: dict[str, Any] = {}
        self._to_app: asyncio.Queue[Message] = asyncio.Queue()
        self._from_app: asyncio.Queue[Message] = asyncio.Queue()
        scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": self.state}
        self._task = asyncio.ensure_future(app(scope, self._to_app.get, self._from_app.put))

    async def tell(self, event: str) -> None:
        await self._to_app.put({"type": f"lifespan.{event}"})
        heard = asyncio.ensure_future(self._from_app.get())
        done, _ = await asyncio.wait({heard, self._task}, return_when=asyncio.FIRST_COMPLETED)
        if heard not in done:
            heard.cancel()
            self._task.result()
            return
        message = heard.result()
        if message["type"].endswith(".failed"):
            raise RuntimeError(f"the application failed at its {event}: {message.get('message', '')}")

    async def end(self) -> None:
        await self.tell("shutdown")
        await self._task


async def _begin(app: ASGIApp) -> _Lifespan:
    lifespan = _Lifespan(app)
    await lifespan.tell("startup")
    return lifespan
