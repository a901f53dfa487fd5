"""What only Django's own test tools can show; ``test_django_in_process`` runs this with Django's runner."""

from __future__ import annotations

import json
import sys
from typing import Any
from unittest import mock

from django.core import mail
from django.core.signals import got_request_exception
from django.db import connections
from django.test import AsyncClient, Client, SimpleTestCase, TestCase, TransactionTestCase, override_settings

import mizan.client
import mizan.setup
import mizan_core.client.function
import mizan_core.registry
from tests.conformance.apps.django_site.accounts import create_users
from tests.conformance.apps.django_site.models import Note
from tests.conformance.tokens import as_of_now, mint
from tests.conformance.vectors import TOKEN_VECTORS, settings_of

CALL = "/api/mizan/call/"
JSON = "application/json"


def _body(function: str, arguments: dict[str, Any]) -> str:
    return json.dumps({"fn": function, "args": arguments})


def _call(client: Client, function: str, headers: dict[str, str] | None = None, **arguments: Any) -> Any:
    return client.post(CALL, _body(function, arguments), content_type=JSON, headers=headers or {})


async def _acall(client: AsyncClient, function: str, **arguments: Any) -> Any:
    return await client.post(CALL, _body(function, arguments), content_type=JSON)


class Names(SimpleTestCase):
    def test_the_adapters_names_are_those_of_the_core(self) -> None:
        assert mizan.client.client is mizan_core.client.function.client
        assert mizan.setup.register is mizan_core.registry.register


class TestsInATransaction(TestCase):
    """A test's own rows are seen, wherever the functions of a bundle run."""

    def setUp(self) -> None:
        self.rows = [Note.objects.create(text=text) for text in ("one", "two")]

    def _check(self, response: Any) -> None:
        assert response.status_code == 200, response.content
        bundle = json.loads(response.content)
        counts = [value for name, value in bundle.items() if "count" in name or "loop" in name]
        assert set(counts) == {2}, bundle

    def test_sync(self) -> None:
        self._check(self.client.get("/api/mizan/ctx/notes/"))
        self._check(self.client.get("/api/mizan/ctx/notes_mixed/"))
        assert _call(self.client, "stored_note", note_id=self.rows[0].pk).json()["result"]["text"] == "one"
        assert _call(self.client, "stored_note_async", note_id=self.rows[0].pk).json()["result"]["text"] == "one"

    async def test_async(self) -> None:
        self._check(await self.async_client.get("/api/mizan/ctx/notes/"))
        self._check(await self.async_client.get("/api/mizan/ctx/notes_mixed/"))
        for function in ("stored_note", "stored_note_async"):
            response = await _acall(self.async_client, function, note_id=self.rows[0].pk)
            assert response.json()["result"]["text"] == "one"

    def test_writes_are_undone_with_the_test(self) -> None:
        assert _call(self.client, "add_note", text="three").status_code == 200
        assert Note.objects.count() == 3

    def test_a_failing_call_leaves_the_tests_own_transaction_alone(self) -> None:
        with _atomic_requests():
            assert _call(self.client, "add_note_and_fail", text="three").status_code == 409
        assert Note.objects.count() == 2

    async def test_a_failing_call_leaves_the_tests_own_transaction_alone_async(self) -> None:
        with _atomic_requests():
            assert (await _acall(self.async_client, "add_note_and_fail", text="three")).status_code == 409
        assert await Note.objects.acount() == 2


class AtomicRequests(TransactionTestCase):
    """``ATOMIC_REQUESTS``: what a call that fails has written is undone; without it, it stays."""

    available_apps = None

    def setUp(self) -> None:
        self.client.raise_request_exception = self.async_client.raise_request_exception = False

    def test_sync(self) -> None:
        _call(self.client, "add_note_and_fail", text="kept")
        assert Note.objects.count() == 1
        with _atomic_requests():
            assert _call(self.client, "add_note", text="kept").status_code == 200
            assert _call(self.client, "add_note_and_fail", text="undone").status_code == 409
            with self.assertLogs("django.request", "ERROR"):
                assert _call(self.client, "add_note_and_collapse", text="undone").status_code == 500
            assert _call(self.client, "add_async", a=1).json() == {"result": 3}
            assert self.client.get("/api/mizan/ctx/notes/").json()["note_count"] == 2
            assert self.client.get("/api/mizan/session/").status_code == 200
        assert Note.objects.count() == 2

    async def test_async(self) -> None:
        await _acall(self.async_client, "add_note_and_fail", text="kept")
        assert await Note.objects.acount() == 1
        with _atomic_requests():
            assert (await _acall(self.async_client, "add_note", text="kept")).status_code == 200
            assert (await _acall(self.async_client, "add_note_and_fail", text="undone")).status_code == 409
            with self.assertLogs("django.request", "ERROR"):
                response = await _acall(self.async_client, "add_note_and_collapse", text="undone")
                assert response.status_code == 500
            assert (await _acall(self.async_client, "add_async", a=1)).json() == {"result": 3}
            assert (await self.async_client.get("/api/mizan/ctx/notes/")).json()["note_count"] == 2
            assert (await self.async_client.get("/api/mizan/session/")).status_code == 200
        assert await Note.objects.acount() == 2


class Failures(SimpleTestCase):
    """Django is told of a function that fails as it is of a view: signal, mail and log; the client learns nothing."""

    CAUSE = "the-cause-41c9"

    def setUp(self) -> None:
        self.sent: list[tuple[str, Any]] = []
        got_request_exception.connect(self._receive)
        self.addCleanup(got_request_exception.disconnect, self._receive)

    def _receive(self, request: Any, **_: Any) -> None:
        self.sent.append((request.path, sys.exc_info()[1]))

    def _check_signal(self) -> None:
        ((path, error),) = self.sent
        assert path == CALL
        assert isinstance(error, RuntimeError), error
        assert str(error) == self.CAUSE

    def test_the_test_client_raises_again(self) -> None:
        for function in ("fail_unforeseen", "fail_unforeseen_async"):
            with self.assertLogs("django.request", "ERROR"), self.assertRaisesMessage(RuntimeError, self.CAUSE):
                _call(self.client, function, text="")
            self._check_signal()
            self.sent.clear()

    async def test_the_async_test_client_raises_again(self) -> None:
        for function in ("fail_unforeseen", "fail_unforeseen_async"):
            with self.assertLogs("django.request", "ERROR"), self.assertRaisesMessage(RuntimeError, self.CAUSE):
                await _acall(self.async_client, function, text="")
            self._check_signal()
            self.sent.clear()

    def test_a_bundle(self) -> None:
        with self.assertLogs("django.request", "ERROR") as logs, self.assertRaisesMessage(RuntimeError, self.CAUSE):
            self.client.get("/api/mizan/ctx/failing/")
        (record,) = logs.records
        fields = vars(record)
        assert (fields["mizan_function"], fields["mizan_context"]) == ("fail_in_bundle", "failing")

    def test_foreseen_errors_are_no_failures(self) -> None:
        assert _call(self.client, "fail_with", code="INTERNAL_ERROR").status_code == 500
        assert _call(self.client, "fail_with", code="CONFLICT").status_code == 409
        assert self.sent == []

    def _check_answer(self, response: Any) -> None:
        assert response.status_code == 500
        assert response.json()["error"].keys() == {"code", "message"}
        assert self.CAUSE.encode() not in response.content

    def _check_mail(self) -> None:
        (message,) = mail.outbox
        assert CALL in message.subject
        assert "fail_unforeseen" in message.subject
        assert self.CAUSE in message.body
        assert "in fail_unforeseen" in message.body
        mail.outbox.clear()

    def test_admins_get_one_mail_with_the_traceback_and_the_functions_name(self) -> None:
        with override_settings(ADMINS=[("Ada", "ada@localhost")]):
            client = Client(raise_request_exception=False)
            self._check_answer(_call(client, "fail_unforeseen", text=""))
            self._check_mail()

    async def test_admins_get_one_mail_async(self) -> None:
        with override_settings(ADMINS=[("Ada", "ada@localhost")]):
            client = AsyncClient(raise_request_exception=False)
            self._check_answer(await _acall(client, "fail_unforeseen_async", text=""))
            self._check_mail()

    def test_debug_mode_tells_the_client_nothing_either(self) -> None:
        with override_settings(DEBUG=True), self.assertLogs("django.request", "ERROR") as logs:
            self._check_answer(_call(Client(raise_request_exception=False), "fail_unforeseen", text=""))
        (record,) = logs.records
        assert "The function fail_unforeseen failed" in record.getMessage()
        assert vars(record)["mizan_function"] == "fail_unforeseen"
        assert vars(record)["status_code"] == 500
        assert record.exc_info is not None

    def test_exceptions_propagate_where_django_is_told_to_let_them(self) -> None:
        with override_settings(DEBUG_PROPAGATE_EXCEPTIONS=True), self.assertRaisesMessage(RuntimeError, self.CAUSE):
            _call(Client(raise_request_exception=False), "fail_unforeseen", text="")


class Settings(SimpleTestCase):
    """Settings are followed as tests override them."""

    def test_the_vectors_under_their_settings(self) -> None:
        for vector in TOKEN_VECTORS:
            overridden = {f"MIZAN_{name.upper()}": value for name, value in settings_of(vector).items()}
            with self.subTest(vector["name"]), override_settings(**overridden):
                response = _call(self.client, "whoami", {"X-Mizan-Token": as_of_now(vector)})
                assert response.status_code == (200 if vector["error"] is None else 401), response.content

    def test_the_limit_of_bodies(self) -> None:
        body = _body("echo", {"text": "x" * 100})
        for limit, status in ((len(body), 200), (len(body) - 1, 413)):
            with override_settings(MIZAN_MAX_BODY_BYTES=limit):
                assert self.client.post(CALL, body, content_type=JSON).status_code == status

    def test_djangos_own_limit_does_not_get_in_the_way(self) -> None:
        body = _body("length", {"text": "x" * 5_000})
        with override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=1_000):
            response = self.client.post(CALL, body, content_type=JSON)
            assert response.status_code in (200, 413)
            assert response["Content-Type"] == JSON

    def test_without_a_secret_no_token_is_accepted(self) -> None:
        with override_settings(MIZAN_MWT_SECRET=None):
            for token in (mint(), "x", ""):
                assert _call(self.client, "for_anyone", {"X-Mizan-Token": token}, number=1).status_code == 401
            assert _call(self.client, "for_anyone", number=1).status_code == 200

    def test_without_any_middleware_everybody_is_a_stranger(self) -> None:
        with override_settings(MIDDLEWARE=[]):
            assert _call(self.client, "add", a=1).json() == {"result": 3}
            assert _call(self.client, "for_users", number=1).status_code == 401
            assert _call(self.client, "for_users", {"X-Mizan-Token": mint()}, number=1).status_code == 200
            assert self.client.get("/api/mizan/session/").status_code == 200


class CsrfProtection(TestCase):
    """It does not hang on a middleware that a project may have left out."""

    MIDDLEWARE = (
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    )

    def test_without_the_middleware(self) -> None:
        create_users()
        client = Client(enforce_csrf_checks=True)
        client.get("/test/login/plain/")
        with override_settings(MIDDLEWARE=self.MIDDLEWARE):
            assert _call(client, "for_users", number=1).status_code == 403
            token = client.get("/api/mizan/session/").json()["csrfToken"]
            assert _call(client, "for_users", {"X-CSRFToken": token}, number=1).status_code == 200
            assert _call(client, "for_users", {"X-CSRFToken": token[::-1]}, number=1).status_code == 403

    def test_without_the_middleware_async(self) -> None:
        create_users()
        sync = Client()
        sync.get("/test/login/plain/")
        client = AsyncClient(enforce_csrf_checks=True)
        client.cookies = sync.cookies
        del client.cookies["csrftoken"]

        async def status() -> int:
            response = await _acall(client, "for_users", number=1)
            return int(response.status_code)

        from asgiref.sync import async_to_sync

        with override_settings(MIDDLEWARE=self.MIDDLEWARE):
            assert async_to_sync(status)() == 403

    def test_djangos_test_client_needs_no_token_unless_it_asks_to(self) -> None:
        create_users()
        self.client.get("/test/login/plain/")
        assert _call(self.client, "for_users", number=1).status_code == 200


def _atomic_requests() -> Any:
    return mock.patch.dict(connections.settings["default"], {"ATOMIC_REQUESTS": True})
