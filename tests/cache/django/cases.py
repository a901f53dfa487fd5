"""Transactions beside the cache; ``test_cases`` runs this with Django's runner."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.db import connection, connections, transaction
from django.http import HttpRequest
from django.test import AsyncClient, Client, TestCase, TransactionTestCase, override_settings

import mizan
from mizan.serving import dispatcher
from mizan_core.cache import MemoryCache
from mizan_core.cache.store import Store
from mizan_core.engine import ENGINE
from tests.cache.django import functions
from tests.cache.django.functions import OTHER
from tests.cache.django.models import Stock
from tests.cache.redis.servers import HOST, free_port
from tests.live.recording import Announced

CONTEXTS = ("stock", "stock_async")
SOCKET = "socket-0123456789abcdef"


class Shop(TransactionTestCase):
    """One thing in stock, and what a request of another thread is told about it."""

    databases = "__all__"

    def setUp(self) -> None:
        caching = dispatcher.interface().caching
        assert caching is not None
        caching.store = Store(MemoryCache(), ENGINE.CacheKeyer("a-secret-of-the-django-cases-0123456"))
        _forget(OTHER)
        Stock.objects.create(name="tea")

    def keep(self) -> None:
        for context in CONTEXTS:
            assert [self.fetch(context)[0] for _ in range(2)] == ["MISS", "HIT"]

    def fetch(self, context: str = "stock") -> tuple[str, int]:
        """In this thread, and so inside the transactions that it has open."""
        return _read(self.client.get(f"/api/mizan/ctx/{context}/?name=tea"), context)

    def fetch_elsewhere(self, context: str = "stock") -> tuple[str, int]:
        """As another request."""
        outcome: tuple[str, int] = _in_thread(lambda: Shop.fetch(self, context))
        return outcome

    def call(self, function: str, status: int = 200) -> Any:
        self.client.raise_request_exception = status < 500
        response = self.client.post("/api/mizan/call/", _body(function), content_type="application/json")
        assert response.status_code == status, response.content
        return json.loads(response.content)

    def amounts(self) -> list[tuple[str, int]]:
        return [self.fetch_elsewhere(context) for context in CONTEXTS]


class Commits(Shop):
    """R4, R5: the purge comes when the transaction commits, whatever holds it open."""

    def test_the_setting_without_transactions(self) -> None:
        self.keep()
        self.call("deliver")
        assert self.amounts() == [("MISS", 1)] * 2
        self.call("deliver_async")
        assert self.amounts() == [("MISS", 2)] * 2

    def test_a_transaction_of_the_function(self) -> None:
        self.keep()
        self.call("deliver_atomically")
        assert self.amounts() == [("MISS", 1)] * 2

    def test_a_transaction_around_the_request(self) -> None:
        self.keep()
        with transaction.atomic():
            self.call("deliver")
            assert self.amounts() == [("HIT", 0)] * 2
        assert self.amounts() == [("MISS", 1)] * 2

    def test_nested_transactions_wait_for_the_outermost(self) -> None:
        self.keep()
        with transaction.atomic():
            with transaction.atomic():
                self.call("deliver")
            assert self.amounts() == [("HIT", 0)] * 2
        assert self.amounts() == [("MISS", 1)] * 2

    def test_what_is_rolled_back_has_not_happened(self) -> None:
        self.keep()
        with _undone():
            self.call("deliver")
        assert self.amounts() == [("HIT", 0)] * 2

    def test_what_a_savepoint_undoes_has_not_happened(self) -> None:
        self.keep()
        with transaction.atomic(), _undone():
            self.call("deliver")
        assert self.amounts() == [("HIT", 0)] * 2

    def test_what_happens_beside_a_savepoint_has(self) -> None:
        self.keep()
        with transaction.atomic():
            self.call("deliver")
            with _undone():
                self.call("deliver")
        assert self.amounts() == [("MISS", 1)] * 2

    def test_a_function_that_goes_back_to_a_savepoint(self) -> None:
        self.keep()
        self.call("deliver_in_parts")
        assert self.amounts() == [("MISS", 1)] * 2

    def test_an_async_function_that_a_sync_one_calls_is_part_of_its_transaction(self) -> None:
        self.keep()
        self.call("deliver_through_async")
        assert self.amounts() == [("MISS", 2)] * 2
        with _undone():
            self.call("deliver_through_async")
        assert self.amounts() == [("HIT", 2)] * 2
        async_to_sync(_acall)("deliver_through_async")
        assert self.amounts() == [("MISS", 4)] * 2

    def test_a_hook_of_somebody_else_that_fails(self) -> None:
        """It would drop what comes behind it, whenever that was registered."""
        self.keep()
        self._commit_with_failing_hooks(lambda: self.call("deliver"))
        assert self.amounts() == [("MISS", 1)] * 2
        self._commit_with_failing_hooks(lambda: functions.deliver.call_sync(HttpRequest(), name="tea"))
        assert self.amounts() == [("MISS", 2)] * 2

    def test_a_hook_that_fails_behind_a_savepoint(self) -> None:
        """What the savepoint undoes is not purged, what is beside it is."""

        def work() -> None:
            with _undone():
                self.call("deliver")

        self.keep()
        self._commit_with_failing_hooks(work)
        assert self.amounts() == [("HIT", 0)] * 2

        def work_beside() -> None:
            work()
            with transaction.atomic():
                self.call("deliver")

        self._commit_with_failing_hooks(work_beside)
        assert self.amounts() == [("MISS", 1)] * 2

    def _commit_with_failing_hooks(self, work: Callable[[], Any]) -> None:
        def commit() -> None:
            with transaction.atomic():
                transaction.on_commit(_fail)
                work()
                transaction.on_commit(_fail)

        with pytest.raises(RuntimeError, match="of somebody else"):
            commit()

    def test_hooks_keep_their_order(self) -> None:
        done: list[str] = []
        with transaction.atomic():
            transaction.on_commit(lambda: done.append("first"))
            self.call("deliver")
            transaction.on_commit(lambda: done.append("second"))
        assert done == ["first", "second"]

    def test_failures_that_stay_written(self) -> None:
        self.keep()
        self.call("deliver_and_refuse", 409)
        assert self.amounts() == [("MISS", 1)] * 2
        with self.assertLogs("django.request", "ERROR"):
            self.call("deliver_and_collapse", 500)
        assert self.amounts() == [("MISS", 2)] * 2


class Announcing(Shop):
    """Those who watch are told of a purge when it takes place, and whose call it was."""

    def setUp(self) -> None:
        super().setUp()
        caching = dispatcher.interface().caching
        assert caching is not None
        self.announced = Announced()
        caching.store.announce_by(self.announced)

    def origins(self) -> list[str | None]:
        """Of what has been told since they were last asked for; each purge must have named tags."""
        told, self.announced.told = self.announced.told, []
        assert all(tags for tags, _ in told)
        return [origin for _, origin in told]

    def call_from_socket(self, function: str) -> None:
        response = self.client.post(
            "/api/mizan/call/", _body(function), content_type="application/json", headers={"X-Mizan-Socket": SOCKET}
        )
        assert response.status_code == 200, response.content

    def test_a_call_names_its_socket(self) -> None:
        for function in ("deliver", "deliver_async"):
            self.call_from_socket(function)
            assert self.origins() == [SOCKET]
            self.call(function)
            assert self.origins() == [None]

    def test_a_call_on_an_event_loop_names_its_socket(self) -> None:
        @async_to_sync
        async def call() -> None:
            headers = {"X-Mizan-Socket": SOCKET}
            for function in ("deliver", "deliver_async"):
                response = await AsyncClient().post(
                    "/api/mizan/call/", _body(function), content_type="application/json", headers=headers
                )
                assert response.status_code == 200, response.content

        call()
        assert self.origins() == [SOCKET] * 2

    def test_nobody_is_told_before_the_commit(self) -> None:
        with transaction.atomic():
            self.call_from_socket("deliver")
            assert self.origins() == []
        assert self.origins() == [SOCKET]

    def test_nobody_is_told_of_what_is_rolled_back(self) -> None:
        with _undone():
            self.call_from_socket("deliver")
        with transaction.atomic(), _undone():
            self.call_from_socket("deliver")
        assert self.origins() == []

    def test_what_server_code_purges_has_no_socket(self) -> None:
        mizan.purge("stock", name="tea")
        functions.deliver.call_sync(HttpRequest(), name="tea")
        assert self.origins() == [None] * 2


class ReadsInTransactions(Shop):
    """They see what is not committed, or what others have replaced, and do not touch the cache."""

    def test_after_a_mutation(self) -> None:
        self.keep()
        with transaction.atomic():
            self.call("deliver")
            assert self.fetch() == ("BYPASS", 1)
        assert self.amounts() == [("MISS", 1)] * 2

    def test_after_a_mutation_that_is_undone(self) -> None:
        with _undone():
            self.call("deliver")
            assert self.fetch() == ("BYPASS", 1)
        assert self.amounts() == [("MISS", 0)] * 2

    def test_after_a_change_that_nobody_has_announced(self) -> None:
        with _undone():
            Stock.objects.update(amount=5)
            assert self.fetch() == ("BYPASS", 5)
        assert self.amounts() == [("MISS", 0)] * 2

    def test_one_that_began_before_a_mutation(self) -> None:
        """What it sees may be older than the versions that it would be stored with."""
        with transaction.atomic():
            assert Stock.objects.get().amount == 0
            if _is_snapshot():
                _in_thread(lambda: self.call("deliver"))
            assert self.fetch() == ("BYPASS", 0)
        assert self.amounts() == [("MISS", int(_is_snapshot()))] * 2

    def test_a_transaction_on_another_database(self) -> None:
        with transaction.atomic(using=OTHER):
            assert self.fetch()[0] == "BYPASS"
        assert self.fetch()[0] == "MISS"


class SeveralDatabases(Shop):
    def test_the_purge_waits_for_the_only_transaction(self) -> None:
        self.keep()
        with transaction.atomic(using=OTHER):
            self.call("deliver")
        assert self.amounts() == [("MISS", 1)] * 2

    def test_the_purge_comes_after_the_last_commit(self) -> None:
        """The other database commits first, and somebody reads before this one does."""
        self.keep()
        with transaction.atomic():
            with transaction.atomic(using=OTHER):
                self.call("deliver")
            for context in CONTEXTS:
                self.fetch_elsewhere(context)
            assert [amount for _, amount in self.amounts()] == [0, 0]
        assert self.amounts() == [("MISS", 1)] * 2

    def test_what_stays_in_one_when_the_other_is_undone(self) -> None:
        """The function writes where no transaction is open, and the open one is rolled back."""
        self.keep()
        with _undone(OTHER):
            self.call("deliver")
            assert self.amounts() == [("MISS", 1)] * 2
        assert [amount for _, amount in self.amounts()] == [1, 1]

    def test_one_commits_and_the_other_is_undone(self) -> None:
        self.keep()
        with transaction.atomic():
            self.call("deliver")
            with _undone(OTHER):
                self.call("deliver")
        assert self.amounts() == [("MISS", 2)] * 2


class AtomicRequests(Shop):
    """``ATOMIC_REQUESTS``, in threads and on an event loop."""

    def test_sync(self) -> None:
        with _atomic_requests():
            self._check(self.call)

    def test_async(self) -> None:
        def call(function: str, status: int = 200) -> None:
            async_to_sync(_acall)(function, status)

        with _atomic_requests():
            self._check(call)

    def test_where_all_is_rolled_back_nothing_is_stale(self) -> None:
        with _atomic_requests("default", OTHER):
            self.keep()
            for function, status in (("deliver_and_refuse", 409), ("deliver_async_and_refuse", 409)):
                assert "invalidate" not in self.call(function, status)
                assert self.amounts() == [("HIT", 0)] * 2
            assert "invalidate" in self.call("deliver")
            assert self.amounts() == [("MISS", 1)] * 2

    def test_what_ends_the_process_rolls_back_too(self) -> None:
        with _atomic_requests("default", OTHER):
            self.keep()
            with pytest.raises(SystemExit):
                self.call("deliver_and_exit")
            assert self.amounts() == [("HIT", 0)] * 2

    def test_a_database_that_does_not_ask_for_it_may_keep_something(self) -> None:
        with _atomic_requests("default"):
            self.keep()
            assert "invalidate" in self.call("deliver_and_refuse", 409)
            assert self.amounts() == [("MISS", 0)] * 2

    def test_a_transaction_around_it_decides(self) -> None:
        with _atomic_requests("default", OTHER):
            self.keep()
            with transaction.atomic():
                assert "invalidate" in self.call("deliver_and_refuse", 409)
            assert self.amounts() == [("MISS", 0)] * 2

    def test_a_commit_that_fails_may_have_taken_place(self) -> None:
        """Here a hook of somebody else fails, behind the commit."""
        with _atomic_requests("default", OTHER), self.assertLogs("django.request", "ERROR"):
            self.keep()
            assert "invalidate" in self.call("deliver_and_fail_on_commit", 500)
            assert [amount for _, amount in self.amounts()] == [Stock.objects.get().amount] * 2

    def test_bundles_are_cached(self) -> None:
        with _atomic_requests():
            self.keep()

    def test_bundles_are_cached_async(self) -> None:
        with _atomic_requests():
            words = [async_to_sync(_afetch)("stock")[0] for _ in range(2)]
        assert words == ["MISS", "HIT"]

    def _check(self, call: Callable[..., None]) -> None:
        self.keep()
        call("deliver")
        assert self.amounts() == [("MISS", 1)] * 2
        call("deliver_async")
        assert self.amounts() == [("MISS", 2)] * 2
        call("deliver_in_parts")
        assert self.amounts() == [("MISS", 3)] * 2
        call("deliver_and_refuse", 409)
        with self.assertLogs("django.request", "ERROR"):
            call("deliver_and_collapse", 500)
        assert [amount for _, amount in self.amounts()] == [3, 3]


class ByHand(Shop):
    """``set_autocommit(False)``: Django tells nobody when such a transaction commits."""

    def test_reads_bypass(self) -> None:
        with _by_hand():
            assert self.fetch() == ("BYPASS", 0)
            self._change()
            assert self.fetch() == ("BYPASS", 7)
            transaction.rollback()
        assert self.amounts() == [("MISS", 0)] * 2

    def test_reads_bypass_async(self) -> None:
        with _by_hand():
            self._change()
            assert [async_to_sync(_afetch)(context) for context in CONTEXTS] == [("BYPASS", 7)] * 2
            transaction.rollback()
        assert self.amounts() == [("MISS", 0)] * 2

    def test_the_purge_comes_with_autocommit(self) -> None:
        """Although somebody has read between the first purge and the commit."""
        self.keep()
        with _by_hand():
            self._change()
            self._purge()
            assert self.amounts() == [("MISS", 0)] * 2
            transaction.commit()
        assert self.amounts() == [("MISS", 7)] * 2

    def test_and_from_inside_a_savepoint_too(self) -> None:
        self.keep()
        with _by_hand():
            self._change()
            with transaction.atomic():
                self._purge()
            assert self.amounts() == [("MISS", 0)] * 2
            transaction.commit()
        assert self.amounts() == [("MISS", 7)] * 2

    def test_what_is_rolled_back_has_not_happened(self) -> None:
        with _by_hand():
            self._change()
            self._purge()
            transaction.rollback()
            assert self.amounts() == [("MISS", 0)] * 2
        assert self.amounts() == [("HIT", 0)] * 2

    def test_a_purge_after_the_commit_is_at_once(self) -> None:
        self.keep()
        with _by_hand():
            self._change()
            transaction.commit()
            self._purge()
            assert self.amounts() == [("MISS", 7)] * 2

    def test_a_function_that_commits_by_hand(self) -> None:
        self.keep()
        self.call("deliver_by_hand")
        assert self.amounts() == [("MISS", 1)] * 2

    def test_where_it_is_the_rule_nothing_gathers(self) -> None:
        self.keep()
        with mock.patch.dict(connection.settings_dict, {"AUTOCOMMIT": False}), _by_hand():
            self._change()
            transaction.commit()
            self._purge()
            assert connection.run_on_commit == []
            assert self.amounts() == [("MISS", 7)] * 2

    def test_beside_a_transaction_that_is_not(self) -> None:
        self.keep()
        with transaction.atomic(using=OTHER), _by_hand():
            self._change()
            transaction.commit()
            self._purge()
            assert self.amounts() == [("MISS", 7)] * 2
        assert self.amounts() == [("MISS", 7)] * 2

    def _change(self) -> None:
        Stock.objects.update(amount=7)

    def _purge(self) -> None:
        for context in CONTEXTS:
            mizan.purge(context, name="tea")


class Settings(Shop):
    """A setting that changes; in a running server none does."""

    def test_the_store_that_it_replaces_does_not_go_on(self) -> None:
        """It was waiting for its server to answer."""
        with override_settings(MIZAN_CACHE_URL=f"redis://{HOST}:{free_port()}/0"):
            self.call("deliver")
            assert self.fetch() == ("BYPASS", 1)
            assert _is_recovering()
        assert not _is_recovering()
        assert [self.fetch()[0] for _ in range(2)] == ["MISS", "HIT"]


class ByName(Shop):
    """``purge`` and ``apurge`` obey transactions as mutations do."""

    def test_at_once(self) -> None:
        self._change()
        mizan.purge("stock", name="tea")
        mizan.purge("stock_async")
        assert self.amounts() == [("MISS", 7)] * 2

    async def test_at_once_async(self) -> None:
        await sync_to_async(self._change)()
        await mizan.apurge("stock", name="tea")
        await mizan.apurge("stock_async")
        assert await sync_to_async(self.amounts)() == [("MISS", 7)] * 2

    def test_on_commit(self) -> None:
        self.keep()
        with transaction.atomic():
            Stock.objects.update(amount=7)
            for context in CONTEXTS:
                mizan.purge(context, name="tea")
            assert self.amounts() == [("HIT", 0)] * 2
        assert self.amounts() == [("MISS", 7)] * 2

    def test_on_commit_async(self) -> None:
        self.keep()
        with transaction.atomic():
            Stock.objects.update(amount=7)
            for context in CONTEXTS:
                async_to_sync(mizan.apurge)(context, name="tea")
            assert self.amounts() == [("HIT", 0)] * 2
        assert self.amounts() == [("MISS", 7)] * 2

    def test_undone(self) -> None:
        self.keep()
        with _undone():
            Stock.objects.update(amount=7)
            for context in CONTEXTS:
                mizan.purge(context)
        assert self.amounts() == [("HIT", 0)] * 2

    def _change(self) -> None:
        self.keep()
        Stock.objects.update(amount=7)
        assert self.amounts() == [("HIT", 0)] * 2


class OutsideRequests(Shop):
    """Functions that a job calls, inside its transaction."""

    def test_sync(self) -> None:
        self._check(lambda: functions.deliver.call_sync(HttpRequest(), name="tea"))

    def test_async(self) -> None:
        """The function's own queries run in the thread that holds the transaction, and so must the purge."""
        self._check(lambda: async_to_sync(functions.deliver_async.call)(HttpRequest(), name="tea"))

    def test_a_sync_function_from_async_code(self) -> None:
        self._check(lambda: async_to_sync(functions.deliver.call)(HttpRequest(), name="tea"))

    def _check(self, deliver: Callable[[], Any]) -> None:
        self.keep()
        with transaction.atomic():
            deliver()
            assert self.amounts() == [("HIT", 0)] * 2
        assert self.amounts() == [("MISS", 1)] * 2


class TestsInATransaction(TestCase):
    """Django's ``TestCase``: its transaction never commits, so that nothing of one test is there for the next."""

    databases = "__all__"

    def setUp(self) -> None:
        Stock.objects.create(name="tea")

    def test_nothing_is_cached(self) -> None:
        self._check_fresh()

    def test_nothing_is_left_for_another_test(self) -> None:
        Stock.objects.update(amount=3)
        self._check_fresh(3)

    def test_a_mutation_is_seen(self) -> None:
        self._check_fresh()
        _post(self.client, "deliver")
        self._check_fresh(1)

    def test_purges_can_be_captured(self) -> None:
        with self.captureOnCommitCallbacks() as callbacks:
            _post(self.client, "deliver")
        assert len(callbacks) == 1
        with self.captureOnCommitCallbacks(execute=True):
            _post(self.client, "deliver")
        self._check_fresh(2)

    async def test_async(self) -> None:
        assert [await _afetch(context) for context in CONTEXTS * 2] == [("BYPASS", 0)] * 4
        await _acall("deliver_async", 200)
        assert [await _afetch(context) for context in CONTEXTS] == [("BYPASS", 1)] * 2

    def _check_fresh(self, amount: int = 0) -> None:
        for context in CONTEXTS * 2:
            assert _read(self.client.get(f"/api/mizan/ctx/{context}/?name=tea"), context) == ("BYPASS", amount)


def _body(function: str) -> str:
    return json.dumps({"fn": function, "args": {"name": "tea"}})


def _post(client: Client, function: str) -> None:
    response = client.post("/api/mizan/call/", _body(function), content_type="application/json")
    assert response.status_code == 200, response.content


async def _acall(function: str, status: int = 200) -> None:
    response = await AsyncClient(raise_request_exception=False).post(
        "/api/mizan/call/", _body(function), content_type="application/json"
    )
    assert response.status_code == status, response.content


async def _afetch(context: str) -> tuple[str, int]:
    return _read(await AsyncClient(raise_request_exception=False).get(f"/api/mizan/ctx/{context}/?name=tea"), context)


def _read(response: Any, context: str) -> tuple[str, int]:
    assert response.status_code == 200, response.content
    return response["X-Mizan-Cache"], json.loads(response.content)[context]


def _in_thread(work: Callable[[], Any]) -> Any:
    """What *work* gives in a thread without transactions."""

    def run() -> Any:
        try:
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result(60)


def _is_snapshot() -> bool:
    with connection.cursor() as cursor:
        return bool(cursor.execute("PRAGMA journal_mode").fetchone()[0] == "wal")


@contextmanager
def _undone(using: str = "default") -> Iterator[None]:
    """A transaction, or one inside another, that is rolled back."""
    with transaction.atomic(using=using):
        yield
        transaction.set_rollback(True, using=using)


@contextmanager
def _by_hand() -> Iterator[None]:
    transaction.set_autocommit(False)
    try:
        yield
    finally:
        transaction.set_autocommit(True)


def _forget(database: str) -> None:
    """Make this thread one that has never used it."""
    connections[database].close()
    del connections[database]


def _is_recovering() -> bool:
    return any(thread.name == "mizan-cache-keeper" for thread in threading.enumerate())


@contextmanager
def _atomic_requests(*databases: str) -> Iterator[None]:
    with ExitStack() as settings:
        for database in databases or ("default",):
            settings.enter_context(mock.patch.dict(connections.settings[database], {"ATOMIC_REQUESTS": True}))
        yield


def _fail() -> None:
    raise RuntimeError("of somebody else")
