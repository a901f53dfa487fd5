"""``Client`` for the tests of a FastAPI application (docs/testing.md)."""

from __future__ import annotations

from types import TracebackType
from typing import Any

from fastapi import FastAPI
from typing_extensions import Self

from mizan_core.settings import Settings
from mizan_core.testing import Answer, Bundle, Refused, Response
from mizan_core.testing import Client as CoreClient
from mizan_fastapi.in_process import InProcess
from mizan_fastapi.routing import settings_from_environment

__all__ = ("Answer", "Bundle", "Client", "Refused", "Response")


class Client(CoreClient):
    """Calls functions and fetches contexts through the application, which starts when the client is entered.

    :param user: whom a token is made for: an object or a mapping with ``id`` and perhaps ``is_staff``,
        ``is_superuser`` and permissions, as ``create_mwt`` takes them; nobody when None.
    :param settings: the router's, whose secret signs the token; those of the environment when None.
    :param base: where the router is mounted, without a slash at the end.
    """

    def __init__(
        self, app: FastAPI, user: Any = None, *, settings: Settings | None = None, base: str = "/api/mizan"
    ) -> None:
        self._running = InProcess(app)
        super().__init__(self._running, base, None if user is None else _token_for(user, settings))

    def __enter__(self) -> Self:
        self._running.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._running.__exit__(kind, error, traceback)


def _token_for(user: Any, given: Settings | None) -> str:
    settings = settings_from_environment() if given is None else given
    token = settings.token_for(user)
    if token is None:
        raise ValueError("user=: a token needs a secret; set MIZAN_MWT_SECRET, or give settings= with mwt_secret")
    return token
