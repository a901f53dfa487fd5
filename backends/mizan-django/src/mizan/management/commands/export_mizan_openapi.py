"""``manage.py export_mizan_openapi``: the registered functions for tools that know OpenAPI."""

from __future__ import annotations

from mizan.commands import management_command
from mizan_core.exports.documents import OPENAPI

Command = management_command(OPENAPI)
