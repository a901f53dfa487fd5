"""``manage.py mizan_cache stats|purge``: look at the cache, and purge it by hand."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from mizan.serving import dispatcher
from mizan_core.errors import ConfigurationError, GraphError
from mizan_core.interface.cache_command import CommandRefused, add_arguments, run


class Command(BaseCommand):
    help = "Say what the cache is made of and whether it answers, or make cached bundles stale."

    def add_arguments(self, parser: CommandParser) -> None:
        add_arguments(parser)

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            self.stdout.write(run([dispatcher.interface()], options))
        except CommandRefused as error:
            if error.told:
                self.stdout.write(error.told)
            raise CommandError(str(error)) from None
        except (ConfigurationError, GraphError) as error:
            raise CommandError(str(error)) from None
