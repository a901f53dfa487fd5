"""The URLs of a Django project with one view, which does nothing."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path


def empty(_: HttpRequest) -> HttpResponse:
    """What Django alone takes."""
    return HttpResponse()


urlpatterns = [path("empty/", empty)]
