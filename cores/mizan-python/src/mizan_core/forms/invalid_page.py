"""The refusal of what a page has sent, which brings the page that says so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mizan_core.errors import Invalid

MESSAGE = "The form is not valid."


class InvalidPage(Invalid):
    """What is not valid, and the framework's response that says so to a browser."""

    def __init__(self, page: Any, *, details: Mapping[str, object]) -> None:
        super().__init__(MESSAGE, details=details)
        self.page = page
