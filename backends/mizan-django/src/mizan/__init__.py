"""Mizan for Django: ``INSTALLED_APPS = ["mizan"]`` and ``path("api/mizan/", include("mizan.urls"))``."""

__version__ = "0.1.0"
