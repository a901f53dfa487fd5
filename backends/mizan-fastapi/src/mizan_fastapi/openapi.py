"""``python -m mizan_fastapi.openapi MODULE``: the functions as an OpenAPI description."""

from __future__ import annotations

import sys

from mizan_core.exports.openapi import openapi_text
from mizan_fastapi.exporting import export

_ABOUT = "Print the OpenAPI description (3.1) of the registered functions, or write it, or check a file against it."


def main(arguments: list[str] | None = None) -> int:
    """What the command line says; the exit code."""
    return export("python -m mizan_fastapi.openapi", _ABOUT, openapi_text, arguments)


if __name__ == "__main__":
    sys.exit(main())
