"""The user of a token, as Django's own test tools show; ``test_django_in_process`` runs this with Django's runner."""

from __future__ import annotations

import json
from typing import Any

from django.contrib.auth.models import Permission, User
from django.core.checks import run_checks
from django.core.exceptions import SynchronousOnlyOperation
from django.test import AsyncClient, Client, TestCase, TransactionTestCase, modify_settings, override_settings

from mizan_core.mwt import create_mwt
from tests.conformance.apps.accounts import SECRET
from tests.conformance.apps.django_site.accounts import create_users
from tests.conformance.apps.django_site.models import Signature

CALL = "/api/mizan/call/"
JSON = "application/json"
WORLDS = ("", "_async")


def _body(function: str, arguments: dict[str, Any]) -> str:
    return json.dumps({"fn": function, "args": arguments})


class Cases:
    """The same requests under WSGI and under ASGI."""

    client: Client
    async_client: AsyncClient

    def call(self, function: str, token: str, **arguments: Any) -> Any:
        return self.client.post(CALL, _body(function, arguments), JSON, headers={"X-Mizan-Token": token})

    async def acall(self, function: str, token: str, **arguments: Any) -> Any:
        body = _body(function, arguments)
        return await self.async_client.post(CALL, body, JSON, headers={"X-Mizan-Token": token})


def _user(name: str = "staff") -> User:
    user: User = User.objects.get(username=name)
    return user


def _token(name: str = "staff") -> str:
    return create_mwt(_user(name), SECRET)


def _take_permission() -> None:
    _user().user_permissions.remove(Permission.objects.get(codename="add_user"))


def _take_flag() -> None:
    User.objects.filter(username="staff").update(is_staff=False)


def _lock_out() -> None:
    User.objects.filter(username="staff").update(is_active=False)


def _delete() -> None:
    _user().delete()


REVOCATIONS = (_take_permission, _take_flag, _lock_out, _delete)


class TokenUsers(Cases, TransactionTestCase):
    available_apps = None

    def setUp(self) -> None:
        create_users()

    def test_it_is_the_projects_own(self) -> None:
        token = _token()
        for world in WORLDS:
            response = self.call("sign" + world, token)
            assert response.json() == {"result": ["staff", "True"]}, response.content
        assert {signature.user for signature in Signature.objects.all()} == {_user()}
        assert self.client.get("/api/mizan/ctx/signer/", headers={"X-Mizan-Token": token}).json() == {"signer": "staff"}

    async def test_it_is_the_projects_own_on_an_event_loop(self) -> None:
        from asgiref.sync import sync_to_async

        token = await sync_to_async(_token)()
        for world in WORLDS:
            response = await self.acall("sign" + world, token)
            assert response.json() == {"result": ["staff", "True"]}, response.content
        assert await Signature.objects.filter(user__username="staff").acount() == 2

    def test_whoever_does_not_ask_for_it_pays_nothing(self) -> None:
        token = _token()
        with self.assertNumQueries(0):
            assert self.call("for_users", token, number=1).json() == {"result": 1}
            assert self.call("for_staff_only", token, number=1).json() == {"result": 1}
            assert self.call("mwt_obtain", token).status_code == 403

    def test_revoked_rights_end_a_token_where_its_user_is_used(self) -> None:
        for revoke in REVOCATIONS:
            with self.subTest(revoke.__name__):
                User.objects.all().delete()
                create_users()
                token = _token()
                revoke()
                for world in WORLDS:
                    response = self.call("sign" + world, token)
                    assert (response.status_code, response.json()["error"]["code"]) == (401, "UNAUTHORIZED")
                assert not Signature.objects.exists()
                headers = {"X-Mizan-Token": token}
                assert self.client.get("/api/mizan/ctx/signer/", headers=headers).status_code == 401
                assert self.call("for_users", token, number=1).status_code == 200

    async def test_revoked_rights_on_an_event_loop(self) -> None:
        from asgiref.sync import sync_to_async

        token = await sync_to_async(_token)()
        await sync_to_async(_take_permission)()
        for world in WORLDS:
            assert (await self.acall("sign" + world, token)).status_code == 401
        assert (await self.acall("for_users", token, number=1)).status_code == 200
        with override_settings(MIZAN_MWT_CHECK="always"):
            assert (await self.acall("for_users", token, number=1)).status_code == 401

    def test_always(self) -> None:
        with override_settings(MIZAN_MWT_CHECK="always"):
            for revoke in REVOCATIONS:
                with self.subTest(revoke.__name__):
                    User.objects.all().delete()
                    create_users()
                    token = _token()
                    assert self.call("for_users", token, number=1).status_code == 200
                    revoke()
                    for function in ("for_users", "for_anyone", "sign"):
                        assert self.call(function, token, number=1).status_code == 401
                    headers = {"X-Mizan-Token": token}
                    assert self.client.get("/api/mizan/ctx/me/", headers=headers).status_code == 401

    def test_never(self) -> None:
        token = _token()
        with override_settings(MIZAN_MWT_CHECK="never"):
            _take_permission()
            _lock_out()
            assert self.call("sign", token).status_code == 200
            _delete()
            assert self.call("sign", token).status_code == 401

    @modify_settings(MIDDLEWARE={"append": "tests.conformance.apps.django_site.middleware.auditing_middleware"})
    def test_middleware_that_asks_for_it_afterwards(self) -> None:
        token = _token()
        assert self.call("for_users", token, number=1).headers["X-Audited"] == str(_user().pk)
        _take_flag()
        assert self.call("for_users", token, number=1).status_code == 403

    def test_an_id_that_is_no_key(self) -> None:
        from tests.conformance.tokens import mint

        for subject in ("x", "\u0000", "99999999999999999999999", "-1", "1e3", "é"):
            assert self.call("signer", mint(subject)).status_code == 401, subject

    def test_async_code_is_told_how_to_ask(self) -> None:
        with self.assertRaisesMessage(SynchronousOnlyOperation, "await request.auser()"):
            self.call("looks_too_early", _token())


class CheckSetting(TestCase):
    def test_a_word_that_is_none_of_the_three(self) -> None:
        with override_settings(MIZAN_MWT_CHECK="sometimes"):
            assert [error.msg for error in run_checks(tags=["mizan"]) if error.id == "mizan.E002"] == [
                "MIZAN_MWT_CHECK: one of never, loaded, always is needed."
            ]

    @modify_settings(INSTALLED_APPS={"remove": "django.contrib.auth"})
    def test_without_users_nothing_can_be_checked(self) -> None:
        from mizan.conf import check_problem, gather_settings
        from mizan.tokens import has_user_model

        with override_settings(AUTH_USER_MODEL="nowhere.User", MIZAN_MWT_CHECK="always"):
            assert not has_user_model()
            assert check_problem(gather_settings()) is not None
            client = Client(raise_request_exception=False)
            assert client.post(CALL, _body("for_anyone", {"number": 1}), JSON).status_code == 500
        with override_settings(AUTH_USER_MODEL="nowhere.User"):
            assert check_problem(gather_settings()) is None
