"""``python -m mizan_fastapi.cache MODULE stats|purge``: look at the cache, and purge it by hand.

For all routers that there are when MODULE has been imported, the ready-made ``mizan_fastapi.router`` among them.
"""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path

from mizan_core.errors import ConfigurationError, GraphError
from mizan_core.interface.cache_command import CommandRefused, add_arguments, run
from mizan_fastapi.purging import serving


def main(arguments: list[str] | None = None) -> int:
    """Import the module that registers the functions, then do what the command line says."""
    options = _parser().parse_args(arguments)
    sys.path.insert(0, str(Path.cwd()))
    import_module(options.module)
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
    parser = argparse.ArgumentParser(prog="python -m mizan_fastapi.cache", description=__doc__)
    parser.add_argument("module", help="dotted name of the module that makes the application, for example app.main")
    add_arguments(parser)
    return parser


if __name__ == "__main__":
    sys.exit(main())
