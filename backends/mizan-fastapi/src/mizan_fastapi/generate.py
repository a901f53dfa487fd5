"""``python -m mizan_fastapi.generate MODULE``: typed clients of the registered functions."""

from __future__ import annotations

import sys

from mizan_core.generating import generate_command
from mizan_fastapi.commands import program

_COMMAND = generate_command(lambda options: [sys.executable, "-m", "mizan_fastapi.ir", options["module"]])
main = program("generate", _COMMAND)


if __name__ == "__main__":
    sys.exit(main())
