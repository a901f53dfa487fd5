"""``manage.py mizan_generate``: typed clients of the registered functions."""

from __future__ import annotations

import sys

from mizan.commands import management_command
from mizan_core.generating import generate_command

Command = management_command(generate_command(lambda _: [sys.executable, sys.argv[0], "export_mizan_ir"]))
