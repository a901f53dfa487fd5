"""The refusal of what a page has sent, which brings the page that says so."""

from __future__ import annotations

from collections.abc import Mapping

from django.http.response import HttpResponseBase

from mizan_core.errors import Invalid


class InvalidPage(Invalid):
    """What is not valid, and the page that says so to a browser."""

    def __init__(self, page: HttpResponseBase, message: str, *, details: Mapping[str, object]) -> None:
        super().__init__(message, details=details)
        self.page = page
