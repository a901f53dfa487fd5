"""``python -m mizan_fastapi.cache MODULE stats|purge``: look at the cache, and purge it by hand.

For applications that serve the default registry with settings from the environment, as ``mizan_fastapi.router`` does.
"""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from pathlib import Path

from mizan_core.dispatch import Dispatcher
from mizan_core.dispatch.cache_command import CommandRefused, add_arguments, run
from mizan_core.errors import ConfigurationError, GraphError
from mizan_core.registry import default_registry
from mizan_fastapi.routing import settings_from_environment
from mizan_fastapi.users import current_user


def main(arguments: list[str] | None = None) -> int:
    """Import the module that registers the functions, then do what the command line says."""
    options = _parser().parse_args(arguments)
    sys.path.insert(0, str(Path.cwd()))
    import_module(options.module)
    dispatcher = Dispatcher(default_registry, settings_from_environment, current_user)
    try:
        sys.stdout.write(run(dispatcher.interface(), vars(options)) + "\n")
    except CommandRefused as error:
        sys.stdout.write(error.told and f"{error.told}\n")
        return _fail(error)
    except (ConfigurationError, GraphError) as error:
        return _fail(error)
    finally:
        dispatcher.close()
    return 0


def _fail(error: Exception) -> int:
    sys.stderr.write(f"{error}\n")
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m mizan_fastapi.cache", description=__doc__)
    parser.add_argument("module", help="dotted name of the module that registers the functions, for example app.main")
    add_arguments(parser)
    return parser


if __name__ == "__main__":
    sys.exit(main())
