"""Purging what the endpoints have cached, for changes that no mutation of the interface made: admin, cron, signals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from asgiref.sync import sync_to_async

from mizan import transactions
from mizan.serving import dispatcher
from mizan_core.cache.store import Purge
from mizan_core.client import ServerFunction
from mizan_core.coroutines import to_the_end


def purge(context: str, /, **params: Any) -> None:
    """Make the cached bundles of *context* stale, when the open transactions commit or at once where none is open.

    :param params: only those bundles; without, all of the context.
    :raises ValueError: for a context or a parameter that is not registered, or a value of another type.
    """
    _perform(dispatcher.interface().named_purge(context, params))


async def apurge(context: str, /, **params: Any) -> None:
    """As ``purge``, on an event loop."""
    await to_the_end(sync_to_async(purge)(context, **params))


def purge_all() -> None:
    """Make everything stale that is cached, when the open transactions commit or at once where none is open."""
    _perform(dispatcher.interface().whole_purge())


async def apurge_all() -> None:
    """As ``purge_all``, on an event loop."""
    await to_the_end(sync_to_async(purge_all)())


def purge_called(function: ServerFunction, arguments: Mapping[str, Any]) -> None:
    """Purge what a call that server code made outside a request has changed."""
    _perform(dispatcher.interface().called_purge(function, arguments))


async def apurge_called(function: ServerFunction, arguments: Mapping[str, Any]) -> None:
    """As ``purge_called``, in the thread that holds the transactions of an event loop's queries."""
    await sync_to_async(purge_called)(function, arguments)


def _perform(stale: Purge | None) -> None:
    if stale is not None:
        transactions.purge(stale.store, stale.tags, stale.promise)
