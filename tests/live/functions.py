"""What the live scenarios call, watch and subscribe to, whatever framework stands behind them.

Several processes have one state: a file of SQLite that ``LIVE_DATABASE`` names.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from mizan_core.client import ErrorCase, client
from mizan_core.errors import Conflict
from mizan_core.live.channels import ReactChannel
from mizan_core.registry import Registry

DATABASE = "LIVE_DATABASE"
FIRST = {1: "Ada", 2: "Bob"}


class State:
    """Names by number, and rooms that are closed; committed when a method has returned."""

    def __init__(self, path: str) -> None:
        self._path = path
        with closing(self._open()) as database, database:
            database.execute("CREATE TABLE IF NOT EXISTS names (number INTEGER PRIMARY KEY, name TEXT)")
            database.execute("CREATE TABLE IF NOT EXISTS closed (room TEXT PRIMARY KEY)")
        self.reset()

    def reset(self) -> None:
        with closing(self._open()) as database, database:
            database.execute("DELETE FROM names")
            database.execute("DELETE FROM closed")
            database.executemany("INSERT INTO names VALUES (?, ?)", FIRST.items())

    def names(self) -> dict[int, str]:
        with closing(self._open()) as database:
            return dict(database.execute("SELECT number, name FROM names ORDER BY number"))

    def rename(self, number: int, name: str) -> None:
        with closing(self._open()) as database, database:
            database.execute("INSERT OR REPLACE INTO names VALUES (?, ?)", (number, name))

    def close_room(self, room: str) -> None:
        with closing(self._open()) as database, database:
            database.execute("INSERT OR REPLACE INTO closed VALUES (?)", (room,))

    def is_closed(self, room: str) -> bool:
        with closing(self._open()) as database:
            return database.execute("SELECT 1 FROM closed WHERE room = ?", (room,)).fetchone() is not None

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(self._path, timeout=10)


_states: dict[str, State] = {}


def state() -> State:
    """The one of this process."""
    path = os.environ[DATABASE]
    if path not in _states:
        _states[path] = State(path)
    return _states[path]


@client(context="user")
def user(request: Any, user_id: int) -> str:
    return state().names().get(user_id, "nobody")


@client(context="everybody")
async def everybody(request: Any) -> list[str]:
    return list(state().names().values())


@client(affects=("user", "everybody"))
def rename(request: Any, user_id: int, name: str) -> str:
    state().rename(user_id, name)
    return name


@client(context="visits")
def visits(request: Any) -> str:
    """A read that writes: its answer does not say what that has changed."""
    return rename(request, user_id=1, name="a visitor")


@client(affects="user")
async def rename_slowly(request: Any, user_id: int, name: str) -> None:
    await asyncio.sleep(0.2)
    state().rename(user_id, name)


@client(affects="user")
def rename_and_fail(request: Any, user_id: int, name: str) -> None:
    state().rename(user_id, name)
    raise Conflict("Somebody else was first.")


class Taken(ErrorCase, status=409):
    """A name that somebody has."""

    name: str


@client(affects="user", errors=[Taken])
def rename_to_taken(request: Any, user_id: int, name: str) -> None:
    raise Taken(name=name)


@client(affects="user")
def rename_undeclared(request: Any, user_id: int, name: str) -> None:
    raise Taken(name=name)


@client(context="members", auth=True)
def members(request: Any) -> int:
    return len(state().names())


@client(auth=True)
def who(request: Any) -> bool:
    return True


@client
async def sleep(request: Any, seconds: float) -> str:
    await asyncio.sleep(seconds)
    return "slept"


_released: set[str] = set()


@client
async def wait_for_release(request: Any, key: str) -> str:
    """Of the same key, in the same process."""
    while key not in _released:  # noqa: ASYNC110 - whoever releases may be on another loop
        await asyncio.sleep(0.005)
    return "released"


@client
async def release(request: Any, key: str) -> None:
    _released.add(key)


@client
def crash(request: Any) -> None:
    raise RuntimeError("of this no client learns")


@client
def resident(request: Any) -> int:
    """How much memory the server's process has, in bytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")


@client(private=True)
def hidden(request: Any) -> None: ...


@client(websocket=True, http=False)
def over_the_socket(request: Any) -> str:
    return "here"


@client
def close_room(request: Any, room: str) -> None:
    state().close_room(room)


@client
async def announce(request: Any, room: str, text: str) -> None:
    """Server code that publishes."""
    await ChatChannel.publish({"room": room}, {"text": text})


@client
def announce_in_thread(request: Any, room: str, text: str) -> None:
    ChatChannel.publish_sync(ChatChannel.Params(room=room), ChatChannel.DjangoMessage(text=text))


class ChatChannel(ReactChannel):
    """A room."""

    class Params(BaseModel):
        room: str

    class ReactMessage(BaseModel):
        text: str

    class DjangoMessage(BaseModel):
        text: str

    def authorize(self, params: Params) -> bool:
        return not state().is_closed(params.room)

    def group(self, params: Params) -> str:
        return params.room.casefold()

    async def receive(self, params: Params, msg: ReactMessage) -> DjangoMessage | None:
        if msg.text == "crash":
            raise RuntimeError("of this no client learns")
        return None if msg.text == "nothing" else self.DjangoMessage(text=msg.text)


class LobbyChannel(ReactChannel):
    """Who is here."""

    presence = True

    async def authorize(self, params: None) -> bool:
        return bool(self.user is not None and self.user.is_authenticated)

    def who(self, params: None) -> dict[str, Any]:
        return {"user": str(self.user.pk)}


FUNCTIONS = (
    user,
    everybody,
    rename,
    visits,
    rename_slowly,
    rename_and_fail,
    rename_to_taken,
    rename_undeclared,
    members,
    who,
    sleep,
    wait_for_release,
    release,
    crash,
    resident,
    hidden,
    over_the_socket,
    close_room,
    announce,
    announce_in_thread,
)
CHANNELS = (ChatChannel, LobbyChannel)


def make_registry() -> Registry:
    """A registry of its own with all of them."""
    return register_in(Registry())


def register_in(registry: Registry) -> Registry:
    """*registry*, with all of them."""
    for function in FUNCTIONS:
        registry.register(function)
    for channel in CHANNELS:
        registry.register(channel)
    return registry
