"""The transactions of requests: a purge waits for the commit, and no bundle is cached that was read inside one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from typing import Any, TypeVar

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from mizan_core.cache.store import Announcement, Store
from mizan_core.immediate import complete_now

View = TypeVar("View", bound=Callable[..., Any])
_NO_TRANSACTION = nullcontext()


class PendingPurge:
    """A purge that waits in Django's own list of what to do on commit, which a roll-back to a savepoint prunes."""

    def __init__(self, store: Store, tags: list[str], promise: Announcement | None) -> None:
        self._store = store
        self._promise = promise
        self._tags = tags

    def __call__(self) -> None:
        complete_now(self._store.purge(self._store.in_thread, self._tags))
        self._promise = None


def purge(store: Store, tags: list[str], promise: Announcement | None = None) -> None:
    """Purge *tags* when every open transaction of this thread has committed; at once where none is open.

    Of a transaction by hand nobody is told when it commits. Then it is at once, and once more when the connection
    returns to autocommit after a commit.
    """
    pending = PendingPurge(store, tags, promise)
    opened = [connection for connection in connections.all(initialized_only=True) if _is_open(connection)]
    for connection in opened:
        if not _is_always_by_hand(connection):
            # Django takes this inside ``atomic`` alone, which does nothing itself where a transaction is open.
            with transaction.atomic(using=connection.alias, savepoint=False):
                transaction.on_commit(pending, using=connection.alias)
    if all(_is_by_hand(connection) for connection in opened):
        pending()


def in_transaction() -> bool:
    """Whether this thread has a transaction open: others do not see what it sees."""
    return any(_is_open(connection) for connection in connections.all(initialized_only=True))


def _is_open(connection: BaseDatabaseWrapper) -> bool:
    return connection.in_atomic_block or _is_by_hand(connection)


def _is_by_hand(connection: BaseDatabaseWrapper) -> bool:
    """Whether the application has left autocommit: each query may be part of a transaction, whose end it decides."""
    if connection.in_atomic_block:
        # So Django marks an ``atomic`` that stands inside such a transaction and does not end it.
        return not connection.commit_on_exit
    return connection.connection is not None and not connection.autocommit


def _is_always_by_hand(connection: BaseDatabaseWrapper) -> bool:
    """Whether the connection is not going to return to autocommit: what waits for that would gather."""
    return _is_by_hand(connection) and not connection.settings_dict["AUTOCOMMIT"]


def requested_transactions() -> AbstractContextManager[None]:
    """What ``ATOMIC_REQUESTS`` promises, around the functions of a request alone.

    Around the whole view, where Django has it, the transaction could have begun with looking up the user, before the
    versions of the cache's tags are read. The functions would see that older state in a database that shows a
    transaction what was there when it began.
    """
    requesting = [alias for alias, settings in connections.settings.items() if settings["ATOMIC_REQUESTS"]]
    return _transactions(requesting) if requesting else _NO_TRANSACTION


@contextmanager
def _transactions(aliases: Iterable[str]) -> Iterator[None]:
    with ExitStack() as transactions:
        for alias in aliases:
            transactions.enter_context(transaction.atomic(using=alias))
        yield


def without_request_transaction(view: View) -> View:
    """Leave *view* out of ``ATOMIC_REQUESTS``, for every database."""
    for alias in connections:
        view = transaction.non_atomic_requests(using=alias)(view)
    return view
