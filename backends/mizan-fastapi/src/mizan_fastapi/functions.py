"""``python -m mizan_fastapi.functions MODULE``: what is registered, as a table or as a picture."""

from __future__ import annotations

import sys

from mizan_core.exports.overview import OVERVIEW
from mizan_fastapi.commands import program

main = program("functions", OVERVIEW)


if __name__ == "__main__":
    sys.exit(main())
