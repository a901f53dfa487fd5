"""``python -m tests.allauth``: everybody's way through the functions; prints what was answered, every request to the
specification, and the functions that there are.
"""

from __future__ import annotations

import json
import sys

from mizan_core.registry import default_registry
from tests.allauth import app, browser, passkeys, phones
from tests.allauth.exchanges import exchanges, note_exchanges

if __name__ == "__main__":
    note_exchanges()
    visits = {module.__name__.rpartition(".")[2]: module.visit() for module in (browser, passkeys, phones, app)}
    functions = list(default_registry.get_all_functions())
    json.dump({**visits, "exchanges": exchanges, "functions": functions}, sys.stdout)
