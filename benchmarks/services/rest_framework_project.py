"""The Django project with Django REST framework's service alone, for a server of its own."""

from __future__ import annotations

from benchmarks.services.django_project import application, serve

__all__ = ["application"]

serve("rest_framework_urls")
