"""``python -m mizan_fastapi.functions MODULE``: what is registered, as a table or as a picture."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from pathlib import Path

from mizan_core.errors import GraphError
from mizan_core.exports.overview import add_arguments, overview


def main(arguments: list[str] | None = None) -> int:
    """Import the module that registers the functions, then show them; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m mizan_fastapi.functions", description=__doc__)
    parser.add_argument("module", help="dotted name of the module that registers the functions, for example app.main")
    add_arguments(parser)
    options = parser.parse_args(arguments)
    sys.path.insert(0, str(Path.cwd()))
    import_module(options.module)
    try:
        sys.stdout.write(overview(vars(options)))
    except GraphError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
