"""Whoever watches: asks for what it shows once, and from then on follows what it is told. It never polls."""

from __future__ import annotations

import asyncio
import itertools
import random
import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from tests.cache.soak.clients import journal
from tests.cache.soak.players import STATUSES, TOKENS
from tests.cache.soak.world import BASE, COLUMNS, FETCHES, ROWS, Fetch, Viewer
from tests.live.asgi_client import AsgiSocket, Closed, scope_of

CALLS = {
    "touch": "ab", "touch_async": "ab", "relay": "ab", "relay_async": "ab", "sweep_row": "a", "sweep_column": "b",
    "sweep": "ab", "reset": "", "paint": "a", "write_own": "a", "fail_after_writing": "a", "refuse": "a",
    "change_unseen": "a", "conflict_after_writing": "a", "call_directly": "ab",
}  # fmt: skip
"""Mutations that a socket may ask for, and the parameters of each."""
_SIZES = {"a": ROWS, "b": COLUMNS}
_AUTH = 0


class Wrong(Exception):
    """The server has said what it must not."""


class Socket(AsgiSocket):
    """One that lives long: it answers pings, and waits for frames as long as it takes."""

    patience = None

    async def receive(self) -> dict[str, Any]:
        """The next frame that is no ping."""
        while (frame := await self.receive_any()).get("action") == "ping":
            await self.send(action="pong", n=frame["n"])
        return frame


class View:
    """What is shown of one bundle.

    :ivar read: what has been read last, of which *version* is the version; merges have changed *data* since.
    :ivar asked: how often it has been asked for.
    :ivar touched: how often it has been asked for, or changed by a merge.
    """

    def __init__(self, fetch: Fetch) -> None:
        self.fetch = fetch
        self.data: dict[str, Any] | None = None
        self.read: dict[str, Any] | None = None
        self.version: str | None = None
        self.asked = self.touched = 0
        self.is_waiting = False
        self.is_stale = False

    def shows(self, versions: Mapping[int, int]) -> bool:
        """Whether it is what the cells' *versions* are."""
        if self.data is None or self.data.keys() != self.fetch.parts.keys():
            return False
        return all(
            (shown["word"], shown["cells"], shown["versions"])
            == (*self.fetch.parts[name], [versions[cell] for cell in self.fetch.parts[name].cells])
            for name, shown in self.data.items()
        )

    def is_meant(self, entry: Any) -> bool:
        """Whether an entry of ``invalidate`` or ``merge`` is about it."""
        if entry == "*":
            return True
        if isinstance(entry, str):
            return entry == self.fetch.context
        own = self.fetch.params
        given = entry.get("params", {})
        return entry["context"] == self.fetch.context and all(
            name not in own or own[name] == value for name, value in given.items()
        )


class Client:
    """One page: a viewer, and the bundles that it shows.

    :param places: in ``FETCHES``.
    :ivar cuts: how often its connection has been cut.
    """

    def __init__(self, application: Any, viewer: Viewer, language: str, places: Sequence[int], seed: str) -> None:
        self.views = {number: View(FETCHES[place]) for number, place in enumerate(places, start=1)}
        self.cuts = 0
        self.calls = 0
        self.signals = 0
        self._application = application
        self._viewer = viewer
        self._language = language
        self._random = random.Random(seed)  # noqa: S311 - a game
        self._socket: Socket | None = None
        self._reader: asyncio.Task[None] | None = None
        self._numbers = itertools.count(1_000)
        self._called: dict[int, tuple[str, dict[int, int]]] = {}

    async def run(self) -> None:
        """Stay connected, whatever happens, until cancelled."""
        while True:
            await self._converse()

    def cut(self) -> None:
        """The connection breaks; what was under way in either direction is lost."""
        if self._reader is not None:
            self.cuts += 1
            self._reader.cancel()

    async def call(self) -> None:
        """Change something over the socket, if it is open; the answer is followed when it comes."""
        socket = self._socket
        if socket is None or len(self._called) >= 4:
            return
        name, params = self._random.choice(list(CALLS.items()))
        number = next(self._numbers)
        self._called[number] = name, {each: view.touched for each, view in self.views.items()}
        self.calls += 1
        arguments = {param: self._random.randrange(_SIZES[param]) for param in params}
        await socket.send(action="rpc", id=number, fn=name, args=arguments)

    @property
    def is_quiet(self) -> bool:
        """Whether nothing that it has called is under way."""
        return not self._called

    async def _converse(self) -> None:
        # Another id each time: what it has called over a connection that has been cut it has no answer to. That may
        # still write, so its journal stays.
        name = secrets.token_urlsafe(16)
        journal[name] = {}
        headers = {"X-Language": self._language, "X-Operation": name}
        scope = scope_of(f"{BASE}ws/", headers=headers, query=f"socket={name}")
        socket = Socket(self._application, scope)
        await socket.__aenter__()
        try:
            self._reader = asyncio.ensure_future(self._follow(socket))
            with suppress(asyncio.CancelledError):
                await asyncio.shield(self._reader)
            if not self._reader.done():  # it is this that has been cancelled
                self._reader.cancel()
                raise asyncio.CancelledError
            if not self._reader.cancelled():
                self._reader.result()
        finally:
            self._socket = self._reader = None
            self._called.clear()
            await socket.__aexit__()

    async def _follow(self, socket: Socket) -> None:
        token = TOKENS.get(self._viewer)
        if token is not None:
            answer = await socket.ask(action="auth", id=_AUTH, token=token)
            if not answer.get("ok"):
                raise Wrong(answer)
        self._socket = socket
        for number, view in self.views.items():
            view.is_waiting = False
            await self._watch(socket, number, view)
        while True:
            try:
                frame = await socket.receive()
            except Closed as closed:
                raise Wrong(f"closed with {closed.code}") from None
            await self._take(socket, frame)

    async def _watch(self, socket: Socket, number: int, view: View) -> None:
        view.is_stale = view.is_waiting
        if view.is_waiting:
            return
        view.is_waiting = True
        view.asked += 1
        view.touched += 1
        version = {} if view.version is None else {"version": view.version}
        await socket.send(
            action="watch", id=number, context=view.fetch.context, params=dict(view.fetch.params), **version
        )

    async def _take(self, socket: Socket, frame: dict[str, Any]) -> None:
        if frame.get("action") == "stale":
            self.signals += 1
            for number in frame["ids"]:
                await self._watch(socket, number, self.views[number])
            return
        number = frame["id"]
        view = self.views.get(number)
        if view is None:
            name, touched = self._called.pop(number)
            if frame["ok"] is (name in STATUSES):
                raise Wrong(name, frame)
            await self._take_result(socket, frame, touched)
            return
        if not frame["ok"]:
            raise Wrong(frame)
        view.is_waiting = False
        view.data = view.read = frame.get("data", view.read)
        view.version = frame["version"]
        if view.is_stale:
            await self._watch(socket, number, view)

    async def _take_result(self, socket: Socket, frame: dict[str, Any], touched: Mapping[int, int]) -> None:
        """What a call of one's own has changed nobody else tells."""
        for number, view in self.views.items():
            if any(view.is_meant(entry) for entry in frame.get("invalidate", ())):
                await self._watch(socket, number, view)
            for entry in frame.get("merge", ()):
                if view.is_meant(entry):
                    await self._merge(socket, number, view, entry, touched[number])

    async def _merge(self, socket: Socket, number: int, view: View, entry: Any, touched: int) -> None:
        if view.data is None or view.is_waiting or view.touched != touched:
            # What has been read or merged since may be newer than the value.
            await self._watch(socket, number, view)
        else:
            view.data = {**view.data, entry["slot"]: entry["value"]}
            view.touched += 1
