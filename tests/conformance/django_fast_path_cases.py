"""That what is done without Django's own code, for the sake of speed, does what that does."""

from __future__ import annotations

import asyncio
from io import BytesIO
from typing import Any

import pytest
from django.core.cache.backends.locmem import LocMemCache
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse, RawPostDataException
from django.test import RequestFactory, SimpleTestCase, modify_settings, override_settings
from django.urls import Resolver404, URLPattern, get_resolver, include, path, reverse
from django.urls.resolvers import RoutePattern

from mizan import urls, views
from mizan.bodies import read_body
from mizan.replies import ReplyResponse
from mizan.routing import EndpointPattern, Mount
from mizan.tokens import has_user_model
from mizan.urls import mount
from mizan.users import assume_token
from mizan_core.errors import PayloadTooLarge, Unauthorized
from mizan_core.http.response import Response
from mizan_core.mwt import MWTUser, create_mwt
from mizan_core.settings import Settings

LIMIT = 1_000
HEADERS = (("Content-Type", "application/json"), ("Cache-Control", "no-store"), ("X-Mizan-Viewer", "0" * 16))


class Responses(SimpleTestCase):
    def setUp(self) -> None:
        self.ours = ReplyResponse(Response(404, HEADERS, b'{"error":1}'))
        self.djangos = HttpResponse(b'{"error":1}', status=404, headers=dict(HEADERS))

    def test_the_members_are_those_of_djangos(self) -> None:
        members = {name: value for name, value in vars(self.ours).items() if name != "headers"}
        assert members == {name: value for name, value in vars(self.djangos).items() if name != "headers"}
        assert vars(self.ours.headers) == vars(self.djangos.headers)
        assert (self.ours.charset, self.ours.reason_phrase) == (self.djangos.charset, self.djangos.reason_phrase)

    def test_middleware_may_change_it_and_keep_it(self) -> None:
        for response in (self.ours, self.djangos):
            response["Vary"] = "Cookie"
            response.headers["CACHE-CONTROL"] = "private"
            del response["X-Mizan-Viewer"]
            response.headers.setdefault("content-type", "text/plain")
            response.set_cookie("theme", "dark")
            response.content = response.content + b"\n"
            with pytest.raises(ValueError, match="newlines"):
                response["X-Split"] = "one\r\ntwo"
        assert list(self.ours.items()) == list(self.djangos.items())
        cache = LocMemCache("responses", {})
        cache.set("ours", self.ours)
        kept: HttpResponse = cache.get("ours")
        assert kept.serialize() == self.djangos.serialize()
        assert kept.cookies == self.djangos.cookies


class Bodies(SimpleTestCase):
    def request(self, body: bytes = b'{"fn":"x"}') -> HttpRequest:
        return RequestFactory().post("/", body, content_type="application/json")

    def test_functions_may_read_it_again(self) -> None:
        request = self.request()
        assert read_body(request, LIMIT) == b'{"fn":"x"}'
        assert request.body == request.read() == b'{"fn":"x"}'
        assert read_body(request, LIMIT) == b'{"fn":"x"}'

    def test_middleware_may_have_read_it(self) -> None:
        request = self.request()
        assert request.body == read_body(request, LIMIT)
        begun = self.request()
        begun.read(1)
        with pytest.raises(RawPostDataException):
            read_body(begun, LIMIT)

    def test_no_more_is_read_than_is_declared(self) -> None:
        kept = BytesIO(b"1234567890")
        request = WSGIRequest({**self.request().META, "wsgi.input": kept, "CONTENT_LENGTH": "4"})
        assert read_body(request, LIMIT) == b"1234"
        assert kept.read() == b"567890"

    def test_what_django_holds_in_memory_is_a_limit_too(self) -> None:
        with override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=9), pytest.raises(PayloadTooLarge):
            read_body(self.request(), LIMIT)
        for longest in (10, None):
            with override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=longest):
                assert len(read_body(self.request(), LIMIT)) == 10


class Routes(SimpleTestCase):
    def test_they_match_as_djangos_do(self) -> None:
        paths = [
            "",
            "call/",
            "call",
            "call/x",
            "call/x/",
            "call/x/y/",
            "ctx/",
            "ctx//",
            "ctx/a b/",
            "ctx/a\n/",
            "call/\n",
        ]
        matched = set()
        for ours in urls.urlpatterns:
            route = str(ours.pattern)
            djangos = URLPattern(RoutePattern(route, name=ours.name, is_endpoint=True), ours.callback, None, ours.name)
            for url in [*paths, "session/", "session/x"]:
                found, expected = ours.resolve(url), djangos.resolve(url)
                assert (found is None) == (expected is None), (route, url)
                if found is not None and expected is not None:
                    assert vars(found) == vars(expected), (route, url)
                    matched.add(url)
        assert matched == {"call/", "call/x/", "ctx/", "ctx/a b/", "ctx/a\n/", "session/"}

    def test_a_view_that_somebody_has_put_around_ours_is_called(self) -> None:
        def guarded(_: HttpRequest) -> HttpResponse:
            return HttpResponse(status=403)

        pattern = EndpointPattern("call/", views.call, views.acall, "call")
        pattern.callback = guarded
        found = pattern.resolve("call/")
        assert found is not None
        assert found.func is guarded


class Mounts(SimpleTestCase):
    """A mount resolves as ``include`` does, also what it remembers."""

    def setUp(self) -> None:
        self.mounted = get_resolver().url_patterns[0]
        self.included = path("api/mizan/", include("mizan.urls"))

    def _check(self, url: str) -> None:
        for _ in range(2):
            found, expected = dict(vars(self.mounted.resolve(url))), dict(vars(self.included.resolve(url)))
            assert [type(pattern) for tried in found.pop("tried") for pattern in tried] == [
                type(pattern) for tried in expected.pop("tried") for pattern in tried
            ]
            assert found == expected

    def test_in_threads_and_on_event_loops(self) -> None:
        assert type(self.mounted) is Mount

        async def check(url: str) -> None:
            self._check(url)

        for url in ("api/mizan/call/", "api/mizan/ctx/user/", "api/mizan/session/", "api/mizan/ws/"):
            self._check(url)
            asyncio.run(check(url))
            self._check(url)
        resolved = self.mounted.resolve("api/mizan/call/").func
        assert resolved is views.call

    def test_what_is_not_there(self) -> None:
        for url in ("api/mizan/", "api/mizan/call", "api/mizan/ctx//", "elsewhere/"):
            for _ in range(2):
                with pytest.raises(Resolver404):
                    self.mounted.resolve(url)

    def test_clients_do_not_decide_how_much_is_remembered(self) -> None:
        mounted: Any = mount("api/mizan/")
        for number in range(1_500):
            mounted.resolve(f"api/mizan/ctx/{number}/")
        mounted.resolve(f"api/mizan/ctx/{'x' * 300}/")
        assert mounted.resolve("api/mizan/ctx/1499/").kwargs == {"name": "1499"}
        assert len(mounted._matches) == 1_024

    def test_addresses_are_made_of_it(self) -> None:
        assert reverse("mizan:context", kwargs={"name": "user"}) == "/api/mizan/ctx/user/"


class Users(SimpleTestCase):
    @modify_settings(INSTALLED_APPS={"remove": "django.contrib.auth"})
    def test_whether_there_are_any_is_asked_anew_when_settings_change(self) -> None:
        with override_settings(AUTH_USER_MODEL="nowhere.User"):
            assert not has_user_model()
        with modify_settings(INSTALLED_APPS={"append": "django.contrib.auth"}):
            assert has_user_model()
        assert not has_user_model()

    def test_a_tokens_user_is_loaded_when_it_is_looked_at(self) -> None:
        request = RequestFactory().get("/")
        secret = "of these cases alone, 32 bytes and more"
        verifier: Any = Settings(mwt_secret=secret).verifier()
        user = MWTUser(verifier.decode(create_mwt({"id": "no-number"}, secret)))
        assume_token(request, user, "loaded")
        for _ in range(2):
            with pytest.raises(Unauthorized):
                _ = request.user.pk
