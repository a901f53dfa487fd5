"""``manage.py mizan_live URL``: watch and subscribe as a page does, and see what each frame says."""

from __future__ import annotations

from mizan.commands import management_command
from mizan_core.live.command import LIVE

Command = management_command(LIVE, checks=[])
