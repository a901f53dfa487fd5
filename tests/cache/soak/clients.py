"""The functions under test, the same in both frameworks: contexts whose scopes overlap, and mutations that cross them.

Every mutation says truly what it affects, whatever else is wrong: staleness is then the cache's fault.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, Protocol, cast

from pydantic import BaseModel

from mizan_core.client import client
from mizan_core.client.cache_policy import CachePolicy
from mizan_core.errors import Conflict
from tests.cache.soak.world import grid, own


class Site(Protocol):
    """What the functions need of the framework that they run in."""

    def read(self, cells: list[int]) -> list[int]:
        """The versions of *cells*, all of one moment."""

    def bump(self, cells: list[int]) -> list[int]:
        """Raise the versions of *cells* at once; give the new ones."""

    def attempt(self, cells: list[int]) -> None:
        """Make the versions of *cells* negative in a transaction, and roll it back."""

    async def in_thread(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Call a function that blocks."""

    def is_on_lasting_loop(self, request: Any) -> bool:
        """Whether the event loop of an async function goes on when the request has been answered."""

    def user(self, request: Any) -> Any:
        """The user of a request; None for nobody."""

    def purge(self, context: str, **params: Any) -> None:
        """The adapter's ``purge``."""


site = cast("Site", None)
"""Set by the application before it serves."""

journal: dict[str, dict[int, int]] = {}
"""What a mutation has written, by its request's ``X-Operation``; it tells even when the answer is an error."""

gates: dict[str, Future[None]] = {}
"""Opened by whoever has got the answer: what outlives its request waits for that."""

finished: dict[str, int] = {}
"""When what has outlived its request was done, in nanoseconds; by the request's ``X-Operation``."""

_threads = ThreadPoolExecutor(2)
_tasks: set[asyncio.Task[None]] = set()
_dice = random.Random()  # noqa: S311 - a game
pause_share = 0.1
"""How many calls pause at a place where it hurts."""
pause_length = 0.003
"""Seconds of a pause, at most."""


class OnPurpose(RuntimeError):
    """What a function raises because it is to fail."""


class Shown(BaseModel):
    word: str
    cells: list[int]
    versions: list[int]


class Card(BaseModel):
    """As ``Shown``, but a type of its own: the slot of the merges."""

    word: str
    cells: list[int]
    versions: list[int]
    card: bool = True


GRID = ("row", "column", "spot", "board", "card", "public", "worded")
"""The contexts of the grid whose entries the arguments of a mutation narrow rightly. Not ``cross``, which shows a row
and a column: a cell is in the entries of its row and in those of its column, a whole row in all."""


@client(context="row")
def row(request: Any, a: int) -> Shown:
    return _show(_word(request), grid(a))


@client(context="column")
async def column(request: Any, b: int) -> Shown:
    return await _ashow(_word(request), grid(b=b))


@client(context="spot")
def spot(request: Any, a: int, b: int) -> Shown:
    return _show(_word(request), grid(a, b))


@client(context="cross")
def cross_row(request: Any, a: int) -> Shown:
    return _show(_word(request), grid(a))


@client(context="cross")
async def cross_column(request: Any, b: int) -> Shown:
    return await _ashow(_word(request), grid(b=b))


@client(context="board")
def board(request: Any, a: int | None = None, b: int | None = None) -> Shown:
    return _show(_word(request), grid(a, b))


@client(context="own")
async def own_cells(request: Any, a: int) -> Shown:
    word = _word(request)
    return await _ashow(word, own(word, a))


@client(context="card")
def card(request: Any, a: int) -> Card:
    return Card(**_show(_word(request), grid(a)).model_dump())


@client(context="public", cache=CachePolicy(shared=True))
def public(request: Any, a: int) -> Shown:
    return _show("", grid(a))


@client(context="worded", cache=CachePolicy(vary=("X-Language",)))
def worded(request: Any, b: int) -> Shown:
    return _show(f"{_word(request)} {request.headers['x-language']}", grid(b=b))


@client(private=True, affects="cross")
def row_changed(request: Any, a: int) -> None:
    """Nothing but what it affects."""


@client(private=True, affects="cross")
async def column_changed(request: Any, b: int) -> None:
    """Nothing but what it affects."""


@client(private=True, affects="cross")
def cross_changed(request: Any) -> None:
    """Nothing but what it affects."""


@client(affects=GRID)
def touch(request: Any, a: int, b: int) -> None:
    _write(request, grid(a, b))
    row_changed.call_sync(request, a=a)
    column_changed.call_sync(request, b=b)


@client(affects=GRID)
async def touch_async(request: Any, a: int, b: int) -> None:
    await _awrite(request, grid(a, b))
    await asyncio.gather(row_changed.call(request, a=a), column_changed.call(request, b=b))


@client(affects=GRID)
def sweep_row(request: Any, a: int) -> None:
    _write(request, grid(a))
    cross_changed.call_sync(request)


@client(affects=GRID)
async def sweep_column(request: Any, b: int) -> None:
    await _awrite(request, grid(b=b))
    await cross_changed.call(request)


@client(affects=GRID)
def sweep(request: Any, a: int | None = None, b: int | None = None) -> None:
    _write(request, grid(a, b))
    cross_changed.call_sync(request)


@client(affects=GRID)
def reset(request: Any) -> None:
    _write(request, grid())
    cross_changed.call_sync(request)


@client(merge="card", affects=tuple(name for name in GRID if name != "card"))
def paint(request: Any, a: int) -> Card:
    versions = _write(request, grid(a))
    cross_changed.call_sync(request)
    return Card(word=_word(request), cells=grid(a), versions=versions)


@client
def relay(request: Any, a: int, b: int) -> None:
    """It affects nothing itself, and what it calls is not about its own arguments."""
    touch.call_sync(request, a=(a + 1) % 3, b=b)


@client
async def relay_async(request: Any, a: int, b: int) -> None:
    await paint.call(request, a=a)
    await touch_async.call(request, a=(a + 1) % 3, b=b)


@client(affects=own_cells)
def write_own(request: Any, a: int) -> None:
    _write(request, own(_word(request), a))


@client(affects=GRID)
def fail_after_writing(request: Any, a: int) -> None:
    _write(request, grid(a))
    cross_changed.call_sync(request)
    raise OnPurpose("after it has written")


@client(affects=GRID)
def conflict_after_writing(request: Any, a: int) -> None:
    """One of the protocol's own errors, raised when the database has committed."""
    _write(request, grid(a))
    cross_changed.call_sync(request)
    raise Conflict("after it has written")


@client
def call_directly(request: Any, a: int, b: int) -> None:
    touch(request, a=a, b=b)


@client
async def call_directly_async(request: Any, a: int, b: int) -> None:
    await touch_async(request, a=a, b=b)


@client
def leave_thread(request: Any, a: int, b: int) -> None:
    """A thread, with a copy of the request's context, outlives the request and writes."""
    _threads.submit(copy_context().run, _touch_later, request, a, b, gates[request.headers["x-operation"]])


@client
async def leave_task(request: Any, a: int, b: int) -> None:
    """As ``leave_thread``, with a task where it can."""
    operation = request.headers["x-operation"]
    if not site.is_on_lasting_loop(request):
        await touch_async.call(request, a=a, b=b)
        finished[operation] = time.monotonic_ns()
        return
    task = asyncio.ensure_future(_atouch_later(request, a, b, gates[operation]))
    _tasks.add(task)
    task.add_done_callback(_tasks.discard)


def _touch_later(request: Any, a: int, b: int, gate: Future[None]) -> None:
    gate.result()
    touch.call_sync(request, a=a, b=b)
    finished[request.headers["x-operation"]] = time.monotonic_ns()


async def _atouch_later(request: Any, a: int, b: int, gate: Future[None]) -> None:
    await asyncio.wrap_future(gate)
    await touch_async(request, a=a, b=b)
    finished[request.headers["x-operation"]] = time.monotonic_ns()


async def end_tasks() -> None:
    """Wait for the tasks that have outlived their requests on the running event loop."""
    loop = asyncio.get_running_loop()
    await asyncio.gather(*(task for task in tuple(_tasks) if task.get_loop() is loop))


def end_threads() -> None:
    """Wait for what has outlived its request in a thread."""
    _threads.shutdown()


def write_row(request: Any, a: int) -> None:
    """What functions do that take or give what is a framework's own: files, responses at URLs of their own."""
    _write(request, grid(a))
    cross_changed.call_sync(request)


async def awrite_row(request: Any, a: int) -> None:
    """As ``write_row``."""
    await _awrite(request, grid(a))
    await cross_changed.call(request)


def parts(request: Any, a: int) -> Iterator[bytes]:
    """A stream that writes while it is being sent."""
    yield b"begun, "
    pause()
    write_row(request, a)
    yield b"done"


async def aparts(request: Any, a: int) -> AsyncIterator[bytes]:
    """As ``parts``."""
    yield b"begun, "
    await apause()
    await awrite_row(request, a)
    yield b"done"


@client(affects=GRID)
def refuse(request: Any, a: int) -> None:
    """What others must never see."""
    site.attempt(grid(a))
    raise Conflict("It was rolled back.")


@client
def change_unseen(request: Any, a: int) -> None:
    """A change that no mutation of the interface declares, purged by name."""
    _write(request, grid(a))
    for context in ("row", "spot", "board", "card", "public"):
        site.purge(context, a=a)
    for context in ("column", "worded", "cross"):
        site.purge(context)


def pause() -> None:
    if _dice.random() < pause_share:
        time.sleep(_dice.uniform(0, pause_length))


async def apause() -> None:
    if _dice.random() < pause_share:
        await asyncio.sleep(_dice.uniform(0, pause_length))


def _show(word: str, cells: list[int]) -> Shown:
    pause()
    versions = site.read(cells)
    pause()
    return Shown(word=word, cells=cells, versions=versions)


async def _ashow(word: str, cells: list[int]) -> Shown:
    await apause()
    versions = await site.in_thread(site.read, cells)
    await apause()
    return Shown(word=word, cells=cells, versions=versions)


def _write(request: Any, cells: list[int]) -> list[int]:
    versions = site.bump(cells)
    journal[request.headers["x-operation"]].update(zip(cells, versions, strict=True))
    pause()
    return versions


async def _awrite(request: Any, cells: list[int]) -> list[int]:
    versions: list[int] = await site.in_thread(_write, request, cells)
    await apause()
    return versions


def _word(request: Any) -> str:
    user = site.user(request)
    return "anonymous" if user is None else str(user.id) + ("+staff" if user.is_staff else "")
