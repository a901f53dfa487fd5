"""``python -m mizan_fastapi.live URL``: watch and subscribe as a page does, and see what each frame says."""

from __future__ import annotations

import sys

from mizan_core.live.command import LIVE
from mizan_fastapi.commands import program

main = program("live", LIVE, takes_module=False)


if __name__ == "__main__":
    sys.exit(main())
