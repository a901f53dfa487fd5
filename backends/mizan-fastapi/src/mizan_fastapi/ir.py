"""``python -m mizan_fastapi.ir MODULE``: the interface document that typed clients are generated from."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from pathlib import Path

from mizan_core.errors import GraphError
from mizan_core.ir import build_ir, difference


def main(arguments: list[str] | None = None) -> int:
    """Import the module that registers the functions, then print, write or check the document."""
    options = _parser().parse_args(arguments)
    sys.path.insert(0, str(Path.cwd()))
    import_module(options.module)
    try:
        document = build_ir()
    except GraphError as error:
        return _fail(str(error))
    if options.output is not None:
        options.output.write_bytes(document.encode("utf-8"))
        return 0
    if options.check is not None:
        return _check(document, options.check)
    sys.stdout.buffer.write(document.encode("utf-8"))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m mizan_fastapi.ir", description=__doc__)
    parser.add_argument("module", help="dotted name of the module that registers the functions, for example app.main")
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--output", metavar="FILE", type=Path, help="write the document to FILE")
    group.add_argument("--check", metavar="FILE", type=Path, help="fail with the difference unless FILE is current")
    return parser


def _check(document: str, path: Path) -> int:
    if not path.is_file():
        return _fail(f"{path} does not exist; write it with --output {path}")
    problem = difference(document, path.read_bytes().decode("utf-8", "replace"), str(path))
    if problem is None:
        return 0
    return _fail(f"{path} is out of date; write it with --output {path}\n{problem}")


def _fail(message: str) -> int:
    sys.stderr.write(message + "\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
