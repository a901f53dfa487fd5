"""``manage.py mizan_functions``: what is registered, as a table or as a picture."""

from __future__ import annotations

from mizan.commands import management_command
from mizan_core.exports.overview import OVERVIEW

Command = management_command(OVERVIEW)
