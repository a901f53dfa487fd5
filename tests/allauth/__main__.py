"""``python -m tests.allauth``: everybody's way through the functions; prints what was answered, and every request to
the specification.
"""

from __future__ import annotations

import json
import sys

from tests.allauth import app, browser, passkeys, phones
from tests.allauth.exchanges import exchanges, note_exchanges

if __name__ == "__main__":
    note_exchanges()
    visits = {module.__name__.rpartition(".")[2]: module.visit() for module in (browser, passkeys, phones, app)}
    json.dump({**visits, "exchanges": exchanges}, sys.stdout)
