"""``python -m mizan_fastapi.generate MODULE``: typed clients of the registered functions."""

from __future__ import annotations

import argparse
import sys

from mizan_core.errors import EngineUnavailable, GraphError
from mizan_core.generating import add_arguments, generate
from mizan_fastapi.importing import NoSuchModule, import_named

_ABOUT = "Generate typed clients of the registered functions, in TypeScript (React, Vue, Svelte) or Python."


def main(arguments: list[str] | None = None) -> int:
    """Import the module that registers the functions, then generate."""
    options = _parser().parse_args(arguments)
    try:
        import_named(options.module)
        return generate(vars(options), [sys.executable, "-m", "mizan_fastapi.ir", options.module])
    except (GraphError, EngineUnavailable, NoSuchModule) as error:
        sys.stderr.write(f"{error}\n")
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m mizan_fastapi.generate", description=_ABOUT)
    parser.add_argument("module", help="dotted name of the module that registers the functions, for example app.main")
    add_arguments(parser)
    return parser


if __name__ == "__main__":
    sys.exit(main())
