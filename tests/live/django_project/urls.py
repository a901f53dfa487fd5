from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def other(request: HttpRequest) -> HttpResponse:
    raise AssertionError("no socket may come to another view")


urlpatterns = [
    path("api/mizan/", include("mizan.urls")),
    path("other/", other),
    path("plain/", lambda _: HttpResponse("plain")),
]
