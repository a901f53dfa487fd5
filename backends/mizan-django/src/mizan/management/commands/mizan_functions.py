"""``manage.py mizan_functions``: what is registered, as a table or as a picture."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from mizan_core.exports.overview import add_arguments, overview


class Command(BaseCommand):
    help = "List the registered functions with their contexts, who may call them and what they make stale."

    def add_arguments(self, parser: CommandParser) -> None:
        add_arguments(parser)

    def handle(self, *_: Any, **options: Any) -> None:
        self.stdout.write(overview(options), ending="")
