"""What tests change about the databases."""

from __future__ import annotations

from typing import Any
from unittest import mock

from django.db import connections


def atomic_requests() -> Any:
    """As if the project had asked for it."""
    return mock.patch.dict(connections.settings["default"], {"ATOMIC_REQUESTS": True})
