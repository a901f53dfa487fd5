"""Mizan for Django: ``INSTALLED_APPS = ["mizan"]`` and ``path("api/mizan/", include("mizan.urls"))``."""

import mizan.signatures  # noqa: F401 - registers Django's classes
from mizan.purging import apurge, purge

__version__ = "0.1.0"

__all__ = ("apurge", "purge")
