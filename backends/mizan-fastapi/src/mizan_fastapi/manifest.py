"""``python -m mizan_fastapi.manifest MODULE``: what a cache in front of the server has to know (docs/edge.md)."""

from __future__ import annotations

import sys

from mizan_core.exports.documents import MANIFEST
from mizan_fastapi.commands import program

main = program("manifest", MANIFEST)


if __name__ == "__main__":
    sys.exit(main())
