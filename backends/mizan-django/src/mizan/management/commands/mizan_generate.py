"""``manage.py mizan_generate``: typed clients of the registered functions."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from mizan_core.errors import EngineUnavailable
from mizan_core.generating import add_arguments, generate


class Command(BaseCommand):
    help = "Generate typed clients of the registered functions, in TypeScript (React, Vue, Svelte) or Python."

    def add_arguments(self, parser: CommandParser) -> None:
        add_arguments(parser)

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            code = generate(options, [sys.executable, sys.argv[0], "export_mizan_ir"])
        except EngineUnavailable as error:
            raise CommandError(str(error)) from error
        if code:
            sys.exit(code)
