"""``python -m mizan_fastapi.functions MODULE``: what is registered, as a table or as a picture."""

from __future__ import annotations

import sys

from mizan_core.exports.overview import add_arguments, overview
from mizan_fastapi.exporting import about_module

_ABOUT = "List the registered functions with their contexts, who may call them and what they make stale."


def main(arguments: list[str] | None = None) -> int:
    """What the command line says; the exit code."""
    return about_module("python -m mizan_fastapi.functions", _ABOUT, add_arguments, overview, arguments)


if __name__ == "__main__":
    sys.exit(main())
