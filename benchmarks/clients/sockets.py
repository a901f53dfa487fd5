"""Sockets of an ASGI application, opened in this process as a server would open them."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any

_PATIENCE = 60.0


class Socket:
    """One client of *application*; it keeps when each frame was given to it, and answers pings.

    :ivar told: for whoever counts what it was told.
    """

    def __init__(self, application: Any, path: str, headers: dict[str, str], protocols: list[str]) -> None:
        self.frames: list[tuple[float, str]] = []
        self.told = 0
        self._to_server: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._told = asyncio.Event()
        fields = {"host": "localhost", "origin": "http://localhost", **headers}
        scope = {
            "type": "websocket",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "scheme": "ws",
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": b"",
            "headers": [(name.encode(), value.encode()) for name, value in fields.items()],
            "client": ("127.0.0.1", 50_000),
            "server": ("localhost", 80),
            "subprotocols": protocols,
            "state": {},
        }
        self._to_server.put_nowait({"type": "websocket.connect"})
        self._task = asyncio.ensure_future(application(scope, self._to_server.get, self._take))

    def say(self, frame: dict[str, Any]) -> None:
        """Send a frame."""
        self._to_server.put_nowait({"type": "websocket.receive", "text": json.dumps(frame)})

    async def until(self, holds: Callable[[str], bool]) -> None:
        """Wait for a frame; what has come is forgotten."""
        end = time.monotonic() + _PATIENCE
        while not any(holds(text) for _, text in self.frames):
            if self._task.done():
                self._task.result()
                raise RuntimeError("the application has ended the socket")
            self._told.clear()
            await asyncio.wait_for(self._told.wait(), end - time.monotonic())
        self.frames.clear()

    async def _take(self, message: Any) -> None:
        if message["type"] == "websocket.accept":
            self.frames.append((time.monotonic(), "accepted"))
        elif message["type"] == "websocket.send":
            text = message["text"]
            if text.startswith('{"action":"ping"'):
                self.say({"action": "pong", "n": json.loads(text)["n"]})
                return
            self.frames.append((time.monotonic(), text))
        else:
            raise RuntimeError(f"the application says {message}")
        self._told.set()
