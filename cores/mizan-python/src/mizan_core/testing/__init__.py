"""Calling functions in tests as clients do, through the whole application: see ``docs/testing.md``."""

from mizan_core.testing.client import Answer, Bundle, Client, Refused, Response, Transport

__all__ = ("Answer", "Bundle", "Client", "Refused", "Response", "Transport")
