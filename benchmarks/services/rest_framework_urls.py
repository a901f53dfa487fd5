"""The URLs of a Django project that serves Django REST framework and nothing else."""

from __future__ import annotations

from django.urls import path

from benchmarks.services.rest_framework_api import UpdateProfile

urlpatterns = [path("drf/profile/", UpdateProfile.as_view())]
