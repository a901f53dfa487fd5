"""``manage.py export_mizan_ir``: the interface document that typed clients are generated from."""

from __future__ import annotations

from mizan.exporting import ExportCommand
from mizan_core.ir import build_ir


class Command(ExportCommand):
    help = "Print the interface document (KDL) of the registered functions, or write it, or check a file against it."

    def document(self) -> str:
        return build_ir()
