"""``python -m mizan_fastapi.live URL``: watch and subscribe as a page does, and see what each frame says."""

from __future__ import annotations

import argparse
import sys

from mizan_core.interface.cache_command import CommandRefused
from mizan_core.live.command import DESCRIPTION, add_arguments, run


def main(arguments: list[str] | None = None) -> int:
    """Open a socket, and do what the command line says."""
    program = "python -m mizan_fastapi.live"
    parser = argparse.ArgumentParser(prog=program, description=DESCRIPTION)
    add_arguments(parser, program)
    try:
        run(vars(parser.parse_args(arguments)), _write)
    except CommandRefused as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _write(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
