"""Mizan for Django: ``INSTALLED_APPS = ["mizan"]`` and ``mount("api/mizan/")`` (`mizan.urls`)."""

import mizan.signatures  # noqa: F401 - registers Django's classes
from mizan.asgi import wrap_asgi
from mizan.model_purges import purges
from mizan.purging import apurge, apurge_all, purge, purge_all

__version__ = "0.1.0"

__all__ = ("apurge", "apurge_all", "purge", "purge_all", "purges", "wrap_asgi")
