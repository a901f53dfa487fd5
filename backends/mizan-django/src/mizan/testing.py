"""``Client`` for the tests of a Django project, and what they need around it (docs/testing.md)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.test import Client as DjangoClient
from django.test import TestCase

from mizan.serving import dispatcher
from mizan_core.testing import Answer, Bundle, Refused, Response
from mizan_core.testing import Client as CoreClient

__all__ = ("Answer", "Bundle", "Client", "Refused", "committed", "fresh_cache")


class Client(CoreClient):
    """Calls functions and fetches contexts through the project's handler and middleware.

    :param user: who is logged in, as ``force_login`` does; nobody when None.
    :param base: where ``mizan.urls`` are included, without a slash at the end.
    :param token: a token of Mizan's (MWT) that every request carries.
    :ivar http: Django's own test client, which sends the requests.
    """

    def __init__(self, user: Any = None, *, base: str = "/api/mizan", token: str | None = None) -> None:
        self.http = DjangoClient()
        if user is not None:
            self.http.force_login(user)
        super().__init__(_Transport(self.http), base, token)


class _Transport:
    def __init__(self, http: DjangoClient) -> None:
        self._http = http

    def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Response:
        kind = headers.get("Content-Type", "application/octet-stream")
        answer = self._http.generic(method, url, body, kind, headers=dict(headers))
        fields = {name.lower(): value for name, value in answer.items()}
        return Response(answer.status_code, fields, answer.getvalue())


@contextmanager
def committed(using: str = "default") -> Iterator[None]:
    """Inside a ``TestCase``, whose transaction never commits: do at the end of the block what waits for a commit.

    Purges and messages wait for it. With ``TransactionTestCase`` (pytest-django: ``transaction=True``) transactions
    commit by themselves, and bundles are cached as in production.
    """
    with TestCase.captureOnCommitCallbacks(using=using, execute=True):
        yield


def fresh_cache() -> None:
    """Begin with settings that are read anew and an empty cache: after ``override_settings``, and between tests."""
    dispatcher.reset()
