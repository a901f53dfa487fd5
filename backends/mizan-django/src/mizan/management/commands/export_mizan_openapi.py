"""``manage.py export_mizan_openapi``: the registered functions for tools that know OpenAPI."""

from __future__ import annotations

from mizan.exporting import ExportCommand
from mizan_core.exports.openapi import openapi_text


class Command(ExportCommand):
    help = "Print the OpenAPI description (3.1) of the registered functions, or write it, or check a file against it."

    def document(self) -> str:
        return openapi_text()
