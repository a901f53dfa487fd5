"""Found by ``mizan_clients``; most projects write their ``@client`` functions right here."""

from __future__ import annotations

import examples.shop.functions  # noqa: F401 - registers the server functions
