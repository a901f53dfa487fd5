"""Sockets of a Django project in this process; ``test_django`` runs this with Django's runner."""

from __future__ import annotations

from functools import partial
from io import BytesIO, StringIO
from typing import Any
from wsgiref.handlers import SimpleHandler

import pytest
from django.contrib.auth.models import User
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client, TransactionTestCase, override_settings

from mizan.doors import Admitted, Door, Peer, Refused
from mizan.serving import dispatcher
from mizan_core.call.asked import Call
from mizan_core.call.flow import answer_call
from mizan_core.call.outcome import Refused as RefusedCall
from mizan_core.call.outcome import Result
from mizan_core.call.progress import Progress
from mizan_core.errors import APIError
from mizan_core.interface.arguments import JsonArguments
from mizan_core.viewer import ANONYMOUS
from tests.live.asgi_client import scope_of
from tests.live.django_project.databases import atomic_requests
from tests.live.django_project.loops import on_loop
from tests.live.django_project.models import Note


async def admitted(**options: Any) -> Admitted:
    answer = await Door().admit(scope_of(**options))
    assert isinstance(answer, Admitted), answer
    return answer


async def refused(**options: Any) -> Refused:
    answer = await Door().admit(scope_of(**options))
    assert isinstance(answer, Refused), answer
    return answer


async def call(peer: Peer, function: str, arguments: bytes = b"{}") -> Any:
    """What a function gives, or the error's code."""
    asked = Call(function, JsonArguments(arguments, is_plain=False, values=9))
    outcome = await peer.run(partial(_answered, asked))
    if isinstance(outcome, RefusedCall):
        return outcome.error.code
    assert isinstance(outcome, Result)
    return outcome.json.decode()


async def _answered(asked: Call, port: Any) -> Any:
    return await answer_call(port, dispatcher.interface(), asked, Progress("ws/"))


class WithUser(TransactionTestCase):
    def setUp(self) -> None:
        self.user = User.objects.create_user("ada", password="of-these-tests")
        self.http = Client()
        self.http.force_login(self.user)

    @property
    def cookies(self) -> dict[str, str]:
        return {"cookie": "; ".join(f"{name}={morsel.value}" for name, morsel in self.http.cookies.items())}


class Pages(WithUser):
    """Whose page opens the socket."""

    @on_loop
    async def test_our_own(self) -> None:
        answer = await admitted(headers=self.cookies)
        assert answer.peer.viewer.id == str(self.user.pk)

    @on_loop
    async def test_a_foreign_one_is_refused_before_any_middleware(self) -> None:
        with self.assertLogs("mizan.live", "WARNING") as logged:
            answer = await refused(headers=self.cookies, origin="https://evil.test")
        assert answer.status == 403
        assert b"set-cookie" not in dict(answer.fields)
        assert "https://evil.test" in logged.output[0]

    @on_loop
    async def test_a_trusted_one(self) -> None:
        await admitted(origin="https://www.partner.test")

    @on_loop
    async def test_of_the_same_host_without_tls(self) -> None:
        with self.assertLogs("mizan.live", "WARNING"):
            assert (await refused(origin="http://testserver", scheme="wss")).status == 403
        await admitted(origin="https://testserver", scheme="wss")

    @override_settings(SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https"))
    @on_loop
    async def test_behind_a_proxy_that_ends_tls(self) -> None:
        await admitted(origin="https://testserver", headers={"x-forwarded-proto": "https"})

    @on_loop
    async def test_without_a_page_cookies_prove_nothing(self) -> None:
        answer = await admitted(headers=self.cookies, origin=None)
        assert answer.peer.viewer == ANONYMOUS
        assert await call(answer.peer, "who") == "UNAUTHORIZED"

    @override_settings(ALLOWED_HOSTS=["*"])
    @on_loop
    async def test_hosts_do_not_stand_for_origins(self) -> None:
        with self.assertLogs("mizan.live", "WARNING"):
            assert (await refused(headers=self.cookies, origin="https://evil.test")).status == 403

    @on_loop
    async def test_hosts_that_are_not_ours(self) -> None:
        with self.assertLogs("django.security.DisallowedHost", "ERROR"):
            answer = await refused(headers={"host": "evil.test"}, origin="http://evil.test")
        assert answer.status == 400


class Middleware(WithUser):
    """What the project's middleware says."""

    @on_loop
    async def test_its_refusal_is_the_answer(self) -> None:
        with self.assertLogs("django.request", "WARNING"):
            answer = await refused(headers={"x-blocked": "1"})
        assert (answer.status, answer.body) == (403, b"blocked")
        assert (b"content-type", b"text/plain") in answer.fields

    @on_loop
    async def test_its_cookies_are_set(self) -> None:
        answer = await admitted()
        assert any(name == b"set-cookie" and value.startswith(b"seen=yes") for name, value in answer.fields)

    @on_loop
    async def test_it_runs_again_around_each_call(self) -> None:
        """A tenant is chosen for as long as a request lasts, and the calls of a socket come later."""
        first = (await admitted(headers={"host": "one.shop.test"}, origin="http://one.shop.test")).peer
        second = (await admitted(headers={"host": "two.shop.test"}, origin="http://two.shop.test")).peer
        assert await call(first, "tenant") == '"one"'
        assert await call(second, "tenant") == '"two"'

    @on_loop
    async def test_a_call_that_it_does_not_let_through(self) -> None:
        peer = (await admitted(headers=self.cookies)).peer
        session = await self.http.asession()
        await session.aset("blocked", True)
        await session.asave()
        with pytest.raises(APIError) as raised, self.assertLogs("django.request", "WARNING"):
            await call(peer, "who")
        assert (raised.value.code, raised.value.status) == ("FORBIDDEN", 403)

    @on_loop
    async def test_no_other_view_is_asked(self) -> None:
        with self.assertLogs("django.request", "WARNING"):
            assert (await refused(path="/other/")).status == 404
            assert (await refused(path="/nowhere/")).status == 404

    @on_loop
    async def test_another_subprotocol(self) -> None:
        answer = await refused(subprotocols=("graphql-ws",))
        assert answer.status == 400
        assert b"mizan.v1" in answer.body


class Calls(WithUser):
    """What a function gets is what it would get over HTTP."""

    @on_loop
    async def test_the_user(self) -> None:
        peer = (await admitted(headers=self.cookies)).peer
        assert await call(peer, "who") == '"ada"'
        assert await call(peer, "who_async") == '"ada"'

    @on_loop
    async def test_the_user_as_they_are_now(self) -> None:
        peer = (await admitted(headers=self.cookies)).peer
        await User.objects.filter(pk=self.user.pk).aupdate(username="lovelace")
        assert await call(peer, "who") == '"lovelace"'

    @on_loop
    async def test_a_session_that_has_ended(self) -> None:
        peer = (await admitted(headers=self.cookies)).peer
        assert (await peer.look()).id == str(self.user.pk)
        await self.http.alogout()
        assert await peer.look() == ANONYMOUS
        assert await call(peer, "who") == "UNAUTHORIZED"

    @on_loop
    async def test_no_csrf_token_is_asked_for(self) -> None:
        """The page has shown that it is ours, and has no way to send one."""
        peer = (await admitted(headers=self.cookies)).peer
        assert await call(peer, "add_note", b'{"text": "one"}') != "CSRF_FAILED"
        assert await Note.objects.acount() == 1

    @on_loop
    async def test_threads_and_connections_are_a_calls_own(self) -> None:
        peer = (await admitted(headers=self.cookies)).peer
        told = await call(peer, "way")
        assert '"atomic":false' in told
        assert '"method":"GET","path":"/api/mizan/ws/","host":"testserver","secure":false' in told

    @on_loop
    async def test_atomic_requests(self) -> None:
        """Each call has a transaction of its own, which a failure undoes."""
        peer = (await admitted(headers=self.cookies)).peer
        with atomic_requests():
            assert '"atomic":true' in await call(peer, "way")
            assert await call(peer, "add_note_and_fail", b'{"text": "one"}') == "INTERNAL_ERROR"
            assert await Note.objects.acount() == 0
            assert await call(peer, "add_note", b'{"text": "one"}') != "INTERNAL_ERROR"
            assert await Note.objects.acount() == 1


class PlainRequests(WithUser):
    def test_are_told_what_is_there(self) -> None:
        response = self.http.get("/api/mizan/ws/")
        assert response.status_code == 426
        assert "wrap_asgi" in response.json()["error"]["message"]

    def test_are_told_by_servers_that_hold_applications_to_wsgi(self) -> None:
        """``manage.py runserver`` is one: what belongs between two servers is an error there."""
        answer, errors = BytesIO(), StringIO()
        environ = self.http._base_environ(PATH_INFO="/api/mizan/ws/")  # type: ignore[attr-defined]
        SimpleHandler(BytesIO(), answer, errors, environ).run(WSGIHandler())
        assert answer.getvalue().startswith(b"HTTP/1.0 426 "), errors.getvalue()

    async def test_are_told_of_the_upgrade_where_there_is_one(self) -> None:
        response = await self.async_client.get("/api/mizan/ws/")
        assert (response.status_code, response.headers["Upgrade"]) == (426, "websocket")
