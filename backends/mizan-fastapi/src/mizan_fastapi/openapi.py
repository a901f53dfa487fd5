"""``python -m mizan_fastapi.openapi MODULE``: the functions as an OpenAPI description."""

from __future__ import annotations

import sys

from mizan_core.exports.documents import OPENAPI
from mizan_fastapi.commands import program

main = program("openapi", OPENAPI)


if __name__ == "__main__":
    sys.exit(main())
