"""The URLs of a Django project that serves django-ninja and nothing else."""

from __future__ import annotations

from django.urls import path

from benchmarks.services.ninja_api import api

urlpatterns = [path("ninja/", api.urls)]
