"""Commands as management commands."""

from __future__ import annotations

import sys
from typing import Any, Literal

from django.core.management.base import BaseCommand, CommandError, CommandParser

from mizan_core.commands import Command
from mizan_core.errors import MizanError


def management_command(command: Command, *, checks: list[str] | Literal["__all__"] = "__all__") -> type[BaseCommand]:
    """:param checks: Django's ``requires_system_checks``."""

    class ManagementCommand(BaseCommand):
        help = command.description
        requires_system_checks = checks

        def add_arguments(self, parser: CommandParser) -> None:
            command.add_arguments(parser)

        def handle(self, *_: Any, **options: Any) -> None:
            try:
                status = command.run(options, self._write)
            except MizanError as error:
                raise CommandError(str(error)) from None
            if status:
                sys.exit(status)

        def _write(self, text: str) -> None:
            self.stdout.write(text, ending="")

    return ManagementCommand
