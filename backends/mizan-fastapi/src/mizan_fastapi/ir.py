"""``python -m mizan_fastapi.ir MODULE``: the interface document that typed clients are generated from."""

from __future__ import annotations

import sys

from mizan_core.ir import build_ir
from mizan_fastapi.exporting import export


def main(arguments: list[str] | None = None) -> int:
    """What the command line says; the exit code."""
    return export("python -m mizan_fastapi.ir", __doc__, build_ir, arguments)


if __name__ == "__main__":
    sys.exit(main())
