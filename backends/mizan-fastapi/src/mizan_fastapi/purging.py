"""Purging what all routers of the process have cached, for changes that no mutation made: jobs, scripts, the shell."""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Mapping
from typing import Any

from mizan_core.cache.store import Purge
from mizan_core.call.dispatcher import Dispatcher, Peers
from mizan_core.client import ServerFunction
from mizan_core.client.calls import observe_outside_requests
from mizan_core.coroutines import begin, complete_now
from mizan_fastapi.port import shielded

_serving = Peers()


def purge(context: str, /, **params: Any) -> None:
    """Make the cached bundles of *context* stale, in every router of the process that has it.

    :param params: only those bundles; without, all of the context.
    :raises ValueError: for a context or a parameter that is not registered, or a value of another type.
    """
    perform(*_named(context, params))


async def apurge(context: str, /, **params: Any) -> None:
    """As ``purge``, on an event loop."""
    await aperform(*_named(context, params))


def purge_all() -> None:
    """Make everything stale that is cached, in every router of the process."""
    perform(*_whole())


async def apurge_all() -> None:
    """As ``purge_all``, on an event loop."""
    await aperform(*_whole())


def perform(*purges: Purge | None) -> None:
    """Purge now, from a thread."""
    for purge in purges:
        if purge is not None:
            complete_now(purge.store.purge(purge.store.in_thread, purge.tags))


async def aperform(*purges: Purge | None) -> None:
    """Purge now, on an event loop, whatever becomes of whoever waits for it."""
    await shielded(begin(_each(purges)))


async def _each(purges: Iterable[Purge | None]) -> None:
    for purge in purges:
        if purge is not None:
            await purge.store.purge(purge.store.on_loop, purge.tags)


def serving() -> list[Dispatcher]:
    """The dispatchers of the process whose registries have contexts; all of them where none has any."""
    dispatchers = list(_serving)
    return [dispatcher for dispatcher in dispatchers if dispatcher.contexts()] or dispatchers


def serve(dispatcher: Dispatcher) -> None:
    """Have *dispatcher* purge what is purged by name, by calls outside requests and by functions of other routers.

    For as long as something serves it.
    """
    dispatcher.join(_serving)
    reference = weakref.ref(dispatcher)

    def purge_of(function: ServerFunction, arguments: Mapping[str, Any]) -> Purge | None:
        alive = reference()
        return None if alive is None else alive.interface().called_purge(function, arguments)

    end = observe_outside_requests(
        lambda function, arguments: perform(purge_of(function, arguments)),
        lambda function, arguments: aperform(purge_of(function, arguments)),
    )
    weakref.finalize(dispatcher, end)


def _whole() -> list[Purge | None]:
    return [dispatcher.interface().whole_purge() for dispatcher in _serving]


def _named(context: str, params: Mapping[str, Any]) -> list[Purge | None]:
    dispatchers = list(_serving)
    holding = [dispatcher for dispatcher in dispatchers if context in dispatcher.contexts()]
    if not holding:
        known = sorted({name for dispatcher in dispatchers for name in dispatcher.contexts()})
        raise ValueError(f"no context is named {context!r}; there are: {', '.join(known) or 'none'}")
    return [dispatcher.interface().named_purge(context, params) for dispatcher in holding]
