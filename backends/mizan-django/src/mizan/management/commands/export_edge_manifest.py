"""``manage.py export_edge_manifest``: what a cache in front of the server has to know (docs/edge.md)."""

from __future__ import annotations

from mizan.exporting import ExportCommand
from mizan_core.exports.manifest import manifest_text


class Command(ExportCommand):
    help = "Print the edge manifest (JSON) of the registered functions, or write it, or check a file against it."

    def document(self) -> str:
        return manifest_text()
