"""Management commands that print, write or check a document about the registered functions."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from mizan_core.exports.command import OutOfDate, add_arguments, run


class ExportCommand(BaseCommand):
    """A command for one document."""

    @abstractmethod
    def document(self) -> str:
        """The document as it is to be."""

    def add_arguments(self, parser: CommandParser) -> None:
        add_arguments(parser)

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            text = run(self.document, options)
        except OutOfDate as error:
            raise CommandError(str(error)) from None
        if text is not None:
            self.stdout.write(text, ending="")
