from __future__ import annotations

from django.contrib.auth import login
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def log_in(request: HttpRequest, name: str) -> HttpResponse:
    login(request, User.objects.get(username=name))
    return HttpResponse()


def log_out(request: HttpRequest, name: str) -> HttpResponse:
    """Wherever they have logged in."""
    key = str(User.objects.get(username=name).pk)
    for session in Session.objects.all():
        if session.get_decoded().get("_auth_user_id") == key:
            session.delete()
    return HttpResponse()


urlpatterns = [
    path("api/mizan/", include("mizan.urls")),
    path("test/login/<str:name>/", log_in),
    path("test/logout/<str:name>/", log_out),
]
