"""Three clients of one application in this process, who meet exactly where a schedule says.

Every place where the functions, or a fault, would pause at random is a place where somebody may come in between.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from threading import Event
from typing import Any, TypeAlias

from typing_extensions import Self

from mizan_core.cache.flights import Flights
from tests.breaking import replace
from tests.cache.soak import clients, faults
from tests.cache.soak.in_process import ask_asgi, ask_wsgi
from tests.cache.soak.players import Answer, Player, Request

Act: TypeAlias = "Callable[[], None]"
_PATIENCE = 60.0
"""Seconds that a client may take."""
_TURNS = 10
"""Of an event loop, until what was cancelled knows it."""


class Client:
    """One who asks in a thread of their own: on its event loop, where the application has one.

    :param ask: of WSGI a function, of ASGI a coroutine function.
    """

    def __init__(self, ask: Callable[[Request], Any], player: Player) -> None:
        self._ask = ask
        self._player = player
        self._thread = ThreadPoolExecutor(1)
        self._loop = asyncio.new_event_loop()
        self._task: asyncio.Task[Answer | None] | None = None

    def begin(self, request: Request) -> Future[None]:
        """Ask, and write down the answer."""
        return self._thread.submit(self._play, request)

    def leave(self) -> None:
        """Give up the present request; returns when the server knows."""
        task = self._task
        assert task is not None, "nobody waits"
        self._loop.call_soon_threadsafe(task.cancel)
        if not self._is_here():
            asyncio.run_coroutine_threadsafe(_turns(), self._loop).result(_PATIENCE)

    def close(self) -> None:
        self._thread.shutdown()
        self._loop.close()

    def _play(self, request: Request) -> None:
        begin = time.monotonic_ns()
        answer = self._answer(request)
        self._player.record(request, answer, begin, time.monotonic_ns())
        self._loop.run_until_complete(clients.end_tasks())

    def _answer(self, request: Request) -> Answer | None:
        if not asyncio.iscoroutinefunction(self._ask):
            return self._ask(request)  # type: ignore[no-any-return]
        self._task = self._loop.create_task(self._ask(request))
        try:
            return self._loop.run_until_complete(self._task)
        except asyncio.CancelledError:
            self._loop.run_until_complete(_others())
            return None

    def _is_here(self) -> bool:
        try:
            return asyncio.get_running_loop() is self._loop
        except RuntimeError:
            return False


class Stage:
    """The first client is the one whom others meet.

    :param application: of ASGI, or of WSGI.
    :param is_asgi: which of both.
    :param clients_may_leave: whether the server is one that cancels their requests then.
    """

    def __init__(
        self, application: Callable[..., Any], player: Player, *, is_asgi: bool, clients_may_leave: bool
    ) -> None:
        self.is_asgi = is_asgi
        self.clients_may_leave = clients_may_leave
        self._player = player
        ask = _asking(application) if is_asgi else partial(ask_wsgi, application)
        self._first, self._second, self._third = (Client(ask, player) for _ in range(3))
        self._meeting: tuple[int, Act] | None = None
        self._moved = Event()

    def play(self, request: Request) -> None:
        """Ask, with nobody else about."""
        self._first.begin(request).result(_PATIENCE)
        self._player.settle()

    def meet(self, request: Request, place: int, meanwhile: Act) -> bool:
        """As ``play``, with *meanwhile* at the request's pause number *place*; gives whether there was one."""
        self._meeting = place, meanwhile
        self.play(request)
        has_met, self._meeting = self._meeting is None, None
        return has_met

    def interrupt(self, request: Request) -> None:
        """Somebody else asks, and gets the answer."""
        self._second.begin(request).result(_PATIENCE)

    def join(self, request: Request) -> Future[None]:
        """A third one asks; returns when they have the answer, or wait for a flight of somebody else's."""
        self._moved.clear()
        asked = self._third.begin(request)
        asked.add_done_callback(lambda _: self._moved.set())
        assert self._moved.wait(_PATIENCE), "they neither wait nor are answered"
        return asked

    def leave(self) -> None:
        """The first one gives up."""
        self._first.leave()

    def __enter__(self) -> Self:
        """Make the pauses of this process places to meet at, those of its fault too."""
        self._install()
        return self

    def __exit__(self, *_: object) -> None:
        for client in (self._first, self._second, self._third):
            client.close()

    def _reach(self) -> None:
        """A pause: the first one's, until the meeting has taken place."""
        if self._meeting is None:
            return
        place, meanwhile = self._meeting
        self._meeting = (place - 1, meanwhile) if place else None
        if not place:
            meanwhile()

    async def _areach(self) -> None:
        self._reach()
        # Where a client leaves, the server hears of it here.
        await asyncio.sleep(0)

    def _install(self) -> None:
        replace(clients, "pause", self._reach)
        replace(clients, "apause", self._areach)
        replace(faults, "_wait", self._reach)
        replace(faults, "_later", lambda _: None)
        join = Flights.join

        def join_and_tell(flights: Flights, identity: Any) -> Any:
            flight, leads = join(flights, identity)
            if not leads:
                self._moved.set()
            return flight, leads

        replace(Flights, "join", join_and_tell)


def _asking(application: Callable[..., Any]) -> Callable[[Request], Any]:
    async def ask(request: Request) -> Answer | None:
        return await ask_asgi(application, request)

    return ask


async def _turns() -> None:
    for _ in range(_TURNS):
        await asyncio.sleep(0)


async def _others() -> None:
    """Wait for what goes on without its client."""
    await asyncio.wait([task for task in asyncio.all_tasks() if task is not asyncio.current_task()] or [_turning()])


def _turning() -> asyncio.Task[None]:
    return asyncio.ensure_future(_turns())
