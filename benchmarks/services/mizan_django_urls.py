"""The URLs of a Django project that serves Mizan and nothing else."""

from __future__ import annotations

from mizan.urls import mount

urlpatterns = [mount("api/mizan/")]
