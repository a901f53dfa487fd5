"""``manage.py export_mizan_ir``: the interface document that typed clients are generated from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from mizan_core.ir import build_ir, difference


class Command(BaseCommand):
    help = "Print the interface document (KDL) of the registered functions, or write it, or check a file against it."

    def add_arguments(self, parser: CommandParser) -> None:
        group = parser.add_mutually_exclusive_group()
        group.add_argument("--output", metavar="FILE", type=Path, help="write the document to FILE")
        group.add_argument("--check", metavar="FILE", type=Path, help="fail with the difference unless FILE is current")

    def handle(self, *_: Any, output: Path | None, check: Path | None, **__: Any) -> None:
        document = build_ir()
        if output is not None:
            output.write_bytes(document.encode("utf-8"))
        elif check is not None:
            self._check(document, check)
        else:
            self.stdout.write(document, ending="")

    def _check(self, document: str, path: Path) -> None:
        if not path.is_file():
            raise CommandError(f"{path} does not exist; write it with --output {path}")
        problem = difference(document, path.read_bytes().decode("utf-8", "replace"), str(path))
        if problem is not None:
            raise CommandError(f"{path} is out of date; write it with --output {path}\n{problem}")
