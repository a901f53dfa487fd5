"""Where the Django services are; the peers come first."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path

import benchmarks.services.mizan_django_clients  # noqa: F401 - registers the functions
from benchmarks.services.ninja_api import api
from benchmarks.services.rest_framework_api import UpdateProfile
from mizan.urls import mount


def empty(_: HttpRequest) -> HttpResponse:
    """What Django alone takes."""
    return HttpResponse()


urlpatterns = [
    path("ninja/", api.urls),
    path("drf/profile/", UpdateProfile.as_view()),
    mount("api/mizan/"),
    path("empty/", empty),
]
