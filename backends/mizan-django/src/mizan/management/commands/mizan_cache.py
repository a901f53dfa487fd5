"""``manage.py mizan_cache stats|purge``: look at the cache, and purge it by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mizan.commands import management_command
from mizan.serving import dispatcher
from mizan_core.commands import Command as CoreCommand
from mizan_core.commands import Write
from mizan_core.interface.cache_command import DESCRIPTION, add_arguments, run


def _run(options: Mapping[str, Any], write: Write) -> None:
    run([dispatcher.interface()], options, write)


Command = management_command(CoreCommand(DESCRIPTION, add_arguments, _run))
