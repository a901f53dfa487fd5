"""``python -m mizan_fastapi.manifest MODULE``: what a cache in front of the server has to know (docs/edge.md)."""

from __future__ import annotations

import sys

from mizan_core.exports.manifest import manifest_text
from mizan_fastapi.exporting import export

_ABOUT = "Print the edge manifest (JSON) of the registered functions, or write it, or check a file against it."


def main(arguments: list[str] | None = None) -> int:
    """What the command line says; the exit code."""
    return export("python -m mizan_fastapi.manifest", _ABOUT, manifest_text, arguments)


if __name__ == "__main__":
    sys.exit(main())
