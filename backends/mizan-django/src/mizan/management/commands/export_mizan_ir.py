"""``manage.py export_mizan_ir``: the interface document that typed clients are generated from."""

from __future__ import annotations

from mizan.commands import management_command
from mizan_core.exports.documents import INTERFACE

Command = management_command(INTERFACE)
