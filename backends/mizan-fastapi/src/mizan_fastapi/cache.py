"""``python -m mizan_fastapi.cache MODULE stats|purge``: look at the cache, and purge it by hand.

For all routers that there are when MODULE has been imported, the ready-made ``mizan_fastapi.router`` among them.
"""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack

from mizan_core.errors import ConfigurationError, GraphError
from mizan_core.interface.cache_command import CommandRefused, add_arguments, run
from mizan_fastapi.importing import NoSuchModule, import_named
from mizan_fastapi.purging import serving

_ABOUT = "Say what the cache is made of and whether it answers, or make cached bundles stale."


def main(arguments: list[str] | None = None) -> int:
    """Import the module that registers the functions, then do what the command line says."""
    options = _parser().parse_args(arguments)
    try:
        import_named(options.module)
    except NoSuchModule as error:
        return _fail(error)
    dispatchers = serving()
    with ExitStack() as ending:
        for dispatcher in dispatchers:
            ending.callback(dispatcher.close)
        try:
            sys.stdout.write(run([dispatcher.interface() for dispatcher in dispatchers], vars(options)) + "\n")
        except CommandRefused as error:
            sys.stdout.write(error.told and f"{error.told}\n")
            return _fail(error)
        except (ConfigurationError, GraphError) as error:
            return _fail(error)
    return 0


def _fail(error: Exception) -> int:
    sys.stderr.write(f"{error}\n")
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m mizan_fastapi.cache", description=_ABOUT)
    parser.add_argument("module", help="dotted name of the module that makes the application, for example app.main")
    add_arguments(parser)
    return parser


if __name__ == "__main__":
    sys.exit(main())
