"""Purging what all routers of the process have cached, for changes that no mutation made: jobs, scripts, the shell."""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from typing import Any

from mizan_core.cache.store import Purge
from mizan_core.call.dispatcher import Dispatcher, Peers
from mizan_core.client import ServerFunction
from mizan_core.client.calls import observe_outside_requests
from mizan_core.coroutines import complete_now

_serving = Peers()


def purge(context: str, /, **params: Any) -> None:
    """Make the cached bundles of *context* stale, in every router of the process that has it.

    :param params: only those bundles; without, all of the context.
    :raises ValueError: for a context or a parameter that is not registered, or a value of another type.
    """
    for stale in _named(context, params):
        perform(stale)


async def apurge(context: str, /, **params: Any) -> None:
    """As ``purge``, on an event loop."""
    for stale in _named(context, params):
        await aperform(stale)


def purge_all() -> None:
    """Make everything stale that is cached, in every router of the process."""
    for dispatcher in _serving:
        perform(dispatcher.interface().whole_purge())


async def apurge_all() -> None:
    """As ``purge_all``, on an event loop."""
    for dispatcher in _serving:
        await aperform(dispatcher.interface().whole_purge())


def perform(purge: Purge | None) -> None:
    """Purge now, from a thread."""
    if purge is not None:
        complete_now(purge.store.purge(purge.store.in_thread, purge.tags))


async def aperform(purge: Purge | None) -> None:
    """Purge now, on an event loop."""
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


def _named(context: str, params: Mapping[str, Any]) -> list[Purge | None]:
    dispatchers = list(_serving)
    holding = [dispatcher for dispatcher in dispatchers if context in dispatcher.contexts()]
    if not holding:
        known = sorted({name for dispatcher in dispatchers for name in dispatcher.contexts()})
        raise ValueError(f"no context is named {context!r}; there are: {', '.join(known) or 'none'}")
    return [dispatcher.interface().named_purge(context, params) for dispatcher in holding]
