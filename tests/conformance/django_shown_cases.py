"""What a mutation brings along is not older than it; ``test_django_in_process`` runs this with Django's runner."""

from __future__ import annotations

import json
from typing import Any
from unittest import mock

from django.contrib.auth.models import User
from django.db import connections
from django.test import AsyncClient, Client, TestCase, TransactionTestCase, override_settings

from mizan_core.mwt import create_mwt
from tests.conformance.apps.accounts import SECRET
from tests.conformance.apps.django_site.accounts import create_users

CALL = "/api/mizan/call/"
JSON = "application/json"
WORLDS = ("", "_async")


class Cases:
    """The same requests under WSGI and under ASGI, of a user with a session."""

    client: Client
    async_client: AsyncClient

    def setUp(self) -> None:
        create_users()
        self.client.force_login(self._user())
        self.async_client.cookies = self.client.cookies

    @staticmethod
    def _user() -> User:
        user: User = User.objects.get(username="plain")
        return user

    def call(self, function: str, name: str, headers: dict[str, str] | None = None) -> Any:
        return self.client.post(CALL, _body(function, name), JSON, headers=headers).json()

    async def acall(self, function: str, name: str, headers: dict[str, str] | None = None) -> Any:
        return (await self.async_client.post(CALL, _body(function, name), JSON, headers=headers)).json()


def _body(function: str, name: str) -> str:
    world = "_async" * function.endswith("_async")
    shown = [{"context": f"own_name{world}", "params": {}}]
    return json.dumps({"fn": function, "args": {"name": name}, "shown": shown})


def _brought(answer: dict[str, Any]) -> list[Any]:
    assert "result" in answer, answer
    return [value for entry in answer.get("refresh", ()) for value in entry["bundle"].values()]


class Users(Cases, TransactionTestCase):
    def test_the_user_is_loaded_anew(self) -> None:
        for world in WORLDS:
            for name in ("Ada", "Eva"):
                assert _brought(self.call(f"rename_me{world}", name)) == [name]

    async def test_the_user_is_loaded_anew_async(self) -> None:
        for world in WORLDS:
            for name in ("Ada", "Eva"):
                assert _brought(await self.acall(f"rename_me{world}", name)) == [name]

    @override_settings(MIZAN_CACHE_SECRET=SECRET[::-1])
    def test_with_a_cache(self) -> None:
        for world in WORLDS:
            for name in ("Ada", "Eva"):
                assert _brought(self.call(f"rename_me{world}", name)) == [name]
                response = self.client.get(f"/api/mizan/ctx/own_name{world}/")
                assert (response.headers["X-Mizan-Cache"], list(response.json().values())) == ("HIT", [name])

    def test_so_is_a_tokens(self) -> None:
        headers = {"X-Mizan-Token": create_mwt(self._user(), SECRET)}
        for world in WORLDS:
            for name in ("Ada", "Eva"):
                assert _brought(self.call(f"rename_me{world}", name, headers)) == [name]

    def test_whoever_is_somebody_else_by_now_gets_nothing(self) -> None:
        assert _brought(self.call("promote_me", "Ada")) == []
        assert _brought(self.call("rename_me", "Ada")) == ["Ada"]

    def test_nor_does_whoever_is_nobody(self) -> None:
        assert _brought(self.call("retire_me", "Ada")) == []

    def test_what_was_committed_for_the_request_is_seen(self) -> None:
        with _atomic_requests():
            for name in ("Ada", "Eva"):
                assert _brought(self.call("rename_me", name)) == [name]


class Transactions(Cases, TestCase):
    """A commit that is still to come may never come."""

    def test_nothing_is_read_before_the_commit(self) -> None:
        assert _brought(self.call("rename_me", "Ada")) == []

    async def test_nothing_is_read_before_the_commit_async(self) -> None:
        assert _brought(await self.acall("rename_me", "Ada")) == []


def _atomic_requests() -> Any:
    return mock.patch.dict(connections.settings["default"], {"ATOMIC_REQUESTS": True})
