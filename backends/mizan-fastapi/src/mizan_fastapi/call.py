"""``python -m mizan_fastapi.call MODULE:APP FUNCTION '{…}' --user ID``: call a function as a client would.

The application runs in this process, with its lifespan and its middleware. Who calls is said with a token, which is
signed with MIZAN_MWT_SECRET, or with the secret that the application's routers have.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI

from mizan_core.commands import Command, CommandRefused, Write
from mizan_core.settings import Settings
from mizan_core.testing.command import add_arguments, run
from mizan_fastapi.commands import import_named, program
from mizan_fastapi.purging import serving
from mizan_fastapi.routing import settings_from_environment
from mizan_fastapi.testing import Client


def _run(options: Mapping[str, Any], write: Write) -> None:
    app, user = _application(options["app"]), _user(options)
    try:
        settings = None if user is None else _settings()
        with Client(app, user, settings=settings, base=options["base"]) as client:
            run(client, options, write)
    except ValueError as error:
        raise CommandRefused(str(error)) from error


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("app", metavar="MODULE:APP", help="where the application is, for example app.main:app")
    add_arguments(parser)
    parser.add_argument("--user", metavar="ID", help="who calls, by id (default: nobody)")
    parser.add_argument("--staff", action="store_true", help="the user is one of the staff")
    parser.add_argument("--superuser", action="store_true", help="the user is a superuser")
    parser.add_argument("--base", metavar="PATH", default="/api/mizan", help="where Mizan is mounted")


def _application(place: str) -> FastAPI:
    module, _, name = place.partition(":")
    found = getattr(import_named(module), name or "app", None)
    if not isinstance(found, FastAPI):
        raise CommandRefused(f"{place}: there is no FastAPI application; name it as in app.main:app")
    return found


def _user(options: Mapping[str, Any]) -> dict[str, Any] | None:
    if options["user"] is None:
        return None
    return {"id": options["user"], "is_staff": options["staff"], "is_superuser": options["superuser"]}


def _settings() -> Settings:
    """Those that say how tokens are signed: of the environment, or else of the application's routers.

    :raises CommandRefused: where nobody says it, or not all say the same.
    """
    own = settings_from_environment()
    if own.signing_key() is not None:
        return own
    served = (dispatcher.interface().settings for dispatcher in serving())
    found = {settings.signing_key(): settings for settings in served if settings.signing_key() is not None}
    if len(found) != 1:
        known = "several routers have one each" if found else "no router has one"
        raise CommandRefused(f"--user: a token needs a secret, and {known}; set MIZAN_MWT_SECRET")
    (settings,) = found.values()
    return settings


_ABOUT = "Call a registered function with JSON arguments, through the whole application, and print its answer."
main = program("call", Command(_ABOUT, _add_arguments, _run), takes_module=False)


if __name__ == "__main__":
    sys.exit(main())
