"""``python -m mizan_fastapi.ir MODULE``: the interface document that typed clients are generated from."""

from __future__ import annotations

import sys

from mizan_core.exports.documents import INTERFACE
from mizan_fastapi.commands import program

main = program("ir", INTERFACE)


if __name__ == "__main__":
    sys.exit(main())
