"""``python -m mizan_fastapi.ir MODULE``: the interface document that typed clients are generated from."""

from __future__ import annotations

import sys

from mizan_core.ir import build_ir
from mizan_fastapi.exporting import export

_ABOUT = "Print the interface document (KDL) of the registered functions, or write it, or check a file against it."


def main(arguments: list[str] | None = None) -> int:
    """What the command line says; the exit code."""
    return export("python -m mizan_fastapi.ir", _ABOUT, build_ir, arguments)


if __name__ == "__main__":
    sys.exit(main())
