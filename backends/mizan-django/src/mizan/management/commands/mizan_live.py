"""``manage.py mizan_live URL``: watch and subscribe as a page does, and see what each frame says."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from mizan_core.interface.cache_command import CommandRefused
from mizan_core.live.command import DESCRIPTION, add_arguments, run


class Command(BaseCommand):
    help = DESCRIPTION
    requires_system_checks: list[str] = []  # noqa: RUF012 - Django's own name for it

    def add_arguments(self, parser: CommandParser) -> None:
        add_arguments(parser, "python manage.py mizan_live")

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            run(options, self.stdout.write)
        except CommandRefused as error:
            raise CommandError(str(error)) from None
