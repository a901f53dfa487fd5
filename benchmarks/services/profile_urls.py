"""The URLs of a Django project that serves the functions of ``mizan_django_clients`` and nothing else."""

from __future__ import annotations

import benchmarks.services.mizan_django_clients  # noqa: F401 - registers the functions
from mizan.urls import mount

urlpatterns = [mount("api/mizan/")]
