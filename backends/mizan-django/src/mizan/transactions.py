"""The transactions of requests: a purge waits for the commit, and no bundle is cached that was read inside one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, TypeVar

from django.db import connections, transaction

from mizan_core.cache.operations import complete
from mizan_core.cache.store import Store

View = TypeVar("View", bound=Callable[..., Any])


class PendingPurge:
    """A purge that waits in Django's own list of what to do on commit, which a roll-back to a savepoint prunes."""

    def __init__(self, store: Store, tags: list[str]) -> None:
        self._store = store
        self._tags = tags

    def __call__(self) -> None:
        complete(self._store.backend, self._store.purge(self._tags))


def purge(store: Store, tags: list[str]) -> None:
    """Purge *tags* when every open transaction of this thread has committed; at once where none is open."""
    pending = PendingPurge(store, tags)
    waits = False
    for connection in connections.all(initialized_only=True):
        if connection.in_atomic_block:
            transaction.on_commit(pending, using=connection.alias)
            waits = True
    if not waits:
        pending()


def in_transaction() -> bool:
    """Whether this thread has a transaction open: others do not see what it sees."""
    return any(connection.in_atomic_block for connection in connections.all(initialized_only=True))


@contextmanager
def requested_transactions() -> Iterator[None]:
    """What ``ATOMIC_REQUESTS`` promises, around the functions of a request alone.

    Around the whole view, where Django has it, the transaction could have begun with looking up the user, before the
    versions of the cache's tags are read. The functions would see that older state in a database that shows a
    transaction what was there when it began.
    """
    with ExitStack() as transactions:
        for alias, settings in connections.settings.items():
            if settings["ATOMIC_REQUESTS"]:
                transactions.enter_context(transaction.atomic(using=alias))
        yield


def without_request_transaction(view: View) -> View:
    """Leave *view* out of ``ATOMIC_REQUESTS``, for every database."""
    for alias in connections:
        view = transaction.non_atomic_requests(using=alias)(view)
    return view
