"""Sockets that ``wrap_asgi`` serves, in this process; ``test_django`` runs this with Django's runner."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Any
from unittest.mock import patch

import pytest
from asgiref.sync import sync_to_async
from channels.routing import ProtocolTypeRouter, URLRouter
from django.contrib.auth.models import User
from django.core.asgi import get_asgi_application
from django.core.signals import got_request_exception
from django.db import transaction
from django.test import Client, TransactionTestCase, override_settings
from django.urls import path

import mizan
from mizan.consumers import MizanConsumer
from mizan.serving import serving
from mizan_core.live.serving import Serving
from tests.in_process import Sent, over_asgi
from tests.in_process import scope_of as scope_of_request
from tests.live.asgi_client import AsgiSocket, Closed, Refusal, scope_of
from tests.live.asgi_events import AsgiEvents, listed, watched
from tests.live.django_project.clients import NewsChannel
from tests.live.django_project.databases import atomic_requests
from tests.live.django_project.loops import on_loop
from tests.live.django_project.models import Note

NAME = "abcdefghijklmnop"
NOTES = {"action": "watch", "id": 7, "context": "notes", "params": {}}
NEWS = {"action": "subscribe", "id": 2, "channel": "news", "params": {}}
CHAT = {"action": "subscribe", "id": 2, "channel": "chat", "params": {"room": "blue"}}


def no_body() -> Callable[[], Awaitable[dict[str, Any]]]:
    messages = iter([{"type": "http.request", "body": b"", "more_body": False}])

    async def receive() -> dict[str, Any]:
        message = next(messages, None)
        if message is None:
            await asyncio.Event().wait()
        assert message is not None
        return message

    return receive


def wrapped() -> Any:
    return mizan.wrap_asgi(get_asgi_application())


def channelled() -> Any:
    """As a project that routes with Channels has it, at a path of its own."""
    routes = [path("live/", MizanConsumer.as_asgi())]
    return ProtocolTypeRouter({"http": get_asgi_application(), "websocket": URLRouter(routes)})


class WithUser(TransactionTestCase):
    def setUp(self) -> None:
        self.user = User.objects.create_user("ada", password="of-these-tests")
        self.http = Client()
        self.http.force_login(self.user)

    def socket(self, application: Any = None, **options: Any) -> AsgiSocket:
        cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in self.http.cookies.items())
        return AsgiSocket(application or wrapped(), scope_of(**{"headers": {"cookie": cookie}, **options}))


class Failures(WithUser):
    """Django is told of a function that fails over a socket as it is of a view: signal, mail and log."""

    def setUp(self) -> None:
        super().setUp()
        self.sent: list[tuple[str, str]] = []
        got_request_exception.connect(self.receive)
        self.addCleanup(got_request_exception.disconnect, self.receive)

    def receive(self, request: Any, **_: Any) -> None:
        self.sent.append((request.path, repr(sys.exc_info()[1])))

    @override_settings(DEBUG_PROPAGATE_EXCEPTIONS=True)
    @on_loop
    async def test_of_a_call(self) -> None:
        async with self.socket() as ada:
            with self.assertLogs("django.request", "ERROR") as logged, self.assertNoLogs("mizan.request"):
                answer = await ada.ask(action="rpc", id=1, fn="add_note_and_fail", args={"text": "one"})
        assert answer["error"]["code"] == "INTERNAL_ERROR"
        assert self.sent == [("/api/mizan/ws/", "RuntimeError('after writing')")]
        [record] = logged.records
        assert record.getMessage() == ("Internal Server Error: /api/mizan/ws/ (The function add_note_and_fail failed)")
        assert (record.exc_info is not None, record.__dict__["mizan_function"]) == (True, "add_note_and_fail")

    @on_loop
    async def test_of_a_watch_and_of_signals_without_a_socket(self) -> None:
        with patch.object(Note, "objects", None):  # the table is away
            async with self.socket() as ada:
                with self.assertLogs("django.request", "ERROR"):
                    assert (await ada.ask(**NOTES))["error"]["code"] == "INTERNAL_ERROR"
            application = wrapped()  # which sets logging up
            with self.assertLogs("django.request", "ERROR"):
                async with AsgiEvents(application, listed(watched(7, "notes"))) as events:
                    assert (await events.receive())["error"]["code"] == "INTERNAL_ERROR"
        assert [path for path, _ in self.sent] == ["/api/mizan/ws/", "/api/mizan/live/"]


class Watches(WithUser):
    @on_loop
    async def test_what_another_changes_is_stale(self) -> None:
        async with self.socket() as ada, self.socket() as bob:
            assert (await bob.ask(**NOTES))["data"] == {"notes": []}
            answer = await ada.ask(action="rpc", id=1, fn="add_note", args={"text": "one"})
            assert (answer["ok"], answer["invalidate"]) == (True, ["notes"])
            assert await bob.receive() == {"action": "stale", "ids": [7]}
            assert (await bob.ask(**NOTES))["data"] == {"notes": ["one"]}

    @on_loop
    async def test_what_is_changed_over_http(self) -> None:
        async with self.socket() as bob:
            assert (await bob.ask(**NOTES))["data"] == {"notes": []}
            await sync_to_async(self.post)("add_note", text="one")
            assert await bob.receive() == {"action": "stale", "ids": [7]}

    def post(self, function: str, headers: dict[str, str] | None = None, **arguments: Any) -> Any:
        body = {"fn": function, "args": arguments}
        response = Client().post("/api/mizan/call/", body, content_type="application/json", headers=headers)
        assert response.status_code == 200, response.content
        return response.json()

    @on_loop
    async def test_whoever_has_changed_it_is_not_told(self) -> None:
        async with self.socket(query=f"socket={NAME}") as ada, self.socket() as bob:
            await ada.ask(**NOTES)
            await bob.ask(**NOTES)
            await sync_to_async(self.post)("add_note", {"X-Mizan-Socket": NAME}, text="one")
            await ada.ask(action="rpc", id=1, fn="add_note", args={"text": "two"})
            assert await bob.receive() == {"action": "stale", "ids": [7]}
            await sync_to_async(self.post)("add_note", text="three")
            # The first that she is told is the third.
            assert await ada.receive() == {"action": "stale", "ids": [7]}
            assert (await ada.ask(**NOTES))["data"] == {"notes": ["one", "two", "three"]}

    @on_loop
    async def test_a_change_that_is_not_committed_is_none_yet(self) -> None:
        def change() -> None:
            with transaction.atomic():
                Note.objects.create(text="one")
                mizan.purge("notes")

        async with self.socket() as bob:
            await bob.ask(**NOTES)
            await sync_to_async(change)()
            assert await bob.receive() == {"action": "stale", "ids": [7]}
            assert (await bob.ask(**NOTES))["data"] == {"notes": ["one"]}

    @on_loop
    async def test_with_atomic_requests(self) -> None:
        with atomic_requests():
            async with self.socket() as ada, self.socket() as bob:
                assert (await bob.ask(**NOTES))["data"] == {"notes": []}
                failed = await ada.ask(action="rpc", id=1, fn="add_note_and_fail", args={"text": "undone"})
                assert failed["error"]["code"] == "INTERNAL_ERROR"
                assert (await ada.ask(action="rpc", id=2, fn="add_note", args={"text": "one"}))["ok"]
                assert await bob.receive() == {"action": "stale", "ids": [7]}
                assert (await bob.ask(**NOTES))["data"] == {"notes": ["one"]}

    @override_settings(MIZAN_CACHE_SECRET=None)
    @on_loop
    async def test_without_a_cache(self) -> None:
        async with self.socket() as ada, self.socket() as bob:
            await bob.ask(**NOTES)
            await ada.ask(action="rpc", id=1, fn="add_note", args={"text": "one"})
            assert await bob.receive() == {"action": "stale", "ids": [7]}


class Channels(WithUser):
    @on_loop
    async def test_both_ways(self) -> None:
        async with self.socket() as ada, self.socket() as bob:
            subscribed = await bob.ask(**CHAT)
            assert subscribed["data"]["params"] == {"room": "blue"}
            assert (await ada.ask(**CHAT))["ok"]
            said = {"action": "message", "id": 3, "channel": "chat", "params": {"room": "blue"}, "data": {"text": "hi"}}
            await ada.send(**said)
            message = await bob.receive()
            assert message["data"] == {"text": "hi", "user": "ada"}
            assert message["offset"] == subscribed["data"]["position"]["offset"] + 1

    @on_loop
    async def test_rights_are_the_users(self) -> None:
        async with self.socket() as ada, self.socket(origin=None) as nobody:
            refused = await ada.ask(**{**CHAT, "params": {"room": "staff"}})
            assert refused["error"]["code"] == "FORBIDDEN"
            assert (await nobody.ask(**CHAT))["error"]["code"] == "UNAUTHORIZED"

    @on_loop
    async def test_a_message_leaves_on_commit_and_never_after_a_roll_back(self) -> None:
        async with self.socket() as ada, self.socket() as bob:
            await bob.ask(**NEWS)
            failed = await ada.ask(action="rpc", id=1, fn="announce", args={"text": "undone", "fails": True})
            assert failed["error"]["code"] == "CONFLICT"
            assert (await ada.ask(action="rpc", id=2, fn="announce", args={"text": "done"}))["ok"]
            assert (await bob.receive())["data"] == {"text": "done"}

    @on_loop
    async def test_inside_a_transaction_nothing_has_left(self) -> None:
        def inside() -> None:
            with transaction.atomic():
                NewsChannel.publish_sync(message={"text": "inside"})
                Serving.publish(serving, "news:", b'"data":{"text":"before"}')

        async with self.socket() as bob:
            await bob.ask(**NEWS)
            await sync_to_async(inside)()
            assert [(await bob.receive())["data"]["text"] for _ in range(2)] == ["before", "inside"]

    @on_loop
    async def test_from_async_code(self) -> None:
        async with self.socket() as bob:
            await bob.ask(**NEWS)
            await NewsChannel.publish(message={"text": "async"})
            assert (await bob.receive())["data"] == {"text": "async"}


class Ends(WithUser):
    """A socket lives no longer than what it was opened by."""

    @override_settings(MIZAN_LIVE={"check_seconds": 1})
    @on_loop
    async def test_with_the_session(self) -> None:
        async with self.socket() as ada:
            assert (await ada.ask(action="rpc", id=1, fn="who", args={}))["data"] == "ada"
            await self.http.alogout()
            with pytest.raises(Closed) as closed:
                await ada.receive()
        assert closed.value.code == 4401

    @override_settings(MIZAN_LIVE={"check_seconds": 1})
    @on_loop
    async def test_a_right_that_is_revoked(self) -> None:
        await User.objects.filter(pk=self.user.pk).aupdate(is_staff=True)
        async with self.socket() as ada:
            staff = {**CHAT, "params": {"room": "staff"}}
            assert (await ada.ask(**staff))["ok"]
            await User.objects.filter(pk=self.user.pk).aupdate(is_staff=False)
            try:
                dropped = await ada.receive()
                assert (dropped["action"], dropped["error"]["code"]) == ("dropped", "FORBIDDEN")
            except Closed as closed:  # whichever is noticed first
                assert closed.code == 4401  # noqa: PT017 - either is right

    @on_loop
    async def test_with_the_clients_leaving(self) -> None:
        async with self.socket() as ada:
            await ada.send(action="rpc", id=1, fn="sleep", args={"seconds": 0.05})

    @on_loop
    async def test_a_token_of_nobody(self) -> None:
        with pytest.raises(Refusal) as refusal:
            async with self.socket(headers={"x-mizan-token": "a.b.c"}):
                pass
        assert refusal.value.status == 401


class Doors(WithUser):
    @on_loop
    async def test_where_there_is_none(self) -> None:
        with pytest.raises(Refusal) as refusal, self.assertLogs("django.request", "WARNING"):
            async with self.socket(path="/nowhere/"):
                pass
        assert refusal.value.status == 404

    @override_settings(MIZAN_LIVE="off")
    @on_loop
    async def test_where_they_are_switched_off(self) -> None:
        with pytest.raises(Refusal) as refusal:
            async with self.socket():
                pass
        assert refusal.value.status == 501

    @on_loop
    async def test_a_server_that_can_only_close(self) -> None:
        with pytest.raises(Refusal) as refusal:
            async with self.socket(path="/api/mizan/ws/", subprotocols=(), extensions={}):
                pass
        assert refusal.value.status == 403

    @on_loop
    async def test_requests_pass_through(self) -> None:
        scope = scope_of_request(Sent("GET", "/plain/", "", [("Host", "testserver")]))
        said = await over_asgi(wrapped(), scope, no_body())
        assert said is not None
        assert (said.status, said.body) == (200, b"plain")

    @on_loop
    async def test_a_lifespan(self) -> None:
        messages = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])
        sent: list[str] = []

        async def receive() -> Any:
            return next(messages)

        async def send(message: Any) -> None:
            sent.append(message["type"])

        await wrapped()({"type": "lifespan"}, receive, send)
        assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


class Beside(WithUser):
    """Around an application that routes sockets itself."""

    @on_loop
    async def test_its_own_go_their_way(self) -> None:
        came: list[str] = []

        async def other(scope: Any, receive: Any, send: Any) -> None:
            came.append(scope["path"])
            await send({"type": "websocket.close"})

        with pytest.raises(Refusal):
            async with self.socket(mizan.wrap_asgi(other), path="/chat/"):
                pass
        assert came == ["/chat/"]

    @on_loop
    async def test_ours_is_ours(self) -> None:
        async def other(scope: Any, receive: Any, send: Any) -> None:
            raise AssertionError(scope)

        async with self.socket(mizan.wrap_asgi(other)) as ada:
            assert (await ada.ask(action="rpc", id=1, fn="who", args={}))["data"] == "ada"


class Consumers(WithUser):
    @on_loop
    async def test_calls_run_side_by_side(self) -> None:
        """A consumer's own way is one message at a time: the second would wait for the first."""
        async with self.socket(channelled(), path="/live/") as ada:
            await ada.send(action="rpc", id=1, fn="wait_for_release", args={})
            answers = [await ada.ask(action="rpc", id=2, fn="release", args={}), await ada.receive()]
            assert {answer["id"]: answer["data"] for answer in answers} == {1: "released", 2: None}

    @on_loop
    async def test_who_it_is_is_djangos_business(self) -> None:
        async with self.socket(channelled(), path="/live/") as ada:
            assert (await ada.ask(action="rpc", id=1, fn="who", args={}))["data"] == "ada"
            assert "/api/mizan/ws/" in (await ada.ask(action="rpc", id=1, fn="way", args={}))["data"]["path"]
        with pytest.raises(Refusal) as refusal, self.assertLogs("mizan.live", "WARNING"):
            async with self.socket(channelled(), path="/live/", origin="https://evil.test"):
                pass
        assert refusal.value.status == 403


class Events(WithUser):
    """Signals without a socket."""

    @on_loop
    async def test_what_has_changed_is_stale(self) -> None:
        application = wrapped()
        async with AsgiEvents(application, listed(watched(7, "notes"))) as stream:
            assert stream.status == 200
            assert await stream.receive() == {"action": "watching", "ids": [7]}
            assert await stream.receive() == {"action": "stale", "ids": [7]}
            async with self.socket(application) as ada:
                await ada.ask(action="rpc", id=1, fn="add_note", args={"text": "one"})
            assert await stream.receive() == {"action": "stale", "ids": [7]}

    @on_loop
    async def test_with_atomic_requests(self) -> None:
        with atomic_requests():
            async with AsgiEvents(wrapped(), listed(watched(7, "notes"))) as stream:
                assert await stream.receive() == {"action": "watching", "ids": [7]}

    def test_without_an_event_loop(self) -> None:
        response = Client().post("/api/mizan/live/", listed(watched(7, "notes")), content_type="application/json")
        assert response.status_code == 501
        assert "ASGI" in response.json()["error"]["message"]
