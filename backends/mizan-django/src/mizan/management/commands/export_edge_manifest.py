"""``manage.py export_edge_manifest``: what a cache in front of the server has to know (docs/edge.md)."""

from __future__ import annotations

from mizan.commands import management_command
from mizan_core.exports.documents import MANIFEST

Command = management_command(MANIFEST)
