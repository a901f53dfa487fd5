"""``manage.py mizan_call FUNCTION '{…}' --user NAME``: call a function as a client would, in this process."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from django.contrib.auth import get_user_model
from django.test import RequestFactory

from mizan.commands import management_command
from mizan.views import call
from mizan_core.commands import Command as CoreCommand
from mizan_core.commands import CommandRefused, Write
from mizan_core.testing import Client, Response
from mizan_core.testing.command import add_arguments, run


def _add_arguments(parser: ArgumentParser) -> None:
    add_arguments(parser)
    parser.add_argument("--user", metavar="NAME", help="who calls: a user's name for logging in (default: nobody)")


def _run(options: Mapping[str, Any], write: Write) -> None:
    run(Client(_View(_user(options["user"])), base=""), options, write)


class _View:
    """Sends requests straight to the view."""

    def __init__(self, user: Any) -> None:
        self._user = user

    def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Response:
        request = RequestFactory().generic(method, url, body, headers["Content-Type"])
        request.user = self._user
        # There is no browser that another site could use.
        request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]  # noqa: SLF001 - as Django's test client
        answer = call(request, url.rsplit("/", 2)[1])
        return Response(answer.status_code, dict(answer.items()), answer.getvalue())


def _user(name: str | None) -> Any:
    if name is None:
        from django.contrib.auth.models import AnonymousUser  # a project may have no users

        return AnonymousUser()
    model = get_user_model()
    try:
        return model._default_manager.get_by_natural_key(name)  # noqa: SLF001 - documented
    except model.DoesNotExist:
        raise CommandRefused(f"no user is named {name!r}") from None


_ABOUT = "Call a registered function with JSON arguments, and print its answer. Middleware is not asked."
Command = management_command(CoreCommand(_ABOUT, _add_arguments, _run))
