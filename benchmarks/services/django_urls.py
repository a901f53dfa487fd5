"""Where the Django services are; the peers come first."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

import benchmarks.services.mizan_django_clients  # noqa: F401 - registers the functions
from benchmarks.services.ninja_api import api
from benchmarks.services.rest_framework_api import UpdateProfile


def empty(_: HttpRequest) -> HttpResponse:
    """What Django alone takes."""
    return HttpResponse()


urlpatterns = [
    path("ninja/", api.urls),
    path("drf/profile/", UpdateProfile.as_view()),
    path("api/mizan/", include("mizan.urls")),
    path("empty/", empty),
]
