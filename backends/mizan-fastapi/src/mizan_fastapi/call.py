"""``python -m mizan_fastapi.call MODULE:APP FUNCTION '{…}' --user ID``: call a function as a client would.

The application runs in this process, with its lifespan and its middleware. Who calls is said with a token, for which
the server's MIZAN_MWT_SECRET has to be set here as well.
"""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from mizan_core.errors import MizanError
from mizan_core.testing.command import add_arguments, run
from mizan_fastapi.testing import Client


def main(arguments: list[str] | None = None) -> int:
    """What the command line says; the exit code."""
    options = _parser().parse_args(arguments)
    sys.path.insert(0, str(Path.cwd()))
    try:
        with Client(_application(options.app), _user(options), base=options.base) as client:
            sys.stdout.write(run(client, vars(options)) + "\n")
    except (MizanError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m mizan_fastapi.call", description=__doc__)
    parser.add_argument("app", metavar="MODULE:APP", help="where the application is, for example app.main:app")
    add_arguments(parser)
    parser.add_argument("--user", metavar="ID", help="who calls, by id (default: nobody)")
    parser.add_argument("--staff", action="store_true", help="the user is one of the staff")
    parser.add_argument("--superuser", action="store_true", help="the user is a superuser")
    parser.add_argument("--base", metavar="PATH", default="/api/mizan", help="where Mizan is mounted")
    return parser


def _application(place: str) -> FastAPI:
    module, _, name = place.partition(":")
    found = getattr(import_module(module), name or "app", None)
    if not isinstance(found, FastAPI):
        raise ValueError(f"{place}: there is no FastAPI application; name it as in app.main:app")
    return found


def _user(options: argparse.Namespace) -> dict[str, Any] | None:
    if options.user is None:
        return None
    return {"id": options.user, "is_staff": options.staff, "is_superuser": options.superuser}


if __name__ == "__main__":
    sys.exit(main())
