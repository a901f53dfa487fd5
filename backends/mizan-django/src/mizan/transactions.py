"""The transactions of requests: a purge waits for the commit, and no bundle is cached that was read inside one."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import ExitStack
from types import TracebackType
from typing import Any, TypeVar

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from mizan_core.cache.store import Announcement, Store
from mizan_core.coroutines import complete_now

View = TypeVar("View", bound=Callable[..., Any])
_TRANSACTIONAL = ("postgresql", "sqlite")
"""Vendors whose databases can roll back every statement on every table."""


class PendingPurge:
    """A purge that waits in Django's own list of what to do on commit, which a roll-back to a savepoint prunes."""

    def __init__(self, store: Store, tags: list[str], promise: Announcement | None, origin: str | None) -> None:
        self._store = store
        self._origin = origin
        self._promise = promise
        self._tags = tags

    def __call__(self) -> None:
        complete_now(self._store.purge(self._store.in_thread, self._tags, self._origin))
        self._promise = None


def purge(store: Store, tags: list[str], promise: Announcement | None = None, origin: str | None = None) -> None:
    """Purge *tags* when what this thread has written is visible to others, whichever of its databases that is in.

    That is at each commit of a transaction that is open now, and at once where a database that this thread has used has
    none. Of a transaction by hand nobody is told when it commits: for that it is at once, too, and once more when the
    connection returns to autocommit after a commit.

    :param origin: the socket of whoever has caused it, for those who watch.
    """
    pending = PendingPurge(store, tags, promise, origin)
    used = connections.all(initialized_only=True)
    opened = [connection for connection in used if _is_open(connection)]
    for connection in opened:
        if not _is_always_by_hand(connection):
            _before_other_hooks(connection, pending)
    if len(opened) < len(used) or not opened or any(_is_by_hand(connection) for connection in opened):
        pending()


def when_committed(action: Callable[[], None]) -> bool:
    """Have *action* done when every transaction that this thread has open has committed; never where one does not.

    Gives whether there is one. Of a transaction by hand nobody is told when it commits.
    """
    opened = [connection for connection in connections.all(initialized_only=True) if connection.in_atomic_block]
    if not opened:
        return False

    def go_on() -> None:
        if not when_committed(action):
            action()

    transaction.on_commit(go_on, using=opened[0].alias)
    return True


def _before_other_hooks(connection: BaseDatabaseWrapper, pending: PendingPurge) -> None:
    """Have *pending* done on commit, before what others have asked for: one hook that fails drops those behind it."""
    # Django takes this inside ``atomic`` alone, which does nothing itself where a transaction is open.
    with transaction.atomic(using=connection.alias, savepoint=False):
        transaction.on_commit(pending, using=connection.alias)
    if not _is_in_test_case(connection):
        hooks = connection.run_on_commit
        place = next((index for index, hook in enumerate(hooks) if not isinstance(hook[1], PendingPurge)), len(hooks))
        hooks.insert(place, hooks.pop())


def _is_in_test_case(connection: BaseDatabaseWrapper) -> bool:
    """Whether the transaction is that of Django's ``TestCase``, which never commits and counts the hooks' places."""
    return any(getattr(block, "_from_testcase", False) for block in connection.atomic_blocks)


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


class RequestTransactions:
    """What ``ATOMIC_REQUESTS`` promises, around the functions of a request alone.

    Around the whole view, where Django has it, the transaction could have begun with looking up the user, before the
    versions of the cache's tags are read. The functions would see that older state in a database that shows a
    transaction what was there when it began.

    :param aliases: the databases that ask for it.
    """

    def __init__(self, aliases: Collection[str]) -> None:
        self._aliases = aliases
        self._stack = ExitStack()
        self._decides_all = False
        self.are_undone = False
        """Whether all that was written inside, to whichever database, has been rolled back."""

    def __enter__(self) -> None:
        self._decides_all = not in_transaction() and all(
            alias in self._aliases and connections[alias].vendor in _TRANSACTIONAL for alias in connections
        )
        with ExitStack() as transactions:
            for alias in self._aliases:
                transactions.enter_context(transaction.atomic(using=alias))
            self._stack = transactions.pop_all()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if getattr(error, "keeps_writes", False):
            self._stack.__exit__(None, None, None)
            return
        self._stack.__exit__(kind, error, traceback)
        # A commit that fails is another matter: it may have taken place, or that of another database has.
        self.are_undone = self._decides_all and error is not None


def requested_transactions() -> RequestTransactions | None:
    """The transactions of a request's functions, where a database has ``ATOMIC_REQUESTS``."""
    requesting = [alias for alias, settings in connections.settings.items() if settings["ATOMIC_REQUESTS"]]
    return RequestTransactions(requesting) if requesting else None


def without_request_transaction(view: View) -> View:
    """Leave *view* out of ``ATOMIC_REQUESTS``, for every database."""
    for alias in connections:
        view = transaction.non_atomic_requests(using=alias)(view)
    return view
