"""Worlds of the scenarios: an application in this process, and one behind servers."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.typing import Origin, Subprotocol

from mizan_core.mwt import create_mwt
from tests.live import asgi_client
from tests.live.asgi_client import AsgiSocket, Refusal, scope_of
from tests.live.functions import state
from tests.live.scenarios import Closed, Frame, NotOpened, Talk

_PREFIX = "/api/mizan/"


class AsgiWorld:
    """An application in this process.

    :param log_in: gives the session cookie of an account, as ``name=value``.
    :param log_out: ends the sessions of an account.
    """

    processes = 1

    def __init__(
        self,
        application: Any,
        secret: str,
        log_in: Callable[[str], str],
        log_out: Callable[[str], None],
    ) -> None:
        self._application = application
        self._secret = secret
        self._log_in = log_in
        self._log_out = log_out

    @asynccontextmanager
    async def open(
        self,
        *,
        process: int = 0,
        user: str | None = None,
        token: str | None = None,
        origin: str | None = "own",
        socket: str | None = None,
        subprotocols: tuple[str, ...] = ("mizan.v1",),
    ) -> AsyncIterator[AsgiClient]:
        headers = {} if token is None else {"X-Mizan-Token": token}
        if user is not None:
            headers["Cookie"] = self._log_in(user)
        scope = scope_of(
            headers=headers,
            query="" if socket is None else f"socket={socket}",
            origin=asgi_client.ORIGIN if origin == "own" else origin,
            subprotocols=subprotocols,
        )
        opening = AsgiSocket(self._application, scope)
        try:
            opened = await opening.__aenter__()
        except Refusal as refusal:
            raise NotOpened(refusal.status) from None
        client = AsgiClient(opened)
        try:
            yield client
        finally:
            await opening.__aexit__(None, None, None)

    async def call(
        self, function: str, args: dict[str, Any] | None = None, *, process: int = 0, socket: str | None = None
    ) -> Frame:
        transport = httpx.ASGITransport(self._application, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=asgi_client.ORIGIN) as http:
            return await _call(http, function, args, socket)

    def token(self, user: str, seconds: int = 60) -> str:
        return create_mwt({"id": user}, self._secret, ttl=seconds)

    async def log_out(self, user: str) -> None:
        self._log_out(user)


class AsgiClient:
    def __init__(self, socket: AsgiSocket) -> None:
        self._socket = socket
        self.answers_pings = True

    async def send_text(self, text: str) -> None:
        await self._socket.send_text(text)

    async def send_bytes(self, data: bytes) -> None:
        await self._socket.send_bytes(data)

    async def receive(self) -> Frame:
        while True:
            try:
                frame = await self._socket.receive_any()
            except asgi_client.Closed as closed:
                raise Closed(closed.code) from None
            if frame.get("action") != "ping":
                return frame
            if self.answers_pings:
                await self._socket.send(action="pong", n=frame["n"])


class ServerWorld:
    """Servers of one application, each a process.

    :param urls: ``http://…`` of each.
    """

    def __init__(self, urls: Sequence[str], secret: str) -> None:
        self.processes = len(urls)
        self.urls = urls
        self._secret = secret

    async def settle(self) -> None:
        """Return when nobody is told any more of what has been changed before: announcements keep their order."""
        number = secrets.randbits(32)
        async with AsyncExitStack() as sockets:
            talks = [
                Talk(await sockets.enter_async_context(self.open(process=process))) for process in range(self.processes)
            ]
            for talk in talks:
                await talk.watch(1, "user", user_id=number)
            await self.call("rename", {"user_id": number, "name": "nobody"})
            for talk in talks:
                assert await talk.receive() == {"action": "stale", "ids": [1]}

    def url(self, process: int) -> str:
        return self.urls[process]

    @asynccontextmanager
    async def open(
        self,
        *,
        process: int = 0,
        user: str | None = None,
        token: str | None = None,
        origin: str | None = "own",
        socket: str | None = None,
        subprotocols: tuple[str, ...] = ("mizan.v1",),
    ) -> AsyncIterator[SocketClient]:
        url = self.urls[process]
        headers = {} if token is None else {"X-Mizan-Token": token}
        if user is not None:
            headers["Cookie"] = await self._cookie(user, process)
        query = "" if socket is None else f"?socket={socket}"
        opening = connect(
            f"{url.replace('http', 'ws', 1)}{_PREFIX}ws/{query}",
            origin=None if origin is None else Origin(url if origin == "own" else origin),
            additional_headers=headers,
            subprotocols=[Subprotocol(name) for name in subprotocols],
            ping_interval=None,
            max_size=None,
            proxy=None,
        )
        try:
            connection = await opening
        except InvalidHandshake as refusal:
            response = getattr(refusal, "response", None)
            raise NotOpened(0 if response is None else response.status_code) from None
        try:
            yield SocketClient(connection)
        finally:
            await connection.close()

    async def call(
        self, function: str, args: dict[str, Any] | None = None, *, process: int = 0, socket: str | None = None
    ) -> Frame:
        async with self._http(process) as http:
            return await _call(http, function, args, socket)

    def token(self, user: str, seconds: int = 60) -> str:
        return create_mwt({"id": user}, self._secret, ttl=seconds)

    async def log_out(self, user: str) -> None:
        for process in range(self.processes):
            async with self._http(process) as http:
                (await http.get(f"/test/logout/{user}/")).raise_for_status()

    async def _cookie(self, user: str, process: int) -> str:
        async with self._http(process) as http:
            (await http.get(f"/test/login/{user}/")).raise_for_status()
            return "; ".join(f"{name}={value}" for name, value in http.cookies.items())

    def _http(self, process: int) -> AbstractAsyncContextManager[httpx.AsyncClient]:
        return httpx.AsyncClient(base_url=self.urls[process], trust_env=False, timeout=60)


class SocketClient:
    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self.answers_pings = True

    async def send_text(self, text: str) -> None:
        await self._connection.send(text)

    async def send_bytes(self, data: bytes) -> None:
        await self._connection.send(data)

    def abort(self) -> None:
        """Cut the connection."""
        self._connection.transport.abort()

    async def receive(self) -> Frame:
        while True:
            try:
                frame: Frame = json.loads(await self._connection.recv())
            except ConnectionClosed as closed:
                raise Closed(closed.rcvd.code if closed.rcvd is not None else 1006) from None
            if frame.get("action") != "ping":
                return frame
            if self.answers_pings:
                with suppress(ConnectionClosed):  # what comes next says so
                    await self.send_text(json.dumps({"action": "pong", "n": frame["n"]}))


async def _call(http: httpx.AsyncClient, function: str, args: dict[str, Any] | None, socket: str | None) -> Frame:
    headers = {} if socket is None else {"X-Mizan-Socket": socket}
    response = await http.post(f"{_PREFIX}call/", json={"fn": function, "args": args or {}}, headers=headers)
    body: Frame = response.json()
    return body


def play(world: Any, scenario: Any) -> None:
    """Play a scenario on an event loop of its own."""
    asyncio.run(asyncio.wait_for(scenario(world), 250))


def begin_anew(world: ServerWorld) -> None:
    """Let nothing be left of the scenario before."""
    asyncio.run(asyncio.wait_for(world.settle(), 250))
    state().reset()
