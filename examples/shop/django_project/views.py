"""Logging in and out. Django's CSRF middleware guards both."""

from __future__ import annotations

import json

from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST


@require_POST
def log_in(request: HttpRequest) -> HttpResponse:
    """``{"username": ..., "password": ...}`` begins a session."""
    try:
        credentials = json.loads(request.body)
        username, password = str(credentials["username"]), str(credentials["password"])
    except (ValueError, KeyError, TypeError):
        return JsonResponse({"detail": "A JSON object with username and password is needed."}, status=400)
    user = authenticate(request, username=username, password=password)
    if user is None:
        return JsonResponse({"detail": "The name or the password is wrong."}, status=401)
    login(request, user)
    return HttpResponse(status=204)


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return HttpResponse(status=204)
