"""Where the Django services are; the peers come first."""

from __future__ import annotations

from django.urls import include, path

import benchmarks.services.mizan_django_clients  # noqa: F401 - registers the functions
from benchmarks.services.ninja_api import api
from benchmarks.services.rest_framework_api import UpdateProfile

urlpatterns = [
    path("ninja/", api.urls),
    path("drf/profile/", UpdateProfile.as_view()),
    path("api/mizan/", include("mizan.urls")),
]
