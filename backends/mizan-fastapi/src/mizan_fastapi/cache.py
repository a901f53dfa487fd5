"""``python -m mizan_fastapi.cache MODULE stats|purge``: look at the cache, and purge it by hand.

For all routers that there are when MODULE has been imported, the ready-made ``mizan_fastapi.router`` among them.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any

from mizan_core.commands import Command, Write
from mizan_core.interface.cache_command import DESCRIPTION, add_arguments, run
from mizan_fastapi.commands import program
from mizan_fastapi.purging import serving


def _run(options: Mapping[str, Any], write: Write) -> None:
    dispatchers = serving()
    with ExitStack() as ending:
        for dispatcher in dispatchers:
            ending.callback(dispatcher.close)
        run([dispatcher.interface() for dispatcher in dispatchers], options, write)


main = program("cache", Command(DESCRIPTION, add_arguments, _run))


if __name__ == "__main__":
    sys.exit(main())
